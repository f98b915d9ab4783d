"""The one day to which a page counts: today, the day where data end, or the one that was chosen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from geo.texts import Phrase
from portal.errors import N_, BadRequest
from portal.scope import Period

STALE_DAYS = 30  # data that end longer ago than this are no longer counted to today
FIRST_YEAR = 1900
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Kind(StrEnum):
    """A kind of data that lists, cards and files count by days, and that comes in now and then."""

    COMPLAINTS = "complaints"
    INSPECTIONS = "inspections"


class Why(StrEnum):
    """How a day came about."""

    TODAY = "today"
    ENDED = "ended"
    CHOSEN = "chosen"


_ENDED = {
    frozenset({Kind.COMPLAINTS}): N_("投诉数据止于该日"),
    frozenset({Kind.INSPECTIONS}): N_("检查数据止于该日"),
    frozenset(Kind): N_("投诉与检查数据止于该日"),
}
_UNTIL = {Kind.COMPLAINTS: N_("投诉数据止于 {day}"), Kind.INSPECTIONS: N_("检查数据止于 {day}")}
_NONE = {Kind.COMPLAINTS: N_("还没有投诉数据"), Kind.INSPECTIONS: N_("还没有检查数据")}


@dataclass(frozen=True)
class AsOf:
    """The day that windows of days end with, and as known on which rectifications are late.

    Parameters
    ----------
    day
        What is later is shown beside, never counted.
    usual
        The day where none is chosen.
    why
        How ``day`` came about.
    served_on
        The day on which firms serve: ``day``, or the last one of a quarter that was chosen.
    zone
        The city's time zone.
    newest
        The newest day of each kind of data that there is any of, never after today.
    """

    day: date
    usual: date
    why: Why
    served_on: date
    zone: ZoneInfo
    newest: Mapping[Kind, date]

    def start_of(self, day: date) -> datetime:
        """Return the first moment of ``day``."""
        return datetime.combine(day, time(), self.zone)

    @property
    def begins(self) -> datetime:
        """The first moment of the day."""
        return self.start_of(self.day)

    @property
    def ends(self) -> datetime:
        """The first moment that is not of the day any more."""
        return self.start_of(self.day + timedelta(days=1))

    def window(self, days: int) -> tuple[date, date]:
        """Return the first of the ``days`` days that end with the day, and the day after."""
        after = self.day + timedelta(days=1)
        return after - timedelta(days=days), after

    @property
    def reason(self) -> Phrase:
        """Why it is this day, in words."""
        if self.why is not Why.ENDED:
            return Phrase(N_("今日") if self.why is Why.TODAY else N_("所选日期"))
        return Phrase(_ENDED[frozenset(kind for kind, day in self.newest.items() if day == self.day)])

    @property
    def words(self) -> Phrase:
        """The day with its reason."""
        return Phrase(N_("截至 {day}（{why}）"), day=self.day.isoformat(), why=self.reason)

    @property
    def explanation(self) -> Phrase:
        """By which rule it would be this day, or is another one."""
        if self.why is Why.CHOSEN:
            return Phrase(N_("以后的不计；默认截至 {day}"), day=self.usual.isoformat())
        if self.why is Why.TODAY:
            return Phrase(N_("没有选择日期，截至今天"))
        return Phrase(
            N_("有的数据已超过 {days} 天没有更新，截至各类数据最后一天中最早的一天"), days=STALE_DAYS
        )

    @property
    def reach(self) -> list[Phrase]:
        """To which day there are data of each kind."""
        return [
            Phrase(_UNTIL[kind], day=self.newest[kind].isoformat())
            if kind in self.newest
            else Phrase(_NONE[kind])
            for kind in Kind
        ]

    @property
    def gaps(self) -> list[Phrase]:
        """What is said beside the day: kinds whose data end before it."""
        ended = [kind for kind in Kind if self.newest.get(kind, self.day) < self.day]
        return [Phrase(_UNTIL[kind], day=self.newest[kind].isoformat()) for kind in ended]


def choose(
    today: date,
    newest: Mapping[Kind, date],
    zone: ZoneInfo,
    *,
    chosen: date | None = None,
    period: Period | None = None,
) -> AsOf:
    """Return the day to count to.

    It is today; where data of a kind end more than `STALE_DAYS` ago, the earliest of the newest days.

    Parameters
    ----------
    newest
        The newest day of each kind of data that there is any of, never after today.
    chosen
        The day that was asked for, not after today.
    period
        The quarter that was asked for: its last day tells which firms serve.
    """
    stale = any(today - day > timedelta(days=STALE_DAYS) for day in newest.values())
    usual = min(newest.values()) if stale else today
    why = Why.CHOSEN if chosen else Why.ENDED if stale else Why.TODAY
    day = chosen or usual
    served_on = day if period is None else min(period.last_day, today)
    return AsOf(day, usual, why, served_on, zone, newest)


def parse_day(text: str, today: date) -> date:
    """Read ``2025-06-03``, a day that is not after ``today``.

    Raises
    ------
    BadRequest
        The text is no such day.
    """
    written = text.strip()
    try:
        day = date.fromisoformat(written) if _DAY.fullmatch(written) else None
    except ValueError:
        day = None
    if day is None or day.year < FIRST_YEAR:
        raise BadRequest(
            N_("{field}：{value} 不是日期"), remedy=N_("请写成 2025-06-03"), field="as_of", value=written[:20]
        )
    if day > today:
        raise BadRequest(
            N_("{field}：{value} 还没有到"),
            remedy=N_("请选择今天或更早的日期"),
            field="as_of",
            value=day.isoformat(),
        )
    return day
