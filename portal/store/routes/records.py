"""Reads of routes: a stored route comes back as the plan it was."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import shapely
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from geo.roads.network import MissReason, Note, Place, RoadStretch, TravelPath
from geo.routes.itinerary import add_up
from geo.routes.plans import DayPlan, Dropped, DropReason, Pause, PlannedStop, Stop
from geo.texts import Phrase, Say
from portal.community_names import call
from portal.errors import N_, NotFound
from portal.models import Community, CommunityGate, Route, RouteDropped, RouteStop, Street, UserAccount
from portal.store.communities import unnamed_keys
from portal.terms import CommunityStatus

MOST_LISTED = 200
REASONS: dict[str, MissReason | DropReason] = {
    reason.value: reason for family in (MissReason, DropReason) for reason in family
}


@dataclass(frozen=True)
class StoredRoute:
    """A route as planned, whose it is and when it was planned."""

    id: UUID
    user_id: int
    owner: str
    planned_at: datetime
    plan: DayPlan

    @property
    def number(self) -> str:
        """What the sheet is called, and files are: ``20250603-1A2B3C``."""
        return f"{self.plan.day:%Y%m%d}-{self.id.hex[:6].upper()}"


@dataclass(frozen=True)
class RouteLine:
    """A route in a list."""

    id: UUID
    day: date
    owner: str
    start_name: str
    stops: int
    dropped: int
    departs: datetime
    finishes: datetime
    note: Note


@dataclass(frozen=True)
class Candidate:
    """A community that could be visited; its place is NaN where it is not located."""

    place: Place
    street: str | None
    gate: str | None

    @property
    def located(self) -> bool:
        """Whether it is known where to drive."""
        return math.isfinite(self.place.lon)


@dataclass(frozen=True)
class StopFacts:
    """What is known today of the community at a stop: its street, and the gate driven to."""

    street: str | None
    gate: str | None


def candidates(session: Session, community_ids: Iterable[int], say: Say = Phrase) -> list[Candidate]:
    """Return the communities that exist, in the order asked for, and where to drive.

    That is the main gate where it is known, else the location. ``say`` calls those without a name.
    """
    wanted = list(dict.fromkeys(community_ids))
    gate = (
        select(CommunityGate.point, CommunityGate.name)
        .where(CommunityGate.community_id == Community.id)
        .order_by(CommunityGate.main.desc(), CommunityGate.id)
        .limit(1)
        .lateral()
    )
    spot = func.coalesce(gate.c.point, Community.location)
    lon, lat = func.ST_X(spot).label("lon"), func.ST_Y(spot).label("lat")
    street = Street.name.label("street")
    rows = session.execute(
        select(
            Community.id,
            Community.name,
            unnamed_keys.key().label("key"),
            lon,
            lat,
            street,
            gate.c.name.label("gate"),
        )
        .select_from(Community)
        .outerjoin(gate, true())
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.id.in_(wanted), Community.status == CommunityStatus.ACTIVE)
    )
    found = {
        row.id: Candidate(
            Place(str(row.id), call(row.name, row.key, say), _or_nan(row.lon), _or_nan(row.lat)),
            row.street,
            row.gate,
        )
        for row in rows
    }
    return [found[community_id] for community_id in wanted if community_id in found]


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def last_start(session: Session, user_id: int) -> Place | None:
    """Return where the user's newest route starts."""
    newest = select(Route).where(Route.user_id == user_id).order_by(Route.created_at.desc()).limit(1)
    route = session.scalar(newest)
    return None if route is None else _place("start", route.start_name, route.start_point)


def lines(session: Session, user_id: int | None, zone: ZoneInfo) -> list[RouteLine]:
    """Return a user's routes (all users' when None), newest day first."""
    of_route = {
        kind: select(func.count())
        .select_from(kind)
        .where(kind.route_id == Route.id)
        .correlate(Route)
        .scalar_subquery()
        for kind in (RouteStop, RouteDropped)
    }
    statement = (
        select(Route, UserAccount.display_name, of_route[RouteStop], of_route[RouteDropped])
        .join(UserAccount, UserAccount.id == Route.user_id)
        .order_by(Route.day.desc(), Route.created_at.desc())
        .limit(MOST_LISTED)
    )
    if user_id is not None:
        statement = statement.where(Route.user_id == user_id)
    return [
        RouteLine(
            route.id,
            route.day,
            owner,
            route.start_name,
            stops,
            dropped,
            route.departs_at.astimezone(zone),
            route.finishes_at.astimezone(zone),
            Note(route.note),
        )
        for route, owner, stops, dropped in session.execute(statement)
    ]


def facts(session: Session, route_id: UUID) -> dict[int, StopFacts]:
    """Return what is known of each stop's community, by the stop's number."""
    gate = (
        select(CommunityGate.name)
        .where(
            CommunityGate.community_id == RouteStop.community_id,
            func.ST_Equals(CommunityGate.point, RouteStop.point),
        )
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(RouteStop.position, Street.name, gate)
        .join(Community, Community.id == RouteStop.community_id)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(RouteStop.route_id == route_id)
    )
    return {position: StopFacts(street, gate_name) for position, street, gate_name in rows}


def load(session: Session, route_id: UUID, zone: ZoneInfo) -> StoredRoute:
    """Return a route as it was planned, times in the city's zone.

    Raises
    ------
    NotFound
        There is no such route.
    """
    found = session.execute(
        select(Route, UserAccount.display_name)
        .join(UserAccount, UserAccount.id == Route.user_id)
        .where(Route.id == route_id)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("没有这条路线"))
    route, owner = found
    return StoredRoute(
        route.id, route.user_id, owner, route.created_at.astimezone(zone), _plan(session, route, zone)
    )


def _plan(session: Session, route: Route, zone: ZoneInfo) -> DayPlan:
    of_route = select(RouteStop).where(RouteStop.route_id == route.id).order_by(RouteStop.position)
    stops = tuple(_stop(stop, zone) for stop in session.scalars(of_route))
    left_out = select(RouteDropped).where(RouteDropped.route_id == route.id)
    end_leg = _end_leg(route)
    return DayPlan(
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
        note=Note(route.note),
        approximate=route.approximate,
    )


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
