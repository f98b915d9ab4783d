"""How many communities there are, and how many of them a reader would not expect in the number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.community_names import tell_apart
from portal.models import Community
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class CommunityCount:
    """Active communities of the city, or of some streets.

    Parameters
    ----------
    n
        All of them.
    unnamed
        On the map and without a name.
    unlocated
        Named and without a place on the map; one of the former may be one of these.
    without_street
        Under no street.
    """

    n: int
    unnamed: int
    unlocated: int
    without_street: int

    @property
    def mixed(self) -> bool:
        """Whether the number holds more than communities of a register under their streets."""
        return bool(self.unnamed or self.without_street)

    @property
    def words(self) -> str:
        """What the number holds, as a phrase; "" where nothing needs saying."""
        return tell_apart(self.unnamed, self.unlocated, self.without_street)


def count(session: Session, street_ids: frozenset[int] | None = None) -> CommunityCount:
    """Return the count of the city, or of ``street_ids``."""
    rows = select(
        func.count(),
        func.count().filter(Community.name.is_(None)),
        func.count().filter(Community.location.is_(None)),
        func.count().filter(Community.street_id.is_(None)),
    ).where(Community.status == CommunityStatus.ACTIVE)
    if street_ids is not None:
        rows = rows.where(Community.street_id.in_(street_ids))
    return CommunityCount(*session.execute(rows).one())
