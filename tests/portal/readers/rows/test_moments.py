from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.readers import problems
from portal.readers.rows.outcomes import Noted
from portal.readers.rows.values import Manner
from tests.portal.readers.rows.cells import CHINA, parse, problem_of

NOON = datetime(2018, 7, 4, 4, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "cell",
    [
        "2018-07-04 12:00:00",
        "2018-07-04T12:00",
        "2018/7/4 12:00",
        "2018.7.4 12:00:00",
        "2018年7月4日 12时00分00秒",
        "2018年7月4日12时0分",
        "20180704120000",
        "２０１８-07-04 12：00：00",
        "2018-07-04T04:00:00Z",
        "2018-07-04 04:00:00+00:00",
        "2018-07-03T23:00:00-0500",
        datetime(2018, 7, 4, 12),
        datetime(2018, 7, 4, 4, tzinfo=UTC),
    ],
)
def test_times_become_instants(cell: Any) -> None:
    assert parse("time", cell) == NOON.timestamp() * 1_000_000


def test_a_date_is_a_time_at_midnight_and_a_time_has_a_date() -> None:
    assert parse("time", "2018-07-04") == (NOON.timestamp() - 12 * 3600) * 1_000_000
    assert parse("date", "2018-07-04 23:59:59") == "2018-07-04"
    assert parse("date", date(2018, 7, 4)) == "2018-07-04"
    assert parse("date", "9999-12-31") == "9999-12-31"


def test_stated_formats_come_first() -> None:
    assert parse("date", "04/07/2018", ("%Y", "%d/%m/%Y")) == "2018-07-04"
    assert parse("time", "7/4/2018 12:00 PM", ("%m/%d/%Y %I:%M %p",)) == NOON.timestamp() * 1_000_000


@pytest.mark.parametrize(
    "cell", ["04/07/2018", "2018-13-01", "2018-02-30", "昨天", "4328", 432855, "2018-00", "上午10:00"]
)
def test_what_is_no_time(cell: Any) -> None:
    assert problem_of("time", cell) is problems.NOT_A_TIME
    assert problem_of("date", cell) is problems.NOT_A_DATE


@pytest.mark.parametrize("cell", ["0001-01-01", "1899-12-31", "9999-12-31 00:00:00"])
def test_impossible_times(cell: str) -> None:
    assert problem_of("time", cell) is problems.OUT_OF_RANGE


@pytest.mark.parametrize(
    "cell",
    [
        "2025/03/05 下午2:05",
        "2025年03月05日 下午 2:05",
        "2025年3月5日下午2时5分",
        "2025年3月5日 14点05分",
        "2025.03.05 14.05",
        "2025-3-5 2:05 PM",
        "2025-03-05 02:05 p.m.",
        "2025-3-5 中午2:05",
        "2025-03-05 下午14:05",
        "2025-03-05 星期三 14:05",
        "2025年3月5日（周三）14:05:00",
        "2025/3/5 14:05:00.000",
        "202503051405",
        "20250305 14:05",
        "二〇二五年三月五日 14:05",
        "1741154700",
        "1741154700000",
    ],
)
def test_times_as_people_and_programs_write_them(cell: Any) -> None:
    assert parse("time", cell) == datetime(2025, 3, 5, 14, 5, tzinfo=CHINA).timestamp() * 1e6


@pytest.mark.parametrize(
    ("cell", "hour"),
    [
        ("上午12:00", 0),
        ("凌晨12:00", 0),
        ("中午12:00", 12),
        ("中午11:00", 11),
        ("下午12:00", 12),
        ("晚上8:00", 20),
    ],
)
def test_the_hour_of_a_half(cell: str, hour: int) -> None:
    assert parse("time", f"2025-03-05 {cell}") == datetime(2025, 3, 5, hour, tzinfo=CHINA).timestamp() * 1e6


@pytest.mark.parametrize(
    "cell", ["2025-03-05 上午14:00", "2025-03-05 晚上12:00", "2025-03-05 25:00", "2025-03"]
)
def test_no_time_is_guessed(cell: str) -> None:
    assert problem_of("time", cell) is problems.NOT_A_TIME


def test_the_end_of_a_day_is_the_next_ones_beginning() -> None:
    assert parse("time", "2025-03-05 24:00") == parse("time", "2025-03-06")


def test_numbers_of_a_spreadsheet_are_days_since_1900() -> None:
    moment = datetime(2025, 3, 5, 14, 5, tzinfo=CHINA).timestamp() * 1e6
    for cell in ("45721.586805555555", 45721.586805555555):
        assert parse("time", cell) == Noted(moment, problems.FROM_A_SERIAL)
    for cell in ("45721", 45721, 45721.0, "45721.99"):
        assert parse("date", cell) == Noted("2025-03-05", problems.FROM_A_SERIAL)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2024-06-30T16:00:00.000Z", "2024-07-01"),
        ("2024-06-30 15:59:59+00:00", "2024-06-30"),
        ("2024-07-01T00:00:00+08:00", "2024-07-01"),
        (datetime(2024, 6, 30, 16, tzinfo=UTC), "2024-07-01"),
        ("1719763200000", "2024-07-01"),
    ],
)
def test_an_instant_is_the_citys_day(cell: Any, day: str) -> None:
    assert parse("date", cell) == day


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2025年2月", "2025-02-01", "2025-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2025.12", "2025-12-01", "2025-12-31"),
        ("202504", "2025-04-01", "2025-04-30"),
        ("2024", "2024-01-01", "2024-12-31"),
        (2024, "2024-01-01", "2024-12-31"),
        ("2024年", "2024-01-01", "2024-12-31"),
    ],
)
def test_months_and_years_are_their_first_or_last_day(cell: Any, first: str, last: str) -> None:
    assert parse("date", cell) == Noted(first, problems.TO_THE_MONTH)
    assert parse("date", cell, last_day=True) == Noted(last, problems.TO_THE_MONTH)


@pytest.mark.parametrize("word", ["长期", "至今", "无固定期限"])
def test_no_last_day(word: str) -> None:
    assert parse("date", word, last_day=True) == Noted(None, problems.NO_END)
    assert problem_of("date", word) is problems.NOT_A_DATE


@pytest.mark.parametrize(
    ("cell", "last"),
    [
        ("2024.1.1-2025.12.31", "2025-12-31"),
        ("2024年1月1日至2025年12月31日", "2025-12-31"),
        ("2024/1/1～2025/12/31", "2025-12-31"),
        ("2024-01-01 - 2025-12-31", "2025-12-31"),
        ("2024-01-01至长期", Noted(None, problems.NO_END)),
    ],
)
def test_a_period_in_one_cell(cell: str, last: Any) -> None:
    assert parse("date", cell, has_high=True) == "2024-01-01"
    assert parse("date", cell, has_high=True, manner=Manner(CHINA, high=True)) == last


def test_a_date_alone_is_no_period() -> None:
    assert parse("date", "2024-01-01", has_high=True, manner=Manner(CHINA, high=True)) is None


@given(st.datetimes(datetime(1950, 1, 1), datetime(2098, 12, 31)))
def test_any_moment_of_a_spreadsheet_comes_back(moment: datetime) -> None:
    second = moment.replace(microsecond=0)
    serial = (second - datetime(1899, 12, 30)).total_seconds() / 86_400
    value = parse("time", repr(serial))
    assert value.value == second.replace(tzinfo=CHINA).timestamp() * 1e6


@pytest.mark.parametrize(
    ("cell", "quarter"),
    [
        ("2025-Q4", "2025-Q4"),
        ("2025q4", "2025-Q4"),
        ("2025年第四季度", "2025-Q4"),
        ("２０２５年 4 季度", "2025-Q4"),
        ("2025年度第1季度", "2025-Q1"),
        ("2025年二季", "2025-Q2"),
    ],
)
def test_quarters_as_people_write_them(cell: str, quarter: str) -> None:
    assert parse("text", cell, format="quarter") == quarter


@pytest.mark.parametrize(
    ("cell", "quarter"),
    [
        ("2025年3月", "2025-Q1"),
        ("2025-04", "2025-Q2"),
        ("2025-12-31", "2025-Q4"),
        (date(2025, 7, 1), "2025-Q3"),
    ],
)
def test_a_day_or_month_means_its_quarter_which_is_said(cell: Any, quarter: str) -> None:
    assert parse("text", cell, format="quarter") == Noted(quarter, problems.TO_THE_QUARTER)


@pytest.mark.parametrize("cell", ["2025-4", "2025年4", "2025", "上半年", "2025-Q5", "第四季度", "Q4"])
def test_no_quarter_is_guessed(cell: str) -> None:
    assert problem_of("text", cell, format="quarter") == problems.NOT_A_QUARTER
