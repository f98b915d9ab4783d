"""Timetable: the earliest times at which stops in a given order can be visited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from geo.errors import PlanError
from geo.policy.routes import Shift
from geo.texts import N_

# Begin and end of each part of the shift, in seconds since midnight, in order.
Windows = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Timing:
    """Arrival, begin and end of a visit, seconds since midnight; `wait_s` is working time spent waiting."""

    arrive_s: int
    begin_s: int
    depart_s: int
    wait_s: int


def windows_of(shift: Sequence[Shift]) -> tuple[tuple[int, int], ...]:
    """Return the parts of a shift as seconds since midnight."""
    return tuple((_seconds_of(part.start), _seconds_of(part.end)) for part in shift)


def _seconds_of(moment: time) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def time_stops(travel_s: Sequence[int], visit_s: Sequence[int], windows: Windows) -> list[Timing]:
    """Return the earliest times of stops visited in order.

    Parameters
    ----------
    travel_s
        Driving time to each stop from the one before it.
    visit_s
        Time on site at each stop.
    windows
        The parts of the shift. The first leg starts when the first one opens;
        driving stops during a break and goes on after it; a visit takes place
        within one part.

    Raises
    ------
    PlanError
        The stops do not fit.
    """
    timings: list[Timing] = []
    now = windows[0][0]
    for driving, visit in zip(travel_s, visit_s, strict=True):
        arrive = drive(now, driving, windows)
        begin = _first_fit(arrive, visit, windows)
        wait = _working_s(arrive, begin, windows)
        now = begin + visit
        timings.append(Timing(arrive, begin, now, wait))
    return timings


def drive(start_s: int, driving_s: int, windows: Windows) -> int:
    """Return when a drive of ``driving_s`` that starts at ``start_s`` arrives, breaks left out.

    Raises
    ------
    PlanError
        The shift ends first.
    """
    left = driving_s
    for opens, closes in windows:
        begin = max(start_s, opens)
        if begin <= closes and left <= closes - begin:
            return begin + left
        left -= max(0, closes - begin)
    raise PlanError(N_("到班次结束时还在路上"))


def _first_fit(arrive_s: int, visit_s: int, windows: Windows) -> int:
    for opens, closes in windows:
        begin = max(arrive_s, opens)
        if begin + visit_s <= closes:
            return begin
    raise PlanError(N_("到班次结束时现场检查还没有做完"))


def _working_s(begin_s: int, end_s: int, windows: Windows) -> int:
    return sum(max(0, min(end_s, closes) - max(begin_s, opens)) for opens, closes in windows)
