"""Itinerary: times, lunch, legs and sums of a day whose order is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geo.errors import PlanError
from geo.policy.city import City
from geo.policy.routes import Shift
from geo.roads.network import Network, Note, StraightLine
from geo.routes.itinerary import draw_up, round_times
from geo.routes.plans import DayPlan, DayRequest, Dropped, DropReason
from tests.geo.towns import line_town, stop_at

# Just under ten minutes at 10 m/s, which whole seconds round up to ten.
STEP_M = 5995.0


def moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2025-06-03T{text}").replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def plan(
    city: City,
    minutes: tuple[int, ...],
    *,
    end: bool = True,
    network: Network | None = None,
    dropped: tuple[Dropped, ...] = (),
) -> DayPlan:
    """Return the plan of stops ten minutes apart along one road, visited in order."""
    stops = tuple(
        stop_at(str(i), STEP_M * i, visit_minutes=length) for i, length in enumerate(minutes, start=1)
    )
    start = stop_at("bureau", 0)
    request = DayRequest(date(2025, 6, 3), start, stops, start if end else None)
    network = network or line_town(STEP_M * max(1, len(minutes)))
    travel_s = np.ceil(network.matrix([start, *stops, start]).seconds).astype(np.int64)
    return draw_up(request, range(1, len(stops) + 1), travel_s, dropped, network, city)


def test_a_day_with_lunch_before_the_third_stop(city: City) -> None:
    day = plan(city, (60, 90, 60))
    assert [(s.arrive, s.begin, s.depart) for s in day.stops] == [
        (moment("09:10"), moment("09:10"), moment("10:10")),
        (moment("10:20"), moment("10:20"), moment("11:50")),
        (moment("12:00"), moment("14:00"), moment("15:00")),
    ]
    assert day.departs == moment("09:00")
    assert [(p.start, p.end, p.before_order) for p in day.pauses] == [(moment("12:00"), moment("14:00"), 3)]
    assert day.finishes == moment("15:29:59")
    assert [stop.order for stop in day.stops] == [1, 2, 3]


def test_waiting_for_the_afternoon_is_shown(city: City) -> None:
    day = plan(city, (150, 30))
    assert (day.stops[1].arrive, day.stops[1].begin) == (moment("11:50"), moment("14:00"))
    assert day.stops[1].wait_minutes == day.totals.wait_minutes == 10


def test_a_day_that_ends_before_lunch_has_no_break(city: City) -> None:
    day = plan(city, (60,))
    assert day.pauses == ()
    assert day.finishes == moment("10:20")


def test_a_day_that_ends_as_lunch_begins_has_no_break(city: City) -> None:
    day = plan(city, (170,), end=False)
    assert (day.finishes, day.pauses) == (moment("12:00"), ())


def test_parts_of_the_shift_that_follow_at_once_have_no_break_between(city: City) -> None:
    parts = (Shift(time(9), time(12)), Shift(time(12), time(17)))
    whole = replace(city, routes=replace(city.routes, shift=parts))
    assert plan(whole, (60, 90, 60)).pauses == ()


def test_lunch_on_the_way_to_the_end_stands_before_no_stop(city: City) -> None:
    day = plan(city, (165,))
    assert [p.before_order for p in day.pauses] == [None]
    assert day.finishes == moment("14:05")


def test_without_an_end_the_day_ends_with_the_last_visit(city: City) -> None:
    day = plan(city, (60, 30), end=False)
    assert day.end_leg is None
    assert day.finishes == day.stops[-1].depart
    assert len(day.legs) == 2


def test_legs_and_totals(city: City) -> None:
    day = plan(city, (60, 90, 60))
    assert [leg.metres for leg in day.legs] == pytest.approx([STEP_M] * 3 + [3 * STEP_M], rel=1e-3)
    assert [leg.roads[0].name for leg in day.legs] == ["长街"] * 4
    assert (day.totals.stops, day.totals.visit_minutes, day.totals.wait_minutes) == (3, 210, 0)
    assert day.totals.travel_m == pytest.approx(6 * STEP_M, rel=1e-3)
    assert day.totals.travel_minutes == pytest.approx(60, rel=2e-3)
    assert (day.note, day.approximate) == (Note.NO_TRAFFIC, False)


def test_no_stops_no_way(city: City) -> None:
    left = Dropped(stop_at("x", 0), DropReason.DOES_NOT_FIT, 0)
    day = plan(city, (), dropped=(left,))
    assert (day.stops, day.legs, day.pauses, day.end_leg) == ((), (), (), None)
    assert day.departs == day.finishes
    assert day.dropped == (left,)


def test_what_does_not_fit_is_an_error(city: City) -> None:
    with pytest.raises(PlanError, match="班次"):
        plan(city, (170, 200, 60))


def test_estimates_are_rounded_to_quarters(city: City) -> None:
    exact = plan(city, (30, 30, 30), network=StraightLine(city.routes))
    day = round_times(exact, 15)
    assert day.approximate
    assert day.note is Note.STRAIGHT_LINE
    moments = [day.departs, day.finishes, *(t for s in day.stops for t in (s.arrive, s.begin, s.depart))]
    assert {moment.minute % 15 for moment in moments} == {0}
    assert {moment.second for moment in moments} == {0}
    for rough, true in zip(day.stops, exact.stops, strict=True):
        assert abs(rough.arrive - true.arrive).total_seconds() <= 450
        assert rough.leg == true.leg
