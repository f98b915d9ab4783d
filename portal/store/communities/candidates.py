"""Communities that are offered for a choice, and in which order."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, case, or_, select
from sqlalchemy.orm import Session

from portal.models import Community, Street
from portal.store.communities import names as community_names
from portal.store.communities.near_names import NearNames
from portal.store.names import best_first
from portal.terms import CommunityStatus

MOST = 8


def called(
    session: Session, text: str, *, street_id: int | None, besides: int | None = None
) -> Sequence[Row[tuple[int, str, str | None, str | None, str | None, bool]]]:
    """Return active communities called ``text`` or nearly so: of the street first, then the best match.

    Parameters
    ----------
    text
        See `portal.store.communities.names.is_called`.
    street_id
        Comes first; None for no street.
    besides
        Leave this community out.

    Returns
    -------
    Sequence
        Rows of id, name, ``matched`` (the alias, where the name did not match), street,
        district and whether located.
    """
    mine = case((Community.street_id == street_id, 0), else_=1)
    is_near = Community.id.in_([one.id for one in NearNames.known(session).find(text)])
    listed = (
        select(
            Community.id,
            Community.name,
            community_names.matched(text).label("matched"),
            Street.name.label("street"),
            Street.district,
            Community.location.is_not(None).label("located"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(
            Community.status == CommunityStatus.ACTIVE,
            Community.name.is_not(None),
            Community.id != (besides or 0),
            or_(community_names.is_called(text), is_near),
        )
        .order_by(mine, case((is_near, 0), else_=1), *best_first(Community.name, text), Community.id)
        .limit(MOST)
    )
    return session.execute(listed).all()
