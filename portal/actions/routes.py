"""Routes: plan an inspector's day, keep it as planned, delete it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.roads.network import MissReason, Network, Place, TravelPath
from geo.routes.day import plan_day
from geo.routes.plans import DayPlan, DayRequest, Dropped, DropReason, PlannedStop, Stop
from geo.texts import Phrase, Say
from portal.access import Permission, Viewer, require
from portal.actions.transactions.commit import audit, committed, touch
from portal.errors import N_, BadRequest, NotFound
from portal.models import Route, RouteDropped, RouteStop
from portal.store.routes import records as store
from portal.terms import Role, Subject

MAX_ASKED = 200  # more cannot be a day's work
OFF_ROAD = {
    MissReason.NO_ROAD: N_("{field}：{name} 周围 {limit} 米内没有道路"),
    MissReason.UNREACHABLE: N_("{field}：{name} 周围 {limit} 米内的道路与路网不连通"),
    MissReason.NO_WAY_BACK: N_("{field}：{name} 周围 {limit} 米内的道路只能驶入，不能驶回路网"),
    MissReason.NO_WAY_THERE: N_("{field}：{name} 周围 {limit} 米内的道路只能驶出，不能从路网驶入"),
    MissReason.NO_STOPPING: N_("{field}：{name} 周围 {limit} 米内只有不能停车的道路"),
}


@dataclass(frozen=True)
class RouteRequest:
    """What an inspector asks for: which communities, from where, to where, on which day."""

    day: date
    community_ids: tuple[int, ...]
    start: Place
    end: Place | None
    visit_minutes: int


def plan(
    session: Session,
    viewer: Viewer,
    city: City,
    network: Network,
    asked: RouteRequest,
    say: Say = Phrase,
) -> UUID:
    """Plan the day, store it, and return the route's id.

    ``say`` calls the communities without a name; the route keeps what it says.

    Raises
    ------
    BadRequest
        Nothing, too much or something unknown is asked for, or the start or end is
        not on a road; ``params["field"]`` names what is wrong.
    PlanError
        No plan can be made; the message says why.
    """
    require(viewer, Permission.PLAN_ROUTES)
    stops = _stops_of(session, asked, say)
    located = tuple(stop for stop in stops if math.isfinite(stop.lon))
    lost = tuple(Dropped(stop, DropReason.NOT_LOCATED, 0) for stop in stops if not math.isfinite(stop.lon))
    if not located:
        raise BadRequest(
            N_("{field}：所选小区都还没有定位"), remedy=N_("请先在数据页为小区标点"), field="stops"
        )
    _check_on_road(network, asked)
    day_plan = plan_day(DayRequest(asked.day, asked.start, located, asked.end), network, city)
    return save(session, viewer, replace(day_plan, dropped=(*day_plan.dropped, *lost)))


def _stops_of(session: Session, asked: RouteRequest, say: Say) -> list[Stop]:
    if not 0 < len(asked.community_ids) <= MAX_ASKED:
        raise BadRequest(N_("{field}：请选择 1 到 {most} 个小区"), field="stops", most=MAX_ASKED)
    places = [candidate.place for candidate in store.candidates(session, asked.community_ids, say)]
    if len(places) != len(set(asked.community_ids)):
        raise BadRequest(N_("{field}：有的小区已不存在"), remedy=N_("请回到查询重新选择"), field="stops")
    return [Stop(place.key, place.name, place.lon, place.lat, asked.visit_minutes) for place in places]


def _check_on_road(network: Network, asked: RouteRequest) -> None:
    """Raise where the day would begin or end away from the roads, in words for whoever chose the place."""
    ends = {"start": asked.start} | ({"end": asked.end} if asked.end else {})
    misses = {miss.place: miss for miss in network.matrix(list(ends.values())).misses}
    for field, place in ends.items():
        if place in misses:
            miss = misses[place]
            raise BadRequest(
                OFF_ROAD[miss.reason],
                remedy=N_("请选择靠近道路的位置"),
                field=field,
                name=place.name,
                limit=f"{miss.limit_m:.0f}",
            )


def save(session: Session, viewer: Viewer, day_plan: DayPlan) -> UUID:
    """Store a checked plan and return its id."""
    with committed(session):
        route = _route(viewer, day_plan)
        session.add(route)
        session.flush()
        session.add_all(_stop(route.id, planned) for planned in day_plan.stops)
        session.add_all(_dropped(route.id, day_plan.dropped))
        touch(session, [Subject.ROUTES])
        audit(
            session,
            viewer.user_id,
            "plan",
            Subject.ROUTES,
            route.id,
            {"stops": len(day_plan.stops), "dropped": len(day_plan.dropped)},
        )
    return route.id


def delete(session: Session, viewer: Viewer, route_id: UUID) -> None:
    """Delete a route of one's own; an administrator may delete any.

    Raises
    ------
    NotFound
        There is no such route for this viewer.
    """
    route = session.get(Route, route_id)
    if route is None or not owns(viewer, route.user_id):
        raise NotFound(N_("没有这条路线"))
    with committed(session):
        session.delete(route)
        touch(session, [Subject.ROUTES])
        audit(session, viewer.user_id, "delete", Subject.ROUTES, route_id)


def owns(viewer: Viewer, user_id: int) -> bool:
    """Whether the viewer may see and delete a route of this user."""
    return viewer.role is Role.ADMINISTRATOR or viewer.user_id == user_id


def _route(viewer: Viewer, day_plan: DayPlan) -> Route:
    end, leg = day_plan.end, day_plan.end_leg
    return Route(
        day=day_plan.day,
        user_id=viewer.user_id,
        start_name=day_plan.start.name,
        start_point=_point(day_plan.start),
        end_name=end.name if end else None,
        end_point=_point(end) if end else None,
        departs_at=day_plan.departs,
        finishes_at=day_plan.finishes,
        note=day_plan.note,
        approximate=day_plan.approximate,
        end_leg=_line(leg) if leg else None,
        end_seconds=leg.seconds if leg else None,
        end_m=leg.metres if leg else None,
        end_via=_via(leg) if leg else None,
        pauses=[[pause.start, pause.end, pause.before_order] for pause in day_plan.pauses],
    )


def _stop(route_id: UUID, planned: PlannedStop) -> RouteStop:
    return RouteStop(
        route_id=route_id,
        position=planned.order,
        community_id=int(planned.stop.key),
        name=planned.stop.name,
        point=_point(planned.stop),
        visit_minutes=planned.stop.visit_minutes,
        wait_minutes=planned.wait_minutes,
        arrives_at=planned.arrive,
        begins_at=planned.begin,
        departs_at=planned.depart,
        travel_seconds=planned.leg.seconds,
        travel_m=planned.leg.metres,
        leg=_line(planned.leg),
        via=_via(planned.leg),
    )


def _dropped(route_id: UUID, dropped: Sequence[Dropped]) -> list[RouteDropped]:
    return [
        RouteDropped(
            route_id=route_id,
            community_id=int(left_out.stop.key),
            name=left_out.stop.name,
            point=_point(left_out.stop) if math.isfinite(left_out.stop.lon) else None,
            visit_minutes=left_out.stop.visit_minutes,
            reason=left_out.reason,
            limit_value=left_out.limit,
        )
        for left_out in dropped
    ]


def _point(place: Place) -> str:
    return f"SRID=4326;POINT({float(place.lon)} {float(place.lat)})"


def _line(leg: TravelPath) -> str | None:
    return None if leg.line.is_empty else f"SRID=4326;{leg.line.wkt}"


def _via(leg: TravelPath) -> list[list[str | float | None]]:
    return [[stretch.name, round(stretch.metres, 1)] for stretch in leg.roads]
