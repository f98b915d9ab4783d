"""The checker: it lets a true plan pass and finds every single thing that was tampered with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, timedelta
from typing import Any

import numpy as np
import pytest
import shapely

from geo.errors import PlanError
from geo.policy.city import City
from geo.roads.network import MissReason, Network, Note, RoadStretch, StraightLine, TravelMatrix
from geo.routes.checker import check_plan
from geo.routes.itinerary import draw_up
from geo.routes.plans import DayPlan, DayRequest, Dropped, DropReason
from tests.geo.towns import line_town, stop_at

STEP_M = 5995.0
STOPS = tuple(
    stop_at(str(i), STEP_M * i, visit_minutes=length) for i, length in enumerate((60, 90, 60), start=1)
)
FAR = stop_at("far", 0, 9000)
START = stop_at("bureau", 0)
REQUEST = DayRequest(date(2025, 6, 3), START, (*STOPS, FAR), START)
LEFT_OUT = Dropped(FAR, MissReason.NO_ROAD, 300)


def planned(city: City, network: Network) -> tuple[DayPlan, TravelMatrix]:
    """Return a plan that holds: an hour and a half before lunch, one visit after it, one stop dropped."""
    matrix = network.matrix([START, *REQUEST.stops, START])
    travel_s = np.ceil(np.minimum(matrix.seconds, 1e6)).astype(np.int64)
    return draw_up(REQUEST, [1, 2, 3], travel_s, (LEFT_OUT,), network, city), matrix


def with_stop(plan: DayPlan, index: int, **changes: Any) -> DayPlan:
    stops = list(plan.stops)
    stops[index] = replace(stops[index], **changes)
    return replace(plan, stops=tuple(stops))


def shifted(plan: DayPlan, index: int, minutes: float, *fields: str) -> DayPlan:
    stop = plan.stops[index]
    return with_stop(plan, index, **{f: getattr(stop, f) + timedelta(minutes=minutes) for f in fields})


def with_leg(plan: DayPlan, index: int, **changes: Any) -> DayPlan:
    return with_stop(plan, index, leg=replace(plan.stops[index].leg, **changes))


def with_totals(plan: DayPlan, **changes: Any) -> DayPlan:
    return replace(plan, totals=replace(plan.totals, **changes))


ALL_TIMES = ("arrive", "begin", "depart")
TAMPERED: dict[str, tuple[Callable[[DayPlan], DayPlan], str]] = {
    "a stop twice": (
        lambda p: replace(p, stops=(*p.stops, replace(p.stops[0], order=4))),
        "小区1 is in the plan 2 times",
    ),
    "planned and dropped": (
        lambda p: replace(p, dropped=(*p.dropped, Dropped(STOPS[0], DropReason.TOO_MANY, 40))),
        "小区1 is in the plan 2 times",
    ),
    "lost without a word": (lambda p: replace(p, dropped=()), "小区far is neither planned nor dropped"),
    "never asked for": (
        lambda p: with_stop(p, 0, stop=stop_at("other", STEP_M, visit_minutes=60)),
        "小区other was not asked for",
    ),
    "numbered wrongly": (lambda p: with_stop(p, 1, order=5), "numbered"),
    "order swapped": (
        lambda p: with_stop(with_stop(p, 0, stop=STOPS[1]), 1, stop=STOPS[0]),
        "does not take 90 minutes",
    ),
    "arrives before it can": (
        lambda p: shifted(p, 0, -1, "arrive"),
        "the way to 小区1 takes",
    ),
    "drives through lunch": (
        lambda p: shifted(p, 2, -20, "arrive"),
        "the way to 小区3 takes",
    ),
    "begins before it arrives": (lambda p: shifted(p, 1, -1, "begin", "depart"), "begins before the arrival"),
    "a visit cut short": (lambda p: shifted(p, 2, -10, "depart"), "does not take 60 minutes"),
    "a visit into lunch": (lambda p: shifted(p, 1, 15, "begin", "depart"), "not within one part"),
    "a visit in the lunch break": (lambda p: shifted(p, 2, -60, "begin", "depart"), "not within one part"),
    "a visit after the shift": (lambda p: shifted(p, 2, 180, *ALL_TIMES), "not within one part"),
    "a wait that is not told": (lambda p: shifted(p, 2, 10, "begin", "depart"), "the wait at 小区3 is 10.0"),
    "another day": (lambda p: replace(p, day=p.day + timedelta(days=1)), "not those asked for"),
    "times of another day": (lambda p: shifted(p, 0, 24 * 60, *ALL_TIMES), "not within one part"),
    "times in another zone": (
        lambda p: with_stop(p, 0, arrive=p.stops[0].arrive.astimezone(UTC)),
        "not in Asia/Shanghai",
    ),
    "another start": (lambda p: replace(p, start=STOPS[2]), "not those asked for"),
    "leaves too early": (lambda p: replace(p, departs=p.departs - timedelta(minutes=5)), "before the shift"),
    "leaves later than said": (
        lambda p: replace(p, departs=p.departs + timedelta(minutes=5)),
        "the way to 小区1",
    ),
    "ends too early": (
        lambda p: replace(p, finishes=p.finishes - timedelta(minutes=5)),
        "the way to the end",
    ),
    "ends after the shift": (
        lambda p: replace(p, finishes=p.finishes + timedelta(hours=3)),
        "ends after the shift",
    ),
    "no way to the end": (lambda p: replace(p, end_leg=None), "the way to the end is missing"),
    "a leg of other seconds": (lambda p: with_leg(p, 1, seconds=300.0), "is 300 s long, by the matrix"),
    "a leg of other metres": (lambda p: with_leg(p, 1, metres=4000.0), "its line 5995 m"),
    "roads that do not add up": (
        lambda p: with_leg(p, 1, roads=(RoadStretch("长街", 10.0),)),
        "its roads 10 m",
    ),
    "a line that breaks off": (
        lambda p: with_leg(p, 1, line=shapely.LineString(p.stops[1].leg.line.coords[::-1])),
        "do not join",
    ),
    "no lunch": (lambda p: replace(p, pauses=()), "breaks are not those of the shift"),
    "a short lunch": (
        lambda p: replace(p, pauses=(replace(p.pauses[0], end=p.pauses[0].end - timedelta(hours=1)),)),
        "breaks are not those of the shift",
    ),
    "lunch at another stop": (
        lambda p: replace(p, pauses=(replace(p.pauses[0], before_order=2),)),
        "wrong stop",
    ),
    "total of stops": (lambda p: with_totals(p, stops=4), "total stops is 3.0, not 4.0"),
    "total of visits": (lambda p: with_totals(p, visit_minutes=200.0), "total visit_minutes is 210.0"),
    "total of travel": (lambda p: with_totals(p, travel_minutes=1.0), "total travel_minutes"),
    "total of waiting": (lambda p: with_totals(p, wait_minutes=5.0), "total wait_minutes is 0.0"),
    "total of metres": (lambda p: with_totals(p, travel_m=1.0), "total travel_m"),
    "estimates sold as road times": (lambda p: replace(p, note=Note.STRAIGHT_LINE), "the label"),
}


def test_a_true_plan_passes(city: City) -> None:
    plan, matrix = planned(city, line_town(3 * STEP_M))
    check_plan(plan, REQUEST, matrix, city)


@pytest.mark.parametrize("off_s", [-1.5, -0.5, 0.5, 1.5])
def test_a_leg_may_be_off_by_a_second(city: City, off_s: float) -> None:
    plan, matrix = planned(city, line_town(3 * STEP_M))
    leg = plan.stops[1].leg
    told = with_leg(plan, 1, seconds=leg.seconds + off_s)
    told = with_totals(told, travel_minutes=told.totals.travel_minutes + off_s / 60)
    if abs(off_s) < 1:
        check_plan(told, REQUEST, matrix, city)
    else:
        with pytest.raises(PlanError, match="s long, by the matrix"):
            check_plan(told, REQUEST, matrix, city)


def test_a_true_estimate_passes(city: City) -> None:
    plan, matrix = planned(city, StraightLine(replace(city.routes, straight_line_kmh=60.0)))
    check_plan(plan, REQUEST, matrix, city)


def test_visits_may_last_to_the_very_end_of_their_part_of_the_shift(city: City) -> None:
    network = line_town(3 * STEP_M)
    stops = (stop_at("1", STEP_M, visit_minutes=170), stop_at("2", 2 * STEP_M, visit_minutes=200))
    request = DayRequest(date(2025, 6, 3), START, stops)
    matrix = network.matrix([START, *stops])
    plan = draw_up(request, [1, 2], np.ceil(matrix.seconds).astype(np.int64), (), network, city)
    assert [f"{stop.begin:%H:%M}-{stop.depart:%H:%M}" for stop in plan.stops] == [
        "09:10-12:00",
        "14:10-17:30",
    ]
    check_plan(plan, request, matrix, city)
    for index in (0, 1):
        with pytest.raises(PlanError, match="not within one part"):
            check_plan(shifted(plan, index, 1 / 60, "begin", "depart"), request, matrix, city)


def test_a_day_may_end_elsewhere_and_two_stops_may_lie_at_one_place(city: City) -> None:
    network = line_town(3 * STEP_M)
    stops = (stop_at("1", STEP_M), stop_at("2", STEP_M))
    request = DayRequest(date(2025, 6, 3), START, stops, stop_at("home", 3 * STEP_M))
    matrix = network.matrix([START, *stops, stop_at("home", 3 * STEP_M)])
    plan = draw_up(request, [1, 2], np.ceil(matrix.seconds).astype(np.int64), (), network, city)
    assert plan.stops[1].leg.metres == 0
    assert plan.end_leg is not None and plan.end_leg.metres == pytest.approx(2 * STEP_M, abs=1)
    check_plan(plan, request, matrix, city)


@pytest.mark.parametrize("name", TAMPERED)
def test_a_tampered_plan_is_found_out(city: City, name: str) -> None:
    tamper, fault = TAMPERED[name]
    plan, matrix = planned(city, line_town(3 * STEP_M))
    with pytest.raises(PlanError, match=fault) as caught:
        check_plan(tamper(plan), REQUEST, matrix, city)
    assert caught.value.remedy


def test_a_tampered_matrix_is_found_out(city: City) -> None:
    plan, matrix = planned(city, line_town(3 * STEP_M))
    slower = replace(matrix, seconds=matrix.seconds * 1.02)
    with pytest.raises(PlanError, match=r"takes 61\d s"):
        check_plan(plan, REQUEST, slower, city)
    cut = matrix.seconds.copy()
    cut[1, 2] = np.inf
    with pytest.raises(PlanError, match="the way to 小区2 does not exist"):
        check_plan(plan, REQUEST, replace(matrix, seconds=cut), city)


def test_more_stops_than_allowed(city: City) -> None:
    plan, matrix = planned(city, line_town(3 * STEP_M))
    strict = replace(city, routes=replace(city.routes, max_stops=2))
    with pytest.raises(PlanError, match="3 stops, more than 2"):
        check_plan(plan, REQUEST, matrix, strict)


def test_an_empty_plan_of_dropped_stops_passes(city: City) -> None:
    network = line_town(3 * STEP_M)
    request = replace(REQUEST, stops=(FAR,))
    matrix = network.matrix([START, FAR, START])
    plan = draw_up(request, [], np.zeros((3, 3), dtype=np.int64), (LEFT_OUT,), network, city)
    check_plan(plan, request, matrix, city)
    with pytest.raises(PlanError, match="does not end with the last visit"):
        check_plan(replace(plan, finishes=plan.finishes + timedelta(hours=1)), request, matrix, city)
