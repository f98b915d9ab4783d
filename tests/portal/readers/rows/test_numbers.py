from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.readers import problems
from portal.readers.problems import Problem
from portal.readers.rows.outcomes import Noted
from portal.readers.rows.units import Unit
from portal.readers.rows.values import Manner
from tests.portal.readers.rows.cells import CHINA, parse, problem_of

FEE = {"unit": "yuan_m2_month", "has_high": True}
HIGH = Manner(CHINA, high=True)


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
        ("12万", 120_000),
        ("1.2 亿", 120_000_000),
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


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("约500", 500),
        ("500余户", 500),
        ("500多", 500),
        ("近1.2万户", 12_000),
        ("1.2万余户", 12_000),
        ("500户左右", 500),
        ("≈500", 500),
        ("500+", 500),
    ],
)
def test_numbers_that_are_about_so_much_are_taken_and_said(cell: str, number: float) -> None:
    assert parse("integer", cell, unit="households") == Noted(number, problems.IS_ROUNDED)


def test_exact_numbers_with_words_are_exact() -> None:
    assert parse("integer", "共500户", unit="households") == 500
    assert parse("integer", "1.2345万", unit="households") == 12_345


@pytest.mark.parametrize(
    ("cell", "m2"),
    [
        ("27.76万平方米", 277_600),
        ("2.5公顷", 25_000),
        ("3亩", 2000),
        ("0.5平方公里", 500_000),
        ("1.13万㎡", 11_300),
        ("30,000 m²", 30_000),
        ("30000平", 30_000),
    ],
)
def test_a_unit_behind_the_number_counts(cell: str, m2: float) -> None:
    assert parse("number", cell, unit="m2") == pytest.approx(m2)
    assert parse("number", cell, unit="m2", manner=Manner(CHINA, unit=Unit(1e4))) == pytest.approx(m2)


def test_the_headers_unit_counts_where_a_cell_has_none() -> None:
    hectares = Manner(CHINA, unit=Unit(1e4, 1e4))  # 万公顷
    assert parse("number", "2", unit="m2", manner=hectares) == 2e8
    assert parse("number", 2.0, unit="m2", manner=hectares) == 2e8
    assert parse("number", "2万", unit="m2", manner=hectares) == 2e8
    assert parse("number", "27.76", unit="m2", manner=Manner(CHINA, unit=Unit(1e4))) == 277_600


@pytest.mark.parametrize("cell", ["60元/户·月", "2元/月", "1.5美元/㎡", "3元/车位", "2元/㎡·天"])
def test_another_unit_is_refused(cell: str) -> None:
    assert problem_of("number", cell, **FEE) is problems.OTHER_UNIT


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        ("0.5至1元", 0.5, 1),
        ("0.5-1", 0.5, 1),
        ("0.5元/㎡·月～1.2元/㎡·月", 0.5, 1.2),
        ("0.5—1元/平方米/月", 0.5, 1),
        ("6至12元/㎡·年", 0.5, 1),
        ("１．２到１．８", 1.2, 1.8),
    ],
)
def test_both_ends_of_a_range(cell: str, low: float, high: float) -> None:
    assert parse("number", cell, **FEE) == low
    assert parse("number", cell, manner=HIGH, **FEE) == high


def test_a_single_number_has_no_upper_end() -> None:
    for cell in (2, 2.5, "2.5", "2.5元", "约2.5"):
        assert parse("number", cell, manner=HIGH, **FEE) is None


def test_ranges_that_cannot_be_taken() -> None:
    assert problem_of("integer", "300-400户", unit="households") is problems.IS_A_RANGE
    assert problem_of("number", "3至1", **FEE) is problems.NOT_A_NUMBER
    assert problem_of("number", "0.5至1元/户", **FEE) is problems.OTHER_UNIT
    assert problem_of("number", "0.5至9999", maximum=1000, manner=HIGH, **FEE) is problems.OUT_OF_RANGE


@pytest.mark.parametrize(
    "cell",
    [
        *("2009", 2009, 2009.0, "2009年", "2009年建成", "建于2009年", "2009年12月", "2009-12", "2009.12.31"),
        *(
            "2009年12月31日",
            "2009年竣工",
            "２００９",
            datetime(2009, 5, 1),
            date(2009, 5, 1),
            "2009-12-31 00:00:00",
        ),
    ],
)
def test_years_of_building(cell: Any) -> None:
    assert parse("integer", cell, unit="years", minimum=1800, maximum=2100) == 2009


def test_years_that_are_not_one() -> None:
    assert parse("integer", "约2009年", unit="years") == Noted(2009, problems.IS_ROUNDED)
    for cell in ("1998-2003", "1998、2003年", "1998年-2003年"):
        assert problem_of("integer", cell, unit="years") is problems.IS_A_RANGE
    for cell in ("90年代", "98年", "不久前", "二〇〇九年"):
        assert problem_of("integer", cell, unit="years") in (problems.NOT_A_NUMBER, problems.OUT_OF_RANGE)
    assert problem_of("integer", "199", unit="years", minimum=1800) is problems.OUT_OF_RANGE


@given(st.integers(0, 10**9), st.sampled_from(["", "约", "近"]), st.sampled_from(["", "余", "左右"]))
def test_any_whole_number_with_words(number: int, before: str, behind: str) -> None:
    value = parse("integer", f"{before}{number:,}{behind}", unit="households")
    assert (value.value if isinstance(value, Noted) else value) == number


@pytest.mark.parametrize(
    ("cell", "share"),
    [(0.855, 0.855), ("0.855", 0.855), ("85.5%", 0.855), ("８５．５％", 0.855), ("9‰", 0.009)],
)
def test_shares_are_of_1_or_have_a_percent_sign(cell: Any, share: float) -> None:
    assert parse("number", cell, unit="share", minimum=0, maximum=1) == share


@pytest.mark.parametrize(("cell", "share"), [(85.5, 0.855), ("85.5", 0.855), ("85.5%", 0.855)])
def test_a_percent_sign_in_the_header_is_that_of_cells_without(cell: Any, share: float) -> None:
    manner = Manner(CHINA, unit=Unit(0.01))
    assert parse("number", cell, manner=manner, unit="share", minimum=0, maximum=1) == share


@pytest.mark.parametrize("cell", [0.86, "0.86", "约0.86", 1, "1"])
def test_a_share_in_a_column_of_percents_is_not_guessed(cell: Any) -> None:
    manner = Manner(CHINA, unit=Unit(0.01))
    assert problem_of("number", cell, manner=manner, unit="share", minimum=0, maximum=1) == (
        problems.MAYBE_A_SHARE
    )


@pytest.mark.parametrize(("cell", "share"), [("0.86%", 0.0086), (0, 0.0), (1.5, 0.015)])
def test_a_small_percent_is_taken_where_it_says_so(cell: Any, share: float) -> None:
    manner = Manner(CHINA, unit=Unit(0.01))
    assert parse("number", cell, manner=manner, unit="share", minimum=0, maximum=1) == share


@pytest.mark.parametrize(
    ("cell", "problem"),
    [(85.5, problems.OUT_OF_RANGE), ("85.5分", problems.OTHER_UNIT), ("120%", problems.OUT_OF_RANGE)],
)
def test_a_share_is_not_guessed(cell: Any, problem: Problem) -> None:
    assert problem_of("number", cell, unit="share", minimum=0, maximum=1) == problem
