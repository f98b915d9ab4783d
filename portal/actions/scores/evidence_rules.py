"""What rows of evidence may not say, kind by kind: judged by the row itself, the policy, and the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, timedelta
from typing import Any

import pandas as pd

from geo.frames import FINDINGS
from geo.policy.scores import ScorePolicy
from portal.errors import N_
from portal.readers.schema import load_subject

EVALUATED = ("cooperation", "meetings", "rectification", "disclosure")
# A year that is mistyped would make a quarter of its own, in which nobody has any points.
FARTHEST = timedelta(days=366)


@dataclass(frozen=True)
class Fault:
    """Why a row is refused: the field, reason and remedy as marked texts, and what fills them."""

    field: str
    reason: str
    remedy: str
    params: Mapping[str, object] = attribute(default_factory=dict)


@dataclass(frozen=True)
class Bounds:
    """What rows are judged by beside themselves: the policy of scores and the city's day."""

    policy: ScorePolicy
    today: date


Row = Mapping[Any, Any]
Judge = Callable[[Row, Bounds], Iterator[Fault]]


def judge_nothing(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Find no fault with any row."""
    yield from ()


def judge_term(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse a term that ends before it begins."""
    if row["ends_on"] < row["starts_on"]:
        yield Fault("ends_on", N_("任期在开始之前就结束了"), N_("请更正日期"))


def judge_meeting(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse more issues closed than raised, and what `_judge_day` says."""
    yield from _judge_day(row, "held_on", row["held_on"], bounds)
    if row["issues_closed"] > row["issues_raised"]:
        yield Fault("issues_closed", N_("办结的事项比提出的多"), N_("请更正"))


def judge_quarter(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse a quarter that is far off."""
    year, quarter = row["period"].split("-Q")
    if date(int(year), 3 * int(quarter) - 2, 1) > bounds.today + FARTHEST:
        yield Fault("period", N_("在一年以后"), N_("请更正日期"))


def judge_evaluation(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse what has no points, or more than the policy gives."""
    yield from judge_quarter(row, bounds)
    given = {name: row[name] for name in EVALUATED if not pd.isna(row[name])}
    if not given:
        yield Fault("cooperation", N_("四项都没有分数"), N_("请至少填写一项，或去掉这一行"))
    for name, points in given.items():
        most = bounds.policy.street_indicators.get(name)
        if most is not None and points > most:
            yield Fault(
                name,
                N_("超过评分办法里这一项的满分 {most:g}"),
                N_("请更正，或先修改评分办法"),
                {"most": most},
            )


def judge_inspection(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Judge the day."""
    yield from _judge_day(row, "inspected_at", row["inspected_at"].date(), bounds)


def judge_finding(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse an indicator that the policy does not know."""
    known = bounds.policy.inspection_indicators
    if row["indicator"] not in known:
        reason, remedy = N_("评分办法里没有这个检查指标"), N_("请写其中一个：{known}")
        words = load_subject(FINDINGS).field("indicator").words_of(known)
        yield Fault("indicator", reason, remedy, {"known": words})


def judge_rectification(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Refuse what was closed before it was reported."""
    if row["closed_at"] < row["reported_at"]:  # of a time that is not known this is never so
        yield Fault("closed_at", N_("办结早于报整改"), N_("请更正时间"))


def judge_penalty(row: Row, bounds: Bounds) -> Iterator[Fault]:
    """Judge the day."""
    yield from _judge_day(row, "occurred_on", row["occurred_on"], bounds)


def _judge_day(row: Row, name: str, day: date, bounds: Bounds) -> Iterator[Fault]:
    """Judge the day that puts a row into its quarter; one that is stated too must be the same."""
    if day > bounds.today + FARTHEST:
        yield Fault(name, N_("在一年以后"), N_("请更正日期"))
    period = f"{day.year:04d}-Q{(day.month + 2) // 3}"
    if row["period"] is not None and row["period"] != period:
        reason, remedy = N_("日期在 {period}，与所写的季度不符"), N_("请更正其中一个，或不写季度")
        yield Fault("period", reason, remedy, {"period": period})
