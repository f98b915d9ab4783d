"""The day to which a page counts: by default, as chosen, and for the firms."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.as_of import STALE_DAYS, Kind, Why, choose, parse_day
from portal.errors import BadRequest
from portal.scope import Period

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 5, 1)
COMPLAINTS, INSPECTIONS = Kind.COMPLAINTS, Kind.INSPECTIONS


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("newest", "day", "reason"),
    [
        ({}, TODAY, "今日"),
        ({COMPLAINTS: TODAY}, TODAY, "今日"),
        ({COMPLAINTS: ago(STALE_DAYS)}, TODAY, "今日"),
        ({COMPLAINTS: ago(STALE_DAYS + 1)}, ago(31), "投诉数据止于该日"),
        ({INSPECTIONS: ago(31)}, ago(31), "检查数据止于该日"),
        ({COMPLAINTS: ago(31), INSPECTIONS: ago(31)}, ago(31), "投诉与检查数据止于该日"),
        # One kind is old: no number may be of another day than its neighbour.
        ({COMPLAINTS: ago(31), INSPECTIONS: ago(2)}, ago(31), "投诉数据止于该日"),
        ({COMPLAINTS: ago(40), INSPECTIONS: ago(90)}, ago(90), "检查数据止于该日"),
        ({COMPLAINTS: ago(29), INSPECTIONS: ago(3)}, TODAY, "今日"),
    ],
)
def test_the_day_is_today_or_the_earliest_of_the_newest_where_data_are_old(
    newest: dict[Kind, date], day: date, reason: str
) -> None:
    found = choose(TODAY, newest, ZONE)
    assert (found.day, found.usual, found.served_on, found.reason) == (day, day, day, reason)
    assert found.words == f"截至 {day}（{reason}）"
    assert found.why is (Why.TODAY if day == TODAY else Why.ENDED)


def test_a_chosen_day_goes_before_the_default_which_stays_known() -> None:
    found = choose(TODAY, {COMPLAINTS: ago(60)}, ZONE, chosen=ago(10))
    assert (found.day, found.usual, found.why) == (ago(10), ago(60), Why.CHOSEN)
    assert str(found.usual) in found.explanation


@pytest.mark.parametrize(
    ("period", "served_on"),
    [
        (None, ago(10)),
        (Period(2025, 3), date(2025, 9, 30)),
        (Period(2026, 1), date(2026, 3, 31)),
        (Period(2026, 2), TODAY),  # not over yet
    ],
)
def test_firms_are_those_of_a_chosen_quarter_s_last_day(period: Period | None, served_on: date) -> None:
    found = choose(TODAY, {}, ZONE, chosen=ago(10), period=period)
    assert (found.day, found.served_on) == (ago(10), served_on)


def test_how_far_data_reach_is_said_beside_the_day_where_they_end_before() -> None:
    newest = {COMPLAINTS: ago(20)}
    found = choose(TODAY, newest, ZONE)
    assert found.reach == ["投诉数据止于 2026-04-11", "还没有检查数据"]
    assert found.gaps == ["投诉数据止于 2026-04-11"]
    assert choose(TODAY, newest, ZONE, chosen=ago(20)).gaps == []
    assert choose(TODAY, {COMPLAINTS: ago(50), INSPECTIONS: ago(60)}, ZONE).gaps == []


def test_the_day_begins_and_ends_at_midnight_in_the_city() -> None:
    found = choose(TODAY, {}, ZONE)
    assert found.begins == datetime.fromisoformat("2026-05-01T00:00+08:00")
    assert found.ends == datetime.fromisoformat("2026-05-02T00:00+08:00")
    assert found.window(1) == (TODAY, date(2026, 5, 2))
    assert found.window(30) == (date(2026, 4, 2), date(2026, 5, 2))


@pytest.mark.parametrize("text", ["2026-05-01", " 2025-02-28 ", "1900-01-01"])
def test_a_day_is_read(text: str) -> None:
    assert parse_day(text, TODAY) == date.fromisoformat(text.strip())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-05-02", "还没有到"),
        ("2025-02-30", "不是日期"),
        ("20250602", "不是日期"),
        ("2025-W23-1", "不是日期"),
        ("0001-01-01", "不是日期"),
        ("1899-12-31", "不是日期"),
        ("2025-06-03,2025-06-04", "不是日期"),
        ("today", "不是日期"),
    ],
)
def test_what_is_no_day_or_is_to_come_is_refused_by_name(text: str, told: str) -> None:
    with pytest.raises(BadRequest) as raised:
        parse_day(text, TODAY)
    assert told in str(raised.value)
    assert (raised.value.params["field"], bool(raised.value.remedy)) == ("as_of", True)
