"""Rows of a register in a city without streets, joined to known communities: by district and name, or key."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, Street
from portal.place_names import district_key, name_key
from portal.store.places.known import Identities
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class _Known:
    name: str
    district: str


def link(
    session: Session, rows: Sequence[Any], source: str, taken: Collection[int]
) -> tuple[dict[int, int], list[int]]:
    """Return the community of each row that is plainly one, and the rows that fit several.

    Only in a city without streets: where there are some, a row without one may be any of the same name.
    A row is the community of its district and name, or the one that another source gives the same
    key, district and no other name.

    Parameters
    ----------
    rows
        ``id``, ``source_key``, ``name`` and ``district``; none known of this source.
    taken
        Communities that the source tells apart from these rows already.
    """
    if session.scalar(select(select(Street.id).exists())):
        return {}, []
    known = _known(session)
    by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
    for community_id, one in known.items():
        by_name[one.district, one.name].append(community_id)
    wanted = Counter(_key(row) for row in rows if row.name and row.district)
    keys = Identities.known(session, [row.source_key for row in rows])
    linked: dict[int, int] = {}
    ambiguous: list[int] = []
    used = set(taken)
    for row in rows:
        fitting = by_name[_key(row)] if row.name and row.district else []
        if len(fitting) > 1 or (fitting and wanted[_key(row)] > 1):
            ambiguous.append(row.id)
            continue
        hit = fitting[0] if fitting else _of_key(row, keys.find(row.source_key, source), known)
        if hit is not None and hit not in used:
            linked[row.id] = hit
            used.add(hit)
    return linked, ambiguous


def _known(session: Session) -> dict[int, _Known]:
    active = select(Community.id, Community.name, Community.registered_district).where(
        Community.status == CommunityStatus.ACTIVE
    )
    return {
        community_id: _Known(name_key(name or ""), district_key(district or ""))
        for community_id, name, district in session.execute(active)
    }


def _key(row: Any) -> tuple[str, str]:
    return district_key(row.district), name_key(row.name)


def _of_key(row: Any, community_id: int | None, known: Mapping[int, _Known]) -> int | None:
    """Return the community that has the row's key, unless district or name say that it is another."""
    if community_id is None or community_id not in known:
        return None
    one = known[community_id]
    same_name = not row.name or not one.name or name_key(row.name) == one.name
    same_district = not row.district or not one.district or district_key(row.district) == one.district
    # A key alone, such as 1, may be anybody's: something else has to be the same.
    return community_id if same_name and same_district and (row.name and one.name) else None
