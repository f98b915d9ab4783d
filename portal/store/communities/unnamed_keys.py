"""The keys by which communities without a name are told apart and found."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, cast, func, or_, select
from sqlalchemy.orm import aliased

from portal.community_names import key_sought
from portal.models import Community, CommunityIdentity
from portal.terms import CommunityStatus

_ID = " #"  # before the id, where the key alone does not tell it


def key() -> ColumnElement[Any]:
    """Return the key of a community without a name, NULL for one that has a name.

    It is the key of the source that it came with, followed by its id where another source
    gives another one without a name the same key; without any source it is the id.
    """
    own, other, theirs = CommunityIdentity, aliased(CommunityIdentity), aliased(Community)
    shared = (
        select(other.community_id)
        .join(theirs, theirs.id == other.community_id)
        .where(
            other.source_key == own.source_key,
            other.community_id != own.community_id,
            theirs.status == CommunityStatus.ACTIVE,
            theirs.name.is_(None),
        )
        .correlate(own)
        .exists()
    )
    number = cast(Community.id, Text)
    given = (
        select(case((shared, func.concat(own.source_key, _ID, number)), else_=own.source_key))
        .where(own.community_id == Community.id)
        .order_by(own.matched_by, own.source, own.source_key)  # "created" comes first
        .limit(1)
        .correlate(Community)
        .scalar_subquery()
    )
    return case((Community.name.is_(None), func.coalesce(given, number)))


def is_called(text: str) -> ColumnElement[bool]:
    """Return the condition: without a name, and ``text`` asks for all such or has part of a source's key."""
    sought, unnamed = key_sought(text), Community.name.is_(None)
    if not sought:
        return unnamed
    given = select(CommunityIdentity.community_id)
    found = given.where(CommunityIdentity.source_key.icontains(sought.partition(_ID)[0], autoescape=True))
    by_number = and_(Community.id.not_in(given), cast(Community.id, Text) == sought)
    return and_(unnamed, or_(Community.id.in_(found), by_number))
