"""Communities whose names nearly agree: candidates that a person decides on, never one by themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from geo.texts import N_, Phrase
from portal.models import Community, CommunityAlias, Street
from portal.place_names import core_name, district_key
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class Called:
    """An active community by one of its names, and where it is, as far as that is known."""

    id: int
    name: str
    called: str
    street_id: int | None
    street: str | None
    district: str

    @property
    def said(self) -> str:
        """Name and street, for a message."""
        return (
            Phrase(N_("{name}（{street}）"), name=self.name, street=self.street) if self.street else self.name
        )


def known(session: Session) -> list[Called]:
    """Return every active community with a name by each of its names, the own one first."""
    aliases = _called(CommunityAlias.alias, 1).join(
        CommunityAlias, CommunityAlias.community_id == Community.id
    )
    rows = session.execute(_called(Community.name, 0).union_all(aliases).order_by("rank", "id"))
    return [Called(*row[:-1]) for row in rows]


def _called(name: Any, rank: int) -> Select[Any]:
    return (
        select(
            Community.id.label("id"),
            Community.name,
            name.label("called"),
            Community.street_id,
            Street.name.label("street"),
            func.coalesce(Street.district, Community.registered_district, "").label("district"),
            literal(rank).label("rank"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.status == CommunityStatus.ACTIVE, Community.name.is_not(None))
    )


def may_be_one_place(one: tuple[int | None, str | None], other: tuple[int | None, str | None]) -> bool:
    """Whether two places, each a street and a district, may be one: what is not known may be any."""
    if one[0] is not None and other[0] is not None:
        return one[0] == other[0]
    districts = {district_key(district) for _, district in (one, other) if district}
    return len(districts) <= 1


class NearNames:
    """Communities by what their names have in common with others."""

    def __init__(self, rows: Iterable[Called]) -> None:
        """Take every community by each of its names."""
        self._by_core: dict[str, dict[int, Called]] = defaultdict(dict)
        for row in rows:
            self._by_core[core_name(row.called)].setdefault(row.id, row)

    @classmethod
    def known(cls, session: Session) -> NearNames:
        """Return those of the database."""
        return cls(known(session))

    def find(
        self, name: str | None, street_id: int | None = None, district: str | None = None
    ) -> list[Called]:
        """Return the communities that are called nearly so, or just so, and may be in this place."""
        if not name:
            return []
        found = self._by_core.get(core_name(name), {}).values()
        return [
            one for one in found if may_be_one_place((one.street_id, one.district), (street_id, district))
        ]
