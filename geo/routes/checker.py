"""The checker that no plan escapes: it trusts neither the solver nor the timetable, and recomputes all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
from pyproj import Geod

from geo.errors import PlanError
from geo.policy.city import City
from geo.roads.network import Note, Place, TravelMatrix, TravelPath
from geo.routes.plans import DayPlan, DayRequest, PlannedStop
from geo.texts import N_

_ELLIPSOID = Geod(ellps="WGS84")  # its own: a wrong one of the roads must not agree with itself
# Whole seconds in the plan, fractions in the matrix; centimetres in drawn coordinates.
_TOLERANCE_S = 1.0
_TOLERANCE_M = 1.0
_TOLERANCE_SHARE = 0.005


def check_plan(plan: DayPlan, request: DayRequest, matrix: TravelMatrix, city: City) -> None:
    """Raise unless ``plan`` is a true and feasible answer to ``request``.

    Checked are: each stop at most once and either planned or dropped with a reason;
    the limit on stops; visits within one part of the shift and as long as asked;
    no driving or visit in a break; travel times no shorter than the matrix's; start,
    end and end of shift; legs that join and add up; pauses, totals and the label.

    Parameters
    ----------
    plan
        The plan, before any rounding of times.
    request
        What was asked for.
    matrix
        Times between start, stops in the order asked for, and end if there is one.
    city
        Shift, limits and time zone.

    Raises
    ------
    PlanError
        A fault is an error of ours; the exception's note names every one, for the log.
    """
    day = _Day(plan, request, matrix, city)
    faults = [*_selection(day), *_times(day), *_ends(day), *_legs(day), *_pauses(day), *_sums(day)]
    if faults:
        error = PlanError(
            N_("排出的路线没有通过核对，不能采用"), remedy=N_("请再排一次；再次出现请告诉管理员")
        )
        error.add_note("; ".join(faults))
        raise error


@dataclass(frozen=True)
class _Day:
    plan: DayPlan
    request: DayRequest
    matrix: TravelMatrix
    city: City

    @property
    def parts(self) -> list[tuple[datetime, datetime]]:
        """The parts of the shift on this day."""
        zone = self.city.zone
        return [
            (
                datetime.combine(self.request.day, part.start, zone),
                datetime.combine(self.request.day, part.end, zone),
            )
            for part in self.city.routes.shift
        ]

    def working_time(self, begin: datetime, end: datetime) -> timedelta:
        """Return what lies between two moments, less what lies outside the shift."""
        idle = timedelta()
        closed_since = datetime.min.replace(tzinfo=begin.tzinfo)
        for opens, closes in [*self.parts, (datetime.max.replace(tzinfo=begin.tzinfo), None)]:
            idle += max(timedelta(), min(end, opens) - max(begin, closed_since))
            closed_since = closes or opens
        return (end - begin) - idle

    def seconds(self, origin: Place, destination: Place, *, to_end: bool) -> float:
        """Return the matrix's travel time; `origin` is the start unless it is a stop."""
        row = self._index(origin)
        column = len(self.request.stops) + 1 if to_end else self._index(destination)
        return float(self.matrix.seconds[row, column])

    def _index(self, place: Place) -> int:
        return self.request.stops.index(place) + 1 if place in self.request.stops else 0

    def hops(self) -> Iterator[tuple[str, float, TravelPath, datetime, datetime]]:
        """Yield each way driven: its name, the matrix's seconds, the leg, departure and arrival."""
        plan = self.plan
        origin, departs = self.request.start, plan.departs
        for stop in plan.stops:
            seconds = self.seconds(origin, stop.stop, to_end=False)
            yield f"the way to {stop.stop.name}", seconds, stop.leg, departs, stop.arrive
            origin, departs = stop.stop, stop.depart
        if plan.end_leg is not None and self.request.end is not None:
            seconds = self.seconds(origin, self.request.end, to_end=True)
            yield "the way to the end", seconds, plan.end_leg, departs, plan.finishes


def _selection(day: _Day) -> Iterator[str]:
    plan, request = day.plan, day.request
    planned = [stop.stop for stop in plan.stops]
    asked = set(request.stops)
    handled = Counter([*planned, *(drop.stop for drop in plan.dropped)])
    for stop, times in handled.items():
        if stop not in asked:
            yield f"{stop.name} was not asked for"
        elif times > 1:
            yield f"{stop.name} is in the plan {times} times"
    for stop in request.stops:
        if stop not in handled:
            yield f"{stop.name} is neither planned nor dropped"
    if [stop.order for stop in plan.stops] != list(range(1, len(planned) + 1)):
        yield "the stops are not numbered from 1"
    if len(planned) > day.city.routes.max_stops:
        yield f"there are {len(planned)} stops, more than {day.city.routes.max_stops}"


def _times(day: _Day) -> Iterator[str]:
    for stop in day.plan.stops:
        yield from _visit(day, stop)
    for name, seconds, _, departs, arrives in day.hops():
        if not np.isfinite(seconds):
            yield f"{name} does not exist"
        elif day.working_time(departs, arrives).total_seconds() < seconds:
            yield f"{name} takes {seconds:.0f} s, the plan allows less"


def _visit(day: _Day, planned: PlannedStop) -> Iterator[str]:
    name = planned.stop.name
    moments = (planned.arrive, planned.begin, planned.depart)
    if any(moment.utcoffset() != day.parts[0][0].utcoffset() for moment in moments):
        yield f"the times at {name} are not in {day.city.timezone}"
        return
    if planned.begin < planned.arrive:
        yield f"the visit to {name} begins before the arrival"
    if planned.depart - planned.begin != timedelta(minutes=planned.stop.visit_minutes):
        yield f"the visit to {name} does not take {planned.stop.visit_minutes} minutes"
    if not any(opens <= planned.begin and planned.depart <= closes for opens, closes in day.parts):
        yield f"the visit to {name} is not within one part of the shift"
    waiting = day.working_time(planned.arrive, planned.begin).total_seconds() / 60
    if abs(waiting - planned.wait_minutes) > 1e-6:
        yield f"the wait at {name} is {waiting:.1f} minutes, not {planned.wait_minutes:.1f}"


def _ends(day: _Day) -> Iterator[str]:
    plan, request = day.plan, day.request
    opens, closes = day.parts[0][0], day.parts[-1][1]
    if (plan.day, plan.start, plan.end) != (request.day, request.start, request.end):
        yield "day, start or end are not those asked for"
    if plan.departs < opens:
        yield "the day begins before the shift"
    if plan.finishes > closes:
        yield "the day ends after the shift"
    if (plan.end_leg is not None) != (request.end is not None and bool(plan.stops)):
        yield "the way to the end is missing, or leads nowhere"
    if plan.end_leg is None:
        last = plan.stops[-1].depart if plan.stops else plan.departs
        if plan.finishes != last:
            yield "the day does not end with the last visit"


def _legs(day: _Day) -> Iterator[str]:
    for name, seconds, leg, _, _ in day.hops():
        if abs(leg.seconds - seconds) > _TOLERANCE_S:
            yield f"{name} is {leg.seconds:.0f} s long, by the matrix {seconds:.0f}"
        if not day.plan.approximate:
            yield from _road(name, leg)
    drawn = [leg.line for leg in day.plan.legs if not leg.line.is_empty]
    for line, following in pairwise(drawn):
        if _length_m([line.coords[-1], following.coords[0]]) > _TOLERANCE_M:
            yield "two ways do not join on the map"


def _road(name: str, leg: TravelPath) -> Iterator[str]:
    on_roads = sum(stretch.metres for stretch in leg.roads)
    drawn = _length_m(list(leg.line.coords))
    for what, metres in (("its roads", on_roads), ("its line", drawn)):
        if abs(metres - leg.metres) > _TOLERANCE_M + _TOLERANCE_SHARE * leg.metres:
            yield f"{name} is {leg.metres:.0f} m long, {what} {metres:.0f} m"


def _length_m(lonlat: list[tuple[float, ...]]) -> float:
    lon, lat = zip(*lonlat, strict=True) if lonlat else ((), ())
    return float(_ELLIPSOID.line_length(lon, lat))


def _pauses(day: _Day) -> Iterator[str]:
    expected = [
        (closes, opens)
        for (_, closes), (opens, _) in pairwise(day.parts)
        if closes < opens and closes < day.plan.finishes
    ]
    if [(pause.start, pause.end) for pause in day.plan.pauses] != expected:
        yield "the breaks are not those of the shift"
    for pause in day.plan.pauses:
        later = [stop.order for stop in day.plan.stops if stop.begin >= pause.end]
        if pause.before_order != (min(later) if later else None):
            yield "a break stands at the wrong stop"


def _sums(day: _Day) -> Iterator[str]:
    plan, totals = day.plan, day.plan.totals
    expected = {
        "stops": float(len(plan.stops)),
        "visit_minutes": sum(((s.depart - s.begin) / timedelta(minutes=1) for s in plan.stops), 0.0),
        "travel_minutes": float(np.sum([leg.seconds for leg in plan.legs])) / 60,
        "wait_minutes": sum((stop.wait_minutes for stop in plan.stops), 0.0),
        "travel_m": float(np.sum([leg.metres for leg in plan.legs])),
    }
    for name, value in expected.items():
        if abs(getattr(totals, name) - value) > 1e-6 * max(1.0, value):
            yield f"the total {name} is {value:.1f}, not {getattr(totals, name):.1f}"
    if plan.approximate != (plan.note is Note.STRAIGHT_LINE):
        yield "the label does not say what the times are"
