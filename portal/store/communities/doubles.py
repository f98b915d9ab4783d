"""Records that may be one community twice, with what speaks for it; whether they are, a person says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy import BigInteger, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from portal.models import Community, Complaint, SetAside, Street
from portal.place_names import core_name, district_key, name_key
from portal.store.communities import near_names
from portal.store.communities.near_names import Called, may_be_one_place
from portal.terms import CommunityStatus

_LEAST_OVERLAP = 0.5  # of the smaller outline
_NEAR_DEGREES = 0.0003  # about 30 m
_MOST_ALIKE = 20  # a name that more have is no evidence, unless in one street


class Evidence(StrEnum):
    """What speaks for two records being one community."""

    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"
    ONE_STREET = "one_street"
    ONE_DISTRICT = "one_district"
    OVERLAP = "overlap"
    NEAR = "near"


@dataclass(frozen=True)
class Side:
    """One of the two records."""

    id: int
    name: str
    street: str | None
    complaints: int


@dataclass(frozen=True)
class Double:
    """Two records and what speaks for them being one; the first has more complaints.

    ``distance_m`` is that of their points or outlines; None where one has no place.
    """

    first: Side
    second: Side
    evidence: tuple[Evidence, ...]
    distance_m: float | None


def propose(session: Session) -> list[Double]:
    """Return pairs of named records with like names that may be in one place, by register or on the map.

    What is not known of a place may be any. Those that a person has told apart are left out;
    most complaints come first.
    """
    named, place = _by_name(session), _by_place(session)
    apart = set(session.execute(select(SetAside.community_id, SetAside.other_id)).tuples())
    found: dict[tuple[int, int], tuple[Evidence, ...]] = {}
    for pair, alike in named.items():
        if pair not in apart and (alike.may_be_one_place or pair in place):
            found[pair] = (*alike.evidence, *place.get(pair, ()))
    sides = _sides(session, {one for pair in found for one in pair})
    distances_m = _distances_m(session, list(found))
    doubles = []
    for (one, other), kinds in found.items():
        first, second = sorted((sides[one], sides[other]), key=lambda side: (-side.complaints, side.id))
        doubles.append(Double(first, second, kinds, distances_m[one, other]))
    return sorted(doubles, key=lambda double: (-double.first.complaints, double.first.id, double.second.id))


@dataclass(frozen=True)
class _Alike:
    """What the names and registered places of two records say."""

    evidence: tuple[Evidence, ...]
    may_be_one_place: bool


def _by_name(session: Session) -> dict[tuple[int, int], _Alike]:
    """Pair records of which any of the names is the same or nearly so."""
    groups: dict[str, list[Called]] = defaultdict(list)
    for one in near_names.known(session):
        groups[core_name(one.called)].append(one)
    found: dict[tuple[int, int], _Alike] = {}
    for one, other in (pair for group in groups.values() for pair in _pairs(group)):
        pair = min(one.id, other.id), max(one.id, other.id)
        alike = _compare(one, other)
        # By several names: the same one says more than a like one.
        if pair not in found or Evidence.SAME_NAME in alike.evidence:
            found[pair] = alike
    return found


def _pairs(group: Sequence[Called]) -> Iterator[tuple[Called, Called]]:
    rooms: Iterable[Sequence[Called]] = [group]
    if len({one.id for one in group}) > _MOST_ALIKE:
        by_street: dict[Any, list[Called]] = defaultdict(list)
        for one in group:
            by_street[one.street_id or district_key(one.district)].append(one)
        rooms = by_street.values()
    for room in rooms:
        if len({one.id for one in room}) <= _MOST_ALIKE:
            yield from ((one, other) for one, other in combinations(room, 2) if one.id != other.id)


def _compare(one: Called, other: Called) -> _Alike:
    same = name_key(one.called) == name_key(other.called)
    evidence = [Evidence.SAME_NAME if same else Evidence.LIKE_NAME]
    near = may_be_one_place((one.street_id, one.district), (other.street_id, other.district))
    if near and one.street_id is not None and other.street_id is not None:
        evidence.append(Evidence.ONE_STREET)
    elif near and one.district and other.district:
        evidence.append(Evidence.ONE_DISTRICT)
    return _Alike(tuple(evidence), near)


def _by_place(session: Session) -> dict[tuple[int, int], tuple[Evidence, ...]]:
    """Pair named records whose outlines overlap, or of which a point lies in or beside the other's place."""
    one, other = aliased(Community), aliased(Community)
    both = [
        condition
        for side in (one, other)
        for condition in (side.status == CommunityStatus.ACTIVE, side.name.is_not(None))
    ]
    common = func.ST_Area(func.ST_Intersection(one.outline, other.outline))
    smaller = func.least(func.ST_Area(one.outline), func.ST_Area(other.outline))
    overlapping = (
        select(one.id, other.id)
        .join(other, one.outline.op("&&")(other.outline) & (one.id < other.id))
        .where(*both, func.ST_Intersects(one.outline, other.outline), common >= _LEAST_OVERLAP * smaller)
    )
    inside = (
        select(one.id, other.id)
        .join(other, one.outline.op("&&")(other.location) & (one.id != other.id))
        .where(*both, other.outline.is_(None), func.ST_Covers(one.outline, other.location))
    )
    near = (
        select(one.id, other.id)
        .join(other, func.ST_DWithin(one.location, other.location, _NEAR_DEGREES) & (one.id < other.id))
        .where(*both)
    )
    found: dict[tuple[int, int], tuple[Evidence, ...]] = {}
    for statement, kind in ((near, Evidence.NEAR), (inside, Evidence.NEAR), (overlapping, Evidence.OVERLAP)):
        for first, second in session.execute(statement):
            found[min(first, second), max(first, second)] = (kind,)
    return found


def _sides(session: Session, ids: Collection[int]) -> dict[int, Side]:
    complaints = (
        select(func.count()).where(Complaint.community_id == Community.id).correlate(Community)
    ).scalar_subquery()
    rows: Sequence[Any] = session.execute(
        select(Community.id, Community.name, Street.name, complaints)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.id.in_(ids))
    ).all()
    return {row[0]: Side(*row) for row in rows}


def _distances_m(session: Session, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], float | None]:
    """Return how far the places of each pair are from each other."""
    given = (
        func.unnest(*(cast([pair[side] for pair in pairs], ARRAY(BigInteger)) for side in (0, 1)))
        .table_valued("first", "second")
        .render_derived()
    )
    one, other = aliased(Community), aliased(Community)
    shapes = [func.geography(func.coalesce(side.outline, side.location)) for side in (one, other)]
    rows = session.execute(
        select(one.id, other.id, func.ST_Distance(*shapes))
        .select_from(given)
        .join(one, one.id == given.c.first)
        .join(other, other.id == given.c.second)
    )
    return {(first, second): distance_m for first, second, distance_m in rows}
