"""Columns as the text of COPY."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from portal.actions.transactions.copy_text import (
    NULL,
    ROWS_AT_ONCE,
    flags,
    numbers,
    spell_times,
    text_arrays,
    texts,
    whole_numbers,
    write_rows,
)

NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)


def test_rows_are_lines_of_tabbed_values() -> None:
    assert "".join(write_rows([["a", "b"], ["1", "2"]])) == "a\t1\nb\t2\n"


def test_many_rows_come_in_several_pieces_and_none_is_lost() -> None:
    column = [str(number) for number in range(ROWS_AT_ONCE + 3)]
    pieces = list(write_rows([column]))
    assert len(pieces) == 2
    assert "".join(pieces).split() == column


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT, pd.NA])
def test_what_is_missing_is_null(missing: object) -> None:
    for write in (texts, whole_numbers, numbers, flags):
        assert write([missing]) == [NULL]


def test_signs_that_mean_something_to_copy_are_escaped() -> None:
    assert texts(["小区", "a\tb", "c\\N", "d\r\n"]) == ["小区", r"a\tb", r"c\\N", r"d\r\n"]
    assert text_arrays([['say "a\\b"', "c,d"], [], None]) == [r'{"say \\"a\\\\b\\"","c,d"}', "{}", NULL]


def test_numbers_are_read_back_as_the_same() -> None:
    given = [0.1 + 0.2, 1e300, -0.0, 3]
    assert [float(text) for text in numbers(given)] == given
    assert whole_numbers(pd.Series([3.0, np.nan])) == ["3", NULL]
    assert texts([date(2025, 3, 1)]) == ["2025-03-01"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "UTC", "Europe/Berlin"])
@pytest.mark.parametrize("fraction", [timedelta(0), timedelta(milliseconds=5)])
@pytest.mark.parametrize("unit", ["ns", "us"])
def test_times_are_spelt_as_str_does(zone: str, fraction: timedelta, unit: str) -> None:
    days = pd.date_range(NOON - timedelta(days=180), periods=12, freq="30D") + fraction
    times = pd.Series([*days.tz_convert(zone).as_unit(unit), pd.NaT])
    spelt = [None if pd.isna(time) else str(time) for time in spell_times(times)]
    assert spelt == [*map(str, times[:-1]), None]


def test_a_column_without_any_time_is_spelt_too() -> None:
    empty = pd.Series([NOON]).where([False])
    assert all(pd.isna(time) for time in spell_times(empty))
    assert list(spell_times(empty[:0])) == []
