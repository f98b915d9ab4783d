"""Rounding of estimated times, and the words for what was left out."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from geo.roads.network import MissReason
from geo.routes.plans import (
    DayPlan,
    DayRequest,
    Dropped,
    DropReason,
    Pause,
    PlannedStop,
    Stop,
    Totals,
    round_time,
)

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
    ("reason", "limit", "text"),
    [
        (MissReason.NO_ROAD, 300.0, "300 米内没有道路"),
        (MissReason.UNREACHABLE, 300.0, "300 米内的道路与路网不连通"),
        (MissReason.NO_WAY_BACK, 300.0, "300 米内的道路只能驶入，不能驶回路网"),
        (MissReason.NO_WAY_THERE, 300.0, "300 米内的道路只能驶出，不能从路网驶入"),
        (MissReason.NO_STOPPING, 300.0, "300 米内只有不能停车的道路（高速公路、匝道、隧道）"),
        (DropReason.TOO_MANY, 40, "超过每日 40 个站点的上限"),
        (DropReason.DOES_NOT_FIT, 0, "当日班次内排不下"),
        (DropReason.NOT_LOCATED, 0, "未定位"),
    ],
)
def test_reasons_are_told_with_their_limit(reason: MissReason | DropReason, limit: float, text: str) -> None:
    assert Dropped(STOP, reason, limit).text == text


def test_codes_of_all_reasons_differ() -> None:
    codes = [reason.value for reason in (*MissReason, *DropReason)]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", [Stop, DayRequest, PlannedStop, Pause, Dropped, Totals, DayPlan])
def test_what_was_checked_cannot_be_changed_afterwards(kind: type) -> None:
    value = object.__new__(kind)
    for field in fields(kind):
        with pytest.raises(FrozenInstanceError):
            setattr(value, field.name, None)
