from __future__ import annotations

import math
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.readers import problems
from portal.readers.problems import Problem
from portal.readers.rows.values import CellError, clean_text, make_parser
from portal.readers.schema import Field

CHINA = ZoneInfo("Asia/Shanghai")


def parse(kind: str, cell: Any, formats: tuple[str, ...] = (), **field: Any) -> Any:
    return make_parser(Field("x", kind, False, (), **field), CHINA, formats)(cell, clean_text(cell))


def problem_of(kind: str, cell: Any, **field: Any) -> Problem:
    with pytest.raises(CellError) as error:
        parse(kind, cell, **field)
    return error.value.problem


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" \u3000碧波花园\ufeff\n", "碧波花园"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("a\x07\x1bb", "ab"),
        (72687, "72687"),
        (72687.0, "72687"),
        (0.5, "0.5"),
        (True, "True"),
        (datetime(2025, 3, 31, 8), "2025-03-31 08:00:00"),
        (date(2025, 3, 31), "2025-03-31"),
        (time(8, 30), "08:30:00"),
    ],
)
def test_texts_are_clean(cell: Any, text: str) -> None:
    assert clean_text(cell) == text


def test_nul_is_no_text() -> None:
    assert problem_of("text", "a\0b") is problems.BAD_TEXT


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1234.5", 1234.5),
        ("-7", -7),
        ("1,234,567.8", 1234567.8),
        ("１２３４", 1234),
        ("¥45000", 45000),
        ("45000元/㎡", 45000),
        ("120 户", 120),
        ("1998年", 1998),
        (".5", 0.5),
        ("1e3", 1000),
        (12, 12),
        (2.5, 2.5),
    ],
)
def test_numbers(cell: Any, number: float) -> None:
    assert parse("number", cell) == number


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("一百", problems.NOT_A_NUMBER),
        ("1,23", problems.NOT_A_NUMBER),
        ("12万", problems.NOT_A_NUMBER),
        ("1.2.3", problems.NOT_A_NUMBER),
        ("-", problems.NOT_A_NUMBER),
        ("", problems.NOT_A_NUMBER),
        (".", problems.NOT_A_NUMBER),
        ("0x10", problems.NOT_A_NUMBER),
        ("1_000", problems.NOT_A_NUMBER),
        ("nan", problems.NOT_FINITE),
        ("-Infinity", problems.NOT_FINITE),
        ("1e999", problems.NOT_FINITE),
        (math.inf, problems.NOT_FINITE),
        (math.nan, problems.NOT_FINITE),
        (True, problems.NOT_A_NUMBER),
    ],
)
def test_what_is_no_number(cell: Any, problem: Problem) -> None:
    assert problem_of("number", cell) is problem


def test_bounds_and_wholeness() -> None:
    assert parse("integer", "1998", minimum=1800, maximum=2100) == 1998
    assert problem_of("integer", "1998.5") is problems.NOT_WHOLE
    assert problem_of("integer", "199", minimum=1800) is problems.OUT_OF_RANGE
    assert problem_of("number", "3000", maximum=2100) is problems.OUT_OF_RANGE


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_comes_back(number: float) -> None:
    assert parse("number", repr(number)) == number


@given(st.text())
def test_any_text_gives_a_value_or_a_problem(text: str) -> None:
    for kind in ("number", "integer", "flag", "date", "time", "text"):
        try:
            parse(kind, text)
        except CellError as error:
            assert error.problem.remedy


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
    "cell", ["04/07/2018", "2018-13-01", "2018-02-30", "昨天", "43285.5", 43285.5, "2018"]
)
def test_what_is_no_time(cell: Any) -> None:
    assert problem_of("time", cell) is problems.NOT_A_TIME
    assert problem_of("date", cell) is problems.NOT_A_DATE


@pytest.mark.parametrize("cell", ["0001-01-01", "1899-12-31", "9999-12-31 00:00:00"])
def test_impossible_times(cell: str) -> None:
    assert problem_of("time", cell) is problems.OUT_OF_RANGE


@pytest.mark.parametrize("cell", ["1", "是", "TRUE", "Y", "√", 1, 1.0, True, "按时"])
def test_yes(cell: Any) -> None:
    assert parse("flag", cell, values={"按时": "true", "超时": "false"}) is True


@pytest.mark.parametrize("cell", ["0", "否", "False", "n", 0, False, "超时"])
def test_no(cell: Any) -> None:
    assert parse("flag", cell, values={"按时": "true", "超时": "false"}) is False


@pytest.mark.parametrize("cell", ["2", "也许", "-1"])
def test_neither_yes_nor_no(cell: Any) -> None:
    assert problem_of("flag", cell) is problems.NOT_A_FLAG


def test_choices() -> None:
    field = {"values": {"老旧小区": "old"}, "choices": frozenset({"old", "mixed"})}
    assert parse("text", "老旧小区", **field) == "old"
    assert parse("text", "mixed", **field) == "mixed"
    assert problem_of("text", "别墅", **field) is problems.NOT_A_CHOICE
    assert parse("text", "别墅") == "别墅"
