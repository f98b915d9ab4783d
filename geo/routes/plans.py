"""Day plans: what an inspector asks for, and the route as planned. Times are aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from geo.roads.network import MissReason, Note, Place, TravelPath
from geo.texts import N_, Phrase


class DropReason(StrEnum):
    """Why a stop that the network does not rule out is still not part of the day."""

    NOT_LOCATED = "not_located"
    DOES_NOT_FIT = "does_not_fit"
    TOO_MANY = "too_many"

    @property
    def text(self) -> str:
        """The reason, a marked text that may name the ``limit``."""
        return _DROP_REASONS[self]


_DROP_REASONS = {
    DropReason.NOT_LOCATED: N_("未定位"),
    DropReason.DOES_NOT_FIT: N_("当日班次内排不下"),
    DropReason.TOO_MANY: N_("超过每日 {limit:.0f} 个站点的上限"),
}


@dataclass(frozen=True)
class Stop(Place):
    """A community to visit, and how long that takes."""

    visit_minutes: int


@dataclass(frozen=True)
class DayRequest:
    """What an inspector asks for.

    Parameters
    ----------
    day
        The date.
    start
        Where the day begins.
    stops
        Communities to visit, in any order; keys are unique.
    end
        Where the day ends; None ends it at the last stop.
    """

    day: date
    start: Place
    stops: tuple[Stop, ...]
    end: Place | None = None


@dataclass(frozen=True)
class PlannedStop:
    """A stop of the route.

    Parameters
    ----------
    order
        From 1.
    stop
        The community.
    leg
        The way from the stop before it, or from the start.
    arrive, begin, depart
        Arrival, begin of the visit (later than arrival where it waits for the
        next part of the shift), end of the visit.
    wait_minutes
        Working time spent waiting; a break is not waiting.
    """

    order: int
    stop: Stop
    leg: TravelPath
    arrive: datetime
    begin: datetime
    depart: datetime
    wait_minutes: float


@dataclass(frozen=True)
class Pause:
    """A break between two parts of the shift; nobody drives or visits.

    `before_order` is the stop visited next, None where only the way to the end follows.
    """

    start: datetime
    end: datetime
    before_order: int | None


@dataclass(frozen=True)
class Dropped:
    """A stop that is not part of the route, and why."""

    stop: Stop
    reason: MissReason | DropReason
    limit: float

    @property
    def text(self) -> Phrase:
        """The reason, with its limit."""
        return Phrase(self.reason.text, limit=self.limit)


@dataclass(frozen=True)
class Totals:
    """Sums over the day."""

    stops: int
    visit_minutes: float
    travel_minutes: float
    wait_minutes: float
    travel_m: float


@dataclass(frozen=True)
class DayPlan:
    """One inspector's day, checked.

    Parameters
    ----------
    day, start, end
        As asked for.
    departs, finishes
        When the inspector leaves the start, and arrives at the end or finishes the
        last visit.
    stops
        In the order visited.
    end_leg
        The way from the last stop to the end; None without an end or without stops.
    pauses
        Breaks within the day.
    dropped
        Stops left out, in the order asked for.
    totals
        Sums.
    note, approximate
        The label that must accompany every time, and whether times are estimates;
        if so, all times of day are rounded.
    """

    day: date
    start: Place
    departs: datetime
    stops: tuple[PlannedStop, ...]
    end: Place | None
    end_leg: TravelPath | None
    finishes: datetime
    pauses: tuple[Pause, ...]
    dropped: tuple[Dropped, ...]
    totals: Totals
    note: Note
    approximate: bool

    @property
    def legs(self) -> tuple[TravelPath, ...]:
        """All ways in order, the one to the end included."""
        ways = tuple(stop.leg for stop in self.stops)
        return ways if self.end_leg is None else (*ways, self.end_leg)


def round_time(moment: datetime, minutes: int) -> datetime:
    """Return ``moment`` rounded to whole multiples of ``minutes`` since midnight, halves up.

    Examples
    --------
    >>> round_time(datetime(2025, 6, 3, 9, 8), 15)
    datetime.datetime(2025, 6, 3, 9, 15)
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    step = timedelta(minutes=minutes)
    return midnight + (moment - midnight + step / 2) // step * step
