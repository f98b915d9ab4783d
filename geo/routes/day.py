"""Inspection routes: one inspector's day, planned along a network and checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geo.errors import PlanError
from geo.policy.city import City
from geo.policy.routes import RoutePolicy
from geo.roads.network import MissReason, Network, TravelMatrix
from geo.routes.checker import check_plan
from geo.routes.itinerary import draw_up, round_times
from geo.routes.plans import DayPlan, DayRequest, Dropped, DropReason
from geo.routes.solver import Problem, order_stops
from geo.routes.timetable import windows_of
from geo.texts import N_


def plan_day(request: DayRequest, network: Network, city: City) -> DayPlan:
    """Plan one inspector's day: as many stops as fit the shift, in the least driving time.

    Parameters
    ----------
    request
        Day, start, stops, end.
    network
        Roads or straight lines; a stop off the roads is dropped, never guessed.
    city
        Shift, limits and time zone.

    Returns
    -------
    DayPlan
        Deterministic, and verified by `geo.routes.checker.check_plan` before it is returned.
        On an approximate network its times of day are then rounded to
        ``city.routes.straight_line_round_minutes``.

    Raises
    ------
    PlanError
        The request contradicts itself, the start or end is not on the network, the
        solver took too long, or the plan failed its check.
    """
    _check_request(request)
    places = [request.start, *request.stops, *([request.end] if request.end else [])]
    matrix = network.matrix(places)
    _check_ends(request, matrix)
    dropped = _drop_hopeless(request, matrix, city.routes)
    travel_s = _whole_seconds(matrix)
    order = _order(request, dropped, travel_s, city.routes)
    dropped |= _drop_left_over(request, dropped, order, city.routes)
    left_out = tuple(dropped[stop.key] for stop in request.stops if stop.key in dropped)
    plan = draw_up(request, order, travel_s, left_out, network, city)
    check_plan(plan, request, matrix, city)
    return round_times(plan, city.routes.straight_line_round_minutes) if plan.approximate else plan


def _check_request(request: DayRequest) -> None:
    if not request.stops:
        raise PlanError(N_("没有要去的小区"), remedy=N_("请至少选一个小区"))
    uses = Counter(stop.key for stop in request.stops)
    for stop in request.stops:
        if uses[stop.key] > 1:
            raise PlanError(N_("{place} 列了两次"), remedy=N_("请去掉一个"), place=stop.name)
        if stop.visit_minutes <= 0:
            raise PlanError(N_("{place} 没有现场时间"), remedy=N_("请至少给一分钟"), place=stop.name)
    for place in (request.start, *request.stops, *([request.end] if request.end else [])):
        if not (abs(place.lon) <= 180 and abs(place.lat) <= 90):  # false for NaN as well
            raise PlanError(N_("{place} 没有有效的位置"), remedy=N_("请先在地图上标出位置"), place=place.name)


def _check_ends(request: DayRequest, matrix: TravelMatrix) -> None:
    for miss in matrix.misses:
        if miss.place in (request.start, request.end):
            raise PlanError(
                N_("{place} 周围 {limit_m} 米内没有与路网连通的道路"),
                remedy=N_("请把起点和终点设在道路旁"),
                place=miss.place.name,
                limit_m=f"{miss.limit_m:g}",
            )


def _drop_hopeless(request: DayRequest, matrix: TravelMatrix, policy: RoutePolicy) -> dict[str, Dropped]:
    """Return the stops that no route can hold, by key."""
    reasons = {miss.place.key: (miss.reason, miss.limit_m) for miss in matrix.misses}
    longest = max(shift.minutes for shift in policy.shift)
    last = len(request.stops) + 1
    dropped: dict[str, Dropped] = {}
    for index, stop in enumerate(request.stops, start=1):
        ways = [matrix.seconds[0, index], *([matrix.seconds[index, last]] if request.end else [])]
        if stop.key in reasons:
            dropped[stop.key] = Dropped(stop, *reasons[stop.key])
        elif not np.isfinite(ways).all():
            dropped[stop.key] = Dropped(stop, MissReason.UNREACHABLE, policy.snap_limit_m)
        elif stop.visit_minutes > longest:
            dropped[stop.key] = Dropped(stop, DropReason.DOES_NOT_FIT, longest)
    return dropped


def _drop_left_over(
    request: DayRequest, dropped: Mapping[str, Dropped], order: Sequence[int], policy: RoutePolicy
) -> dict[str, Dropped]:
    """Return the stops that the solver left out, by key."""
    full = len(order) >= policy.max_stops
    reason = DropReason.TOO_MANY if full else DropReason.DOES_NOT_FIT
    visited = {request.stops[place - 1].key for place in order}
    left = [stop for stop in request.stops if stop.key not in visited and stop.key not in dropped]
    return {stop.key: Dropped(stop, reason, policy.max_stops) for stop in left}


def _whole_seconds(matrix: TravelMatrix) -> NDArray[np.int64]:
    """Round travel up, so that no plan gains from rounding; no way is longer than any day."""
    never = 2 * 24 * 3600
    return np.ceil(np.minimum(matrix.seconds, never)).astype(np.int64)


def _order(
    request: DayRequest, dropped: Mapping[str, Dropped], travel_s: NDArray[np.int64], policy: RoutePolicy
) -> list[int]:
    """Return the places to visit in order; stop i of the request is place i + 1."""
    visits = tuple(
        (place, stop.visit_minutes * 60)
        for place, stop in enumerate(request.stops, start=1)
        if stop.key not in dropped
    )
    if not visits:
        return []
    end = len(request.stops) + 1 if request.end else None
    problem = Problem(travel_s, visits, end, windows_of(policy.shift), policy.max_stops)
    return order_stops(problem, limit_s=policy.solve_limit_s)
