"""What communities are called, for all that look for one by a text: name, pinyin, alias, key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Text, case, cast, func, null, or_, select
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, Street
from portal.place_names import name_key
from portal.store.communities import unnamed_keys
from portal.store.names import by_letters
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class Named:
    """A community by its name and place among the streets, whatever its status.

    ``key`` tells one without a name from the others; see `portal.store.communities.unnamed_keys`.
    """

    id: int
    name: str | None
    key: str | None
    status: str
    merged_into_id: int | None
    street_id: int | None
    street: str | None
    district: str | None


def named() -> tuple[ColumnElement[Any], ...]:
    """Return the columns of a `Named`, of a community joined to its street."""
    columns: tuple[Any, ...] = (
        Community.id,
        Community.name,
        unnamed_keys.key().label("key"),
        Community.status,
        Community.merged_into_id,
        Community.street_id,
        Street.name.label("street"),
        Street.district,
    )
    return columns


def name_keys(session: Session) -> set[str]:
    """Return the names of all active communities, as they are compared."""
    named = select(Community.name).where(
        Community.name.is_not(None), Community.status == CommunityStatus.ACTIVE
    )
    return {name_key(name) for name in session.scalars(named) if name}


def is_called(text: str) -> ColumnElement[bool]:
    """Return the condition: ``text`` is part of the name, of an alias or of the key of what has no name.

    The letters that begin the pinyin of a name or an alias, or its initials, call it too.
    """
    alias = select(CommunityAlias.alias).where(_has_alias(text)).correlate(Community).exists()
    return or_(by_name(text), alias, unnamed_keys.is_called(text))


def by_name(text: str) -> ColumnElement[bool]:
    """Return the condition: the name itself is called so, not only an alias."""
    return or_(
        Community.name.icontains(text, autoescape=True),
        *by_letters(text, Community.pinyin_initials, Community.pinyin),
    )


def alias(text: str) -> ScalarSelect[Any]:
    """Return the alias by which a community is called so: the text itself, else the shortest."""
    return (
        select(CommunityAlias.alias)
        .where(_has_alias(text))
        .order_by(CommunityAlias.alias != text, func.length(CommunityAlias.alias), CommunityAlias.alias)
        .limit(1)
        .correlate(Community)
        .scalar_subquery()
    )


def matched(text: str) -> ColumnElement[Any]:
    """Return the alias that is called so where the name is not, else null."""
    return case((by_name(text), cast(null(), Text)), else_=alias(text))


def _has_alias(text: str) -> ColumnElement[bool]:
    called = or_(
        CommunityAlias.alias.icontains(text, autoescape=True),
        *by_letters(text, CommunityAlias.pinyin_initials),
    )
    return (CommunityAlias.community_id == Community.id) & called
