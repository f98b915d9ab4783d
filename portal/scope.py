"""What a request is about: place, period, category — parsed once, before anything is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.errors import N_, BadRequest

_QUARTER = re.compile(r"(\d{4})-Q([1-4])")
_CODE = re.compile(r"[a-z_]{1,40}")
NOTHING = "none"  # spells a list of ids that holds none, which is not the same as no list


@dataclass(frozen=True)
class Period:
    """A calendar quarter, such as ``2025-Q3``."""

    year: int
    quarter: int

    def __str__(self) -> str:
        return f"{self.year}-Q{self.quarter}"

    @property
    def first_day(self) -> date:
        """First day of the quarter."""
        return date(self.year, 3 * self.quarter - 2, 1)

    @property
    def last_day(self) -> date:
        """Last day of the quarter."""
        return self.next.first_day - timedelta(days=1)

    @property
    def next(self) -> Period:
        """The quarter after this one."""
        return Period(self.year + self.quarter // 4, self.quarter % 4 + 1)

    @property
    def previous(self) -> Period:
        """The quarter before this one."""
        return Period(self.year - (self.quarter == 1), (self.quarter - 2) % 4 + 1)


def quarter_of(day: date) -> Period:
    """Return the quarter that ``day`` falls into."""
    return Period(day.year, (day.month + 2) // 3)


def parse_period(text: str) -> Period:
    """Read ``2025-Q3``.

    Raises
    ------
    BadRequest
        The text is no quarter.
    """
    match = _QUARTER.fullmatch(text)
    if match is None or not 1900 <= int(match[1]) <= 2200:
        raise BadRequest(N_("period：{value} 不是季度"), remedy=N_("请写成 2025-Q3"), value=text[:20])
    return Period(int(match[1]), int(match[2]))


def parse_begun_period(text: str, today: date) -> Period:
    """Read ``2025-Q3``, a quarter that has begun by ``today``.

    Raises
    ------
    BadRequest
        The text is no such quarter.
    """
    period = parse_period(text)
    if period.first_day > today:
        raise BadRequest(
            N_("period：{value} 还没有开始"), remedy=N_("请选择本季度或更早的季度"), value=str(period)
        )
    return period


@dataclass(frozen=True)
class Scope:
    """The part of the city and of time that a layer or a figure is asked for.

    Parameters
    ----------
    period
        Quarter of the scores and of the complaints counted.
    category
        Code of a complaint category; None for all that are about property service.
    street_ids
        Only these streets; None for all.
    """

    period: Period
    category: str | None = None
    street_ids: frozenset[int] | None = None

    @property
    def key(self) -> str:
        """A short text that names the scope, for caches and ETags."""
        streets = "*" if self.street_ids is None else ",".join(map(str, sorted(self.street_ids)))
        return f"{self.period}|{self.category or '*'}|{streets}"


def parse_scope(arguments: Mapping[str, str], default_period: Period, today: date) -> Scope:
    """Read a scope from query arguments ``period`` (begun by ``today``), ``category``, ``streets``.

    Raises
    ------
    BadRequest
        Naming the argument that cannot be read.
    """
    named = arguments.get("period")
    period = parse_begun_period(named, today) if named else default_period
    category = arguments.get("category") or None
    if category is not None and _CODE.fullmatch(category) is None:
        raise BadRequest(N_("category：{value} 不是投诉类别代码"), value=category[:40])
    return Scope(period, category, parse_ids(arguments.get("streets", ""), "streets"))


def parse_ids(text: str, field: str) -> frozenset[int] | None:
    """Read ``3,5,8``; None when the text is empty, no id at all when it is ``none``.

    Raises
    ------
    BadRequest
        Something in the list is no positive integer, or there are more than 500.
    """
    if not text.strip():
        return None
    if text.strip() == NOTHING:
        return frozenset()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > 500 or not all(part.isascii() and part.isdigit() and len(part) < 16 for part in parts):
        raise BadRequest(N_("{field}：应为编号列表，例如 3,5,8"), field=field)
    return frozenset(map(int, parts))
