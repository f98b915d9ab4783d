"""Rounding of estimated times, and the words for what was left out."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from geo.roads.network import MissReason
from geo.routes.plans import Dropped, DropReason, Stop, round_time

STOP = Stop("k", "景田小区", 114.03, 22.55, visit_minutes=30)


@pytest.mark.parametrize(
    ("moment", "rounded"),
    [("09:00", "09:00"), ("09:07", "09:00"), ("09:07:30", "09:15"), ("09:53", "10:00"), ("23:59", "00:00")],
)
def test_times_round_to_quarters(moment: str, rounded: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    given = datetime.fromisoformat(f"2025-06-03T{moment}").replace(tzinfo=zone)
    result = round_time(given, 15)
    assert result.strftime("%H:%M") == rounded
    assert result.tzinfo is zone


@pytest.mark.parametrize(
    ("reason", "limit", "zh", "en"),
    [
        (MissReason.NO_ROAD, 300.0, "300 米内没有道路", "No road within 300 m"),
        (DropReason.TOO_MANY, 40, "超过每日 40 个站点的上限", "More than 40 stops a day"),
        (DropReason.DOES_NOT_FIT, 0, "当日班次内排不下", "Does not fit into the shift"),
    ],
)
def test_reasons_are_told_in_both_languages(
    reason: MissReason | DropReason, limit: float, zh: str, en: str
) -> None:
    dropped = Dropped(STOP, reason, limit)
    assert (dropped.text("zh"), dropped.text("en")) == (zh, en)


def test_codes_of_all_reasons_differ() -> None:
    codes = [reason.code for reason in (*MissReason, *DropReason)]
    assert len(set(codes)) == len(codes)
