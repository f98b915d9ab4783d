"""Reads of routes: a stored route comes back as the plan it was."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from geo.itinerary import add_up
from geo.network import MissReason, Note, Place, RoadStretch, TravelPath
from geo.plans import DayPlan, Dropped, DropReason, Pause, PlannedStop, Stop
from portal.errors import N_, NotFound
from portal.models import Community, CommunityGate, Route, RouteDropped, RouteStop
from portal.terms import CommunityStatus

NOTES = {note.code: note for note in Note}
REASONS: dict[str, MissReason | DropReason] = {
    reason.code: reason for family in (MissReason, DropReason) for reason in family
}


@dataclass(frozen=True)
class StoredRoute:
    """A route with its owner."""

    id: UUID
    user_id: int
    plan: DayPlan


def places_to_visit(session: Session, community_ids: Iterable[int]) -> list[Place]:
    """Return where to drive for each community, in the order asked for.

    The main gate where it is known, else the location; a community that is not
    located comes back with NaN coordinates.
    """
    wanted = list(dict.fromkeys(community_ids))
    gate = (
        select(CommunityGate.point)
        .where(CommunityGate.community_id == Community.id)
        .order_by(CommunityGate.main.desc(), CommunityGate.id)
        .limit(1)
        .scalar_subquery()
    )
    spot = func.coalesce(gate, Community.location)
    rows = session.execute(
        select(
            Community.id, Community.name, func.ST_X(spot).label("lon"), func.ST_Y(spot).label("lat")
        ).where(Community.id.in_(wanted), Community.status == CommunityStatus.ACTIVE)
    )
    found = {
        row.id: Place(str(row.id), row.name or f"#{row.id}", _or_nan(row.lon), _or_nan(row.lat))
        for row in rows
    }
    return [found[community_id] for community_id in wanted if community_id in found]


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def of_user(session: Session, user_id: int | None, *, since: date | None = None) -> Sequence[Row[Any]]:
    """Return id, day, number of stops and approximate flag of a user's routes (all users' when None)."""
    stops = func.count(RouteStop.position)
    statement = (
        select(
            Route.id, Route.day, Route.start_name, Route.approximate, stops.label("stops"), Route.departs_at
        )
        .outerjoin(RouteStop, RouteStop.route_id == Route.id)
        .group_by(Route.id)
        .order_by(Route.day.desc(), Route.created_at.desc())
        .limit(200)
    )
    if user_id is not None:
        statement = statement.where(Route.user_id == user_id)
    if since is not None:
        statement = statement.where(Route.day >= since)
    return session.execute(statement).all()


def load(session: Session, route_id: UUID, timezone: str) -> StoredRoute:
    """Return a route as it was planned, times in the city's zone.

    Raises
    ------
    NotFound
        There is no such route.
    """
    route = session.get(Route, route_id)
    if route is None:
        raise NotFound(N_("没有这条路线"))
    zone = ZoneInfo(timezone)
    of_route = select(RouteStop).where(RouteStop.route_id == route_id).order_by(RouteStop.position)
    stops = tuple(_stop(stop, zone) for stop in session.scalars(of_route))
    left_out = select(RouteDropped).where(RouteDropped.route_id == route_id)
    end_leg = _end_leg(route)
    plan = DayPlan(
        day=route.day,
        start=_place("start", route.start_name, route.start_point),
        departs=route.departs_at.astimezone(zone),
        stops=stops,
        end=None if route.end_name is None else _place("end", route.end_name, route.end_point),
        end_leg=end_leg,
        finishes=route.finishes_at.astimezone(zone),
        pauses=tuple(_pause(pause, zone) for pause in route.pauses),
        dropped=tuple(map(_dropped, session.scalars(left_out.order_by(RouteDropped.community_id)))),
        totals=add_up(stops, end_leg),
        note=NOTES[route.note],
        approximate=route.approximate,
    )
    return StoredRoute(route.id, route.user_id, plan)


def _coordinates(element: Any) -> Any:
    """Return the (n, 2) lon/lat of a stored geometry, none for NULL."""
    return shapely.get_coordinates(None if element is None else shapely.from_wkb(element.data))


def _place(key: str, name: str, point: Any) -> Place:
    lon, lat = next(iter(_coordinates(point)), (math.nan, math.nan))
    return Place(key, name, float(lon), float(lat))


def _path(leg: Any, seconds: float, metres: float, via: list[Any]) -> TravelPath:
    line = shapely.LineString(_coordinates(leg))
    return TravelPath(line, seconds, metres, tuple(RoadStretch(name, length) for name, length in via))


def _end_leg(route: Route) -> TravelPath | None:
    if route.end_via is None:
        return None
    return _path(route.end_leg, route.end_seconds or 0.0, route.end_m or 0.0, route.end_via)


def _to_visit(row: RouteStop | RouteDropped) -> Stop:
    place = _place(str(row.community_id), row.name, row.point)
    return Stop(place.key, place.name, place.lon, place.lat, row.visit_minutes)


def _stop(row: RouteStop, zone: ZoneInfo) -> PlannedStop:
    return PlannedStop(
        order=row.position,
        stop=_to_visit(row),
        leg=_path(row.leg, row.travel_seconds, row.travel_m, row.via),
        arrive=row.arrives_at.astimezone(zone),
        begin=row.begins_at.astimezone(zone),
        depart=row.departs_at.astimezone(zone),
        wait_minutes=row.wait_minutes,
    )


def _pause(stored: list[Any], zone: ZoneInfo) -> Pause:
    start, end, before_order = stored
    return Pause(
        datetime.fromisoformat(start).astimezone(zone),
        datetime.fromisoformat(end).astimezone(zone),
        before_order,
    )


def _dropped(row: RouteDropped) -> Dropped:
    return Dropped(_to_visit(row), REASONS[row.reason], row.limit_value)
