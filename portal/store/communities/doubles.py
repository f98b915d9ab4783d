"""Records that may be one community twice, with what speaks for it; whether they are, a person says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.models import Community, CommunityAlias, Complaint, SetAside, Street
from portal.place_names import district_key, name_key
from portal.terms import CommunityStatus

# What registers add to a name or leave out.
_SUFFIX = re.compile(r"(?:住宅|生活)?(?:小区|花园|家园|新村|社区|公寓|苑|园|村)$")
_LEAST_OVERLAP = 0.5  # of the smaller outline
_NEAR_DEGREES = 0.0003  # about 30 m
_MOST_ALIKE = 20  # a name that more have is no evidence


class Evidence(StrEnum):
    """What speaks for two records being one community."""

    SAME_NAME = "same_name"
    LIKE_NAME = "like_name"
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
    """Two records and what speaks for them being one; the first has more complaints."""

    first: Side
    second: Side
    evidence: tuple[Evidence, ...]


def core_name(name: str) -> str:
    """Return a name without what registers add to it, if two characters are left.

    >>> core_name("阳光花园小区"), core_name("阳光"), core_name("新村")
    ('阳光', '阳光', '新村')
    """
    key = before = name_key(name)
    while True:
        key = _SUFFIX.sub("", key)
        if key == before or len(key) < 2:
            return before
        before = key


def propose(session: Session) -> list[Double]:
    """Return pairs of named records in one place with like names, or of one name in one street.

    Those that a person has told apart are left out; most complaints come first.
    """
    named, place = _by_name(session), _by_place(session)
    apart = set(session.execute(select(SetAside.community_id, SetAside.other_id)).tuples())
    found: dict[tuple[int, int], tuple[Evidence, ...]] = {}
    for pair in {*named, *place} - apart:
        kinds = (*named.get(pair, ()), *place.get(pair, ()))
        if Evidence.SAME_NAME in kinds or (pair in named and pair in place):
            found[pair] = kinds
    sides = _sides(session, {one for pair in found for one in pair})
    doubles = []
    for (one, other), kinds in found.items():
        first, second = sorted((sides[one], sides[other]), key=lambda side: (-side.complaints, side.id))
        doubles.append(Double(first, second, kinds))
    return sorted(doubles, key=lambda double: (-double.first.complaints, double.first.id, double.second.id))


def _by_name(session: Session) -> dict[tuple[int, int], tuple[Evidence, ...]]:
    """Pair records by any of their names: the same in one street or district, or alike."""
    active = Community.status == CommunityStatus.ACTIVE
    place = (Community.id, Community.street_id, func.coalesce(Community.registered_district, ""))
    own = select(*place, Community.name).where(active, Community.name.is_not(None))
    others = (
        select(*place, CommunityAlias.alias)
        .join(CommunityAlias, CommunityAlias.community_id == Community.id)
        .where(active, Community.name.is_not(None))
    )
    same: dict[Any, set[int]] = defaultdict(set)
    alike: dict[str, set[int]] = defaultdict(set)
    for community_id, street_id, district, name in session.execute(own.union_all(others)):
        same[street_id or district_key(district), name_key(name)].add(community_id)
        alike[core_name(name)].add(community_id)
    found: dict[tuple[int, int], tuple[Evidence, ...]] = {}
    for groups, kind in ((alike.values(), Evidence.LIKE_NAME), (same.values(), Evidence.SAME_NAME)):
        found |= dict.fromkeys(_pairs(groups), (kind,))
    return found


def _pairs(groups: Collection[set[int]]) -> set[tuple[int, int]]:
    few = (sorted(group) for group in groups if 1 < len(group) <= _MOST_ALIKE)
    return {(one, other) for group in few for one, other in combinations(group, 2)}


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
