"""Reads of complaints: which of them count, by community, street, category and month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, func, or_, select, union_all
from sqlalchemy.orm import Session

from portal.models import Community, Complaint, Street
from portal.scope import Scope
from portal.store.communities.card import Seen
from portal.store.complaints.what_counts import between, counts, spoken_of
from portal.terms import CommunityStatus, PlaceLevel


def counted(scope: Scope, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that counts in ``scope``."""
    found = [*counts(), *between(scope.period.first_day, scope.period.next.first_day, zone)]
    if scope.category is not None:
        found.append(Complaint.category == scope.category)
    if scope.street_ids is not None:
        found.append(Complaint.street_id.in_(scope.street_ids))
    return found


def located_points(
    session: Session, scope: Scope, zone: ZoneInfo, details_street_id: int | None, epsg: int
) -> NDArray[np.float64]:
    """Return where counted complaints lie: (n, 3) of x and y in metres of ``epsg``, and how many there.

    Only complaints whose point or community is known; a community's lie at its location.
    """
    counting = counted(scope, zone)
    if details_street_id is not None:
        counting.append(Complaint.street_id == details_street_id)
    points = (
        select(Complaint.point.label("place"), func.count().label("n"))
        .where(Complaint.place_level == PlaceLevel.POINT, *counting)
        .group_by(Complaint.point)
    )
    of_communities = (
        select(Community.location.label("place"), func.count().label("n"))
        .select_from(Complaint)
        .join(Community, Community.id == Complaint.community_id)
        .where(Complaint.place_level == PlaceLevel.COMMUNITY, Community.location.is_not(None), *counting)
        .group_by(Community.id)
    )
    both = union_all(points, of_communities).subquery("both")
    moved = select(func.ST_Transform(both.c.place, epsg).label("place"), both.c.n).subquery("moved")
    rows = session.execute(select(func.ST_X(moved.c.place), func.ST_Y(moved.c.place), moved.c.n)).all()
    return np.array([tuple(row) for row in rows], dtype=np.float64).reshape(-1, 3)


def total(session: Session, scope: Scope, zone: ZoneInfo, details_street_id: int | None) -> int:
    """Return the number of counted complaints of any place level, of one street where it is given."""
    counting = counted(scope, zone)
    if details_street_id is not None:
        counting.append(Complaint.street_id == details_street_id)
    return session.scalars(select(func.count()).select_from(Complaint).where(*counting)).one()


@dataclass(frozen=True)
class StreetFigures:
    """What one street's complaints are measured by.

    Parameters
    ----------
    complaints
        Those that count, of any place level.
    recorded
        Whether any record of that time, on whatever matter, is of the street: without one,
        ``complaints`` is not known to be 0.
    communities
        The active ones.
    households, floor_area_m2
        Sums over those of its ``communities`` that state them.
    state_households, state_floor_area
        How many do.
    """

    id: int
    name: str
    complaints: int
    recorded: bool
    communities: int
    households: int
    state_households: int
    floor_area_m2: float
    state_floor_area: int


def by_street(session: Session, scope: Scope, zone: ZoneInfo) -> list[StreetFigures]:
    """Return the figures of every street of the scope; complaints of any place level count."""
    complaints = (
        select(Complaint.street_id, func.count().label("n"))
        .where(*counted(scope, zone))
        .group_by(Complaint.street_id)
        .subquery()
    )
    homes = (
        select(
            Community.street_id,
            func.count().label("communities"),
            func.sum(Community.households).label("households"),
            func.count(Community.households).label("state_households"),
            func.sum(Community.floor_area_m2).label("floor_area_m2"),
            func.count(Community.floor_area_m2).label("state_floor_area"),
        )
        .where(Community.status == CommunityStatus.ACTIVE)
        .group_by(Community.street_id)
        .subquery()
    )
    rows = (
        select(
            Street.id,
            Street.name,
            func.coalesce(complaints.c.n, 0),
            spoken_of(Street.id, scope.period.first_day, scope.period.next.first_day, zone),
            func.coalesce(homes.c.communities, 0),
            func.coalesce(homes.c.households, 0),
            func.coalesce(homes.c.state_households, 0),
            func.coalesce(homes.c.floor_area_m2, 0.0),
            func.coalesce(homes.c.state_floor_area, 0),
        )
        .outerjoin(complaints, complaints.c.street_id == Street.id)
        .outerjoin(homes, homes.c.street_id == Street.id)
        .order_by(Street.id)
    )
    if scope.street_ids is not None:
        rows = rows.where(Street.id.in_(scope.street_ids))
    return [StreetFigures(*row) for row in session.execute(rows)]


def by_street_and_category(session: Session, scope: Scope, zone: ZoneInfo) -> dict[int, dict[str, int]]:
    """Return the number of counted complaints of each street in each category that has any there."""
    rows = session.execute(
        select(Complaint.street_id, Complaint.category, func.count())
        .where(Complaint.street_id.is_not(None), *counted(replace(scope, category=None), zone))
        .group_by(Complaint.street_id, Complaint.category)
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for street_id, category, n in rows:
        found[street_id][category] = n
    return found


def by_category(
    session: Session, scope: Scope, zone: ZoneInfo, seen: Seen
) -> Sequence[Row[tuple[str | None, int]]]:
    """Return category and number of a community's counted complaints, most first."""
    number = func.count().label("n")
    return session.execute(
        select(Complaint.category, number)
        .where(seen.only(Complaint.community_id), *counted(scope, zone))
        .group_by(Complaint.category)
        .order_by(number.desc(), Complaint.category)
    ).all()


@dataclass(frozen=True)
class Tally:
    """How many complaints a community has, as far as is known.

    Parameters
    ----------
    n
        Those placed in the community; None where no source speaks of its street at that time.
    elsewhere
        Those of its street that are placed in no community: some may be of this one.
    """

    n: int | None
    elsewhere: int


def tally(session: Session, scope: Scope, zone: ZoneInfo, seen: Seen) -> Tally:
    """Return how many counted complaints a community has in a scope."""
    street_id = select(Community.street_id).where(seen.only(Community.id)).scalar_subquery()
    conditions = counted(scope, zone)
    placed = select(func.count()).where(seen.only(Complaint.community_id), *conditions)
    elsewhere = select(func.count()).where(
        Complaint.community_id.is_(None), Complaint.street_id == street_id, *conditions
    )
    told = spoken_of(street_id, scope.period.first_day, scope.period.next.first_day, zone)
    n, others, known = session.execute(
        select(placed.scalar_subquery(), elsewhere.scalar_subquery(), told)
    ).one()
    return Tally(n if n or known else None, others)


def by_month(session: Session, first: date, after: date, zone: ZoneInfo, seen: Seen) -> dict[date, int]:
    """Return the number of a community's complaints by the first day of the month.

    Months in which no source speaks of its street are left out.
    """
    month = func.date_trunc("month", func.timezone(zone.key, Complaint.received_at)).label("month")
    of_community = seen.only(Complaint.community_id)
    street_id = select(Community.street_id).where(seen.only(Community.id)).scalar_subquery()
    rows = session.execute(
        select(month, func.count().filter(of_community, *counts()))
        .where(or_(of_community, Complaint.street_id == street_id), *between(first, after, zone))
        .group_by(month)
    )
    return {row[0].date(): row[1] for row in rows}
