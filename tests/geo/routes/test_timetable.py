"""Earliest times: driving stops for lunch, a visit never straddles it."""

from __future__ import annotations

from datetime import time

import pytest

from geo.errors import PlanError
from geo.policy.routes import Shift
from geo.routes.timetable import Timing, drive, time_stops, windows_of

HOUR = 3600
SHIFT = windows_of([Shift(time(9), time(12)), Shift(time(14), time(17, 30))])


def clock(text: str) -> int:
    hours, minutes = text.split(":")
    return int(hours) * HOUR + int(minutes) * 60


def test_windows_are_seconds_since_midnight() -> None:
    assert SHIFT == ((9 * HOUR, 12 * HOUR), (14 * HOUR, 17 * HOUR + 1800))
    assert windows_of([Shift(time(8, 30, 15), time(12))]) == ((30_615, 12 * HOUR),)


@pytest.mark.parametrize(
    ("start", "minutes", "arrival"),
    [
        ("09:00", 20, "09:20"),
        ("11:50", 10, "12:00"),
        ("11:50", 25, "14:15"),  # ten minutes before lunch, fifteen after
        ("12:00", 5, "14:05"),
        ("13:00", 5, "14:05"),
        ("08:00", 5, "09:05"),
        ("17:20", 10, "17:30"),
        ("12:00", 0, "12:00"),  # who has no way to go is there, also at the very end
        ("17:30", 0, "17:30"),
    ],
)
def test_driving_stops_for_the_break(start: str, minutes: int, arrival: str) -> None:
    assert drive(clock(start), minutes * 60, SHIFT) == clock(arrival)


@pytest.mark.parametrize(("start", "minutes"), [("17:20", 11), ("09:00", 391), ("18:00", 1)])
def test_a_drive_past_the_shift_does_not_fit(start: str, minutes: int) -> None:
    with pytest.raises(PlanError, match="还在路上"):
        drive(clock(start), minutes * 60, SHIFT)


def test_a_visit_that_would_straddle_lunch_waits() -> None:
    timings = time_stops([600, 1200, 300], [150 * 60, 30 * 60, 60 * 60], SHIFT)
    assert timings == [
        Timing(clock("09:10"), clock("09:10"), clock("11:40"), 0),
        Timing(clock("12:00"), clock("14:00"), clock("14:30"), 0),
        Timing(clock("14:35"), clock("14:35"), clock("15:35"), 0),
    ]


def test_a_visit_may_end_with_the_morning_and_with_the_shift() -> None:
    timings = time_stops([0, 0], [180 * 60, 210 * 60], SHIFT)
    assert [(t.begin_s, t.depart_s) for t in timings] == list(SHIFT)


def test_waiting_counts_working_time_only() -> None:
    (first, second) = time_stops([0, 300], [165 * 60, 20 * 60], SHIFT)
    assert (first.depart_s, second.arrive_s) == (clock("11:45"), clock("11:50"))
    assert (second.begin_s, second.wait_s) == (clock("14:00"), 600)


def test_a_visit_past_the_shift_does_not_fit() -> None:
    with pytest.raises(PlanError, match="现场检查"):
        time_stops([0, 0, 0], [180 * 60, 180 * 60, 31 * 60], SHIFT)
    with pytest.raises(PlanError, match="现场检查"):
        time_stops([0], [211 * 60], SHIFT)
