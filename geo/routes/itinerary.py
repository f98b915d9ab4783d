"""Itinerary: the day plan that follows from an order of stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geo.policy.city import City
from geo.policy.routes import Shift
from geo.roads.network import Network, Place, TravelPath
from geo.routes.plans import DayPlan, DayRequest, Dropped, Pause, PlannedStop, Totals, round_time
from geo.routes.timetable import Timing, drive, time_stops, windows_of


def draw_up(
    request: DayRequest,
    order: Sequence[int],
    travel_s: NDArray[np.int64],
    dropped: tuple[Dropped, ...],
    network: Network,
    city: City,
) -> DayPlan:
    """Return the plan of a day whose stops are visited in ``order``.

    Parameters
    ----------
    request
        What was asked for.
    order
        Places to visit: stop i of the request is place i + 1, the start is place 0,
        the end is the last.
    travel_s
        (n, n) whole seconds between places.
    dropped
        Stops left out.
    network, city
        Ways between places; shift and time zone.

    Raises
    ------
    PlanError
        The stops do not fit the shift in this order.
    NetworkError
        There is no way to one of the stops.
    """
    windows = windows_of(city.routes.shift)
    midnight = datetime.combine(request.day, time.min, city.zone)
    driving = [int(travel_s[a, b]) for a, b in pairwise([0, *order])]
    visits = [request.stops[place - 1].visit_minutes * 60 for place in order]
    timings = time_stops(driving, visits, windows)
    stops = _planned_stops(request, order, timings, network, midnight)

    end_leg, finish_s = None, timings[-1].depart_s if timings else windows[0][0]
    if request.end and order:
        end_leg = network.path(stops[-1].stop, request.end)
        finish_s = drive(finish_s, int(travel_s[order[-1], len(request.stops) + 1]), windows)
    finishes = midnight + timedelta(seconds=finish_s)
    return DayPlan(
        day=request.day,
        start=request.start,
        departs=midnight + timedelta(seconds=windows[0][0]),
        stops=stops,
        end=request.end,
        end_leg=end_leg,
        finishes=finishes,
        pauses=_pauses(city.routes.shift, stops, midnight, finishes),
        dropped=dropped,
        totals=add_up(stops, end_leg),
        note=network.note,
        approximate=network.approximate,
    )


def _planned_stops(
    request: DayRequest,
    order: Sequence[int],
    timings: Sequence[Timing],
    network: Network,
    midnight: datetime,
) -> tuple[PlannedStop, ...]:
    stops = [request.stops[place - 1] for place in order]
    origins: list[Place] = [request.start, *stops]
    return tuple(
        PlannedStop(
            order=number,
            stop=stop,
            leg=network.path(origin, stop),
            arrive=midnight + timedelta(seconds=timing.arrive_s),
            begin=midnight + timedelta(seconds=timing.begin_s),
            depart=midnight + timedelta(seconds=timing.depart_s),
            wait_minutes=timing.wait_s / 60,
        )
        for number, (origin, stop, timing) in enumerate(zip(origins, stops, timings, strict=False), start=1)
    )


def _pauses(
    shift: Sequence[Shift], stops: Sequence[PlannedStop], midnight: datetime, finishes: datetime
) -> tuple[Pause, ...]:
    """Return the gaps between parts of the shift that fall within the day."""
    day, zone = midnight.date(), midnight.tzinfo
    pauses = []
    for part, following in pairwise(shift):
        start = datetime.combine(day, part.end, zone)
        end = datetime.combine(day, following.start, zone)
        if start < end and start < finishes:
            following_stop = next((stop.order for stop in stops if stop.begin >= end), None)
            pauses.append(Pause(start, end, following_stop))
    return tuple(pauses)


def add_up(stops: Sequence[PlannedStop], end_leg: TravelPath | None) -> Totals:
    """Return the sums over a day: its stops and the way to its end."""
    legs = [stop.leg for stop in stops] + ([end_leg] if end_leg else [])
    return Totals(
        stops=len(stops),
        visit_minutes=float(sum(stop.stop.visit_minutes for stop in stops)),
        travel_minutes=sum(leg.seconds for leg in legs) / 60,
        wait_minutes=sum(stop.wait_minutes for stop in stops),
        travel_m=sum(leg.metres for leg in legs),
    )


def round_times(plan: DayPlan, minutes: int) -> DayPlan:
    """Return the plan with every time of day rounded to ``minutes``: estimates must not look exact."""
    stops = tuple(
        replace(
            stop,
            arrive=round_time(stop.arrive, minutes),
            begin=round_time(stop.begin, minutes),
            depart=round_time(stop.depart, minutes),
        )
        for stop in plan.stops
    )
    return replace(
        plan,
        departs=round_time(plan.departs, minutes),
        finishes=round_time(plan.finishes, minutes),
        stops=stops,
    )
