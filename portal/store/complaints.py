"""Reads of complaints: which of them count, by community, street, category and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, func, select, union_all
from sqlalchemy.orm import Session

from portal.models import Community, Complaint, Street
from portal.scope import Scope
from portal.store.communities import Seen
from portal.terms import CommunityStatus, PlaceLevel


def counted(scope: Scope, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that counts in ``scope``: about property service, no repeat."""
    found: list[ColumnElement[bool]] = [
        Complaint.property_related.expression,
        Complaint.repeat_of_id.is_(None),
        *between(scope.period.first_day, scope.period.next.first_day, zone),
    ]
    if scope.category is not None:
        found.append(Complaint.category == scope.category)
    if scope.street_ids is not None:
        found.append(Complaint.street_id.in_(scope.street_ids))
    return found


def between(first: date, after: date, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint received from ``first`` on, before ``after``."""
    return [Complaint.received_at >= _start(first, zone), Complaint.received_at < _start(after, zone)]


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


@dataclass(frozen=True)
class StreetFigures:
    """What one street's complaints are measured by.

    ``households`` and ``floor_area_m2`` are sums over those of its active ``communities`` that
    state them; how many do is in ``state_households`` and ``state_floor_area``.
    """

    id: int
    name: str
    complaints: int
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


def without_community(session: Session, scope: Scope, zone: ZoneInfo, seen: Seen) -> int:
    """Return the number of counted complaints of a community's street that are placed in no community."""
    street_id = select(Community.street_id).where(seen.only(Community.id)).scalar_subquery()
    rows = select(func.count()).where(
        Complaint.community_id.is_(None), Complaint.street_id == street_id, *counted(scope, zone)
    )
    return session.scalars(rows).one()


def by_month(session: Session, first: date, after: date, zone: ZoneInfo, seen: Seen) -> dict[date, int]:
    """Return the number of a community's complaints in each month that has any, by its first day."""
    month = func.date_trunc("month", func.timezone(zone.key, Complaint.received_at)).label("month")
    rows = session.execute(
        select(month, func.count())
        .where(
            seen.only(Complaint.community_id),
            Complaint.property_related,
            Complaint.repeat_of_id.is_(None),
            *between(first, after, zone),
        )
        .group_by(month)
    )
    return {row[0].date(): row[1] for row in rows}


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
