from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.readers.rows.damage import find_damaged, is_damaged


@pytest.mark.parametrize("cell", ["3.41501E+16", "3.4e+17", "-1.5E+20", "3E+12", "3,41501E+16", 1e15, 3.4e17])
def test_what_shows_by_itself_that_digits_are_lost(cell: Any) -> None:
    assert is_damaged(cell)


@pytest.mark.parametrize(
    "cell", ["341501202405000101", "1E5", "A3.4E+16", "E+16", "", None, True, 12, 999e12, "甲"]
)
def test_what_does_not(cell: Any) -> None:
    assert not is_damaged(cell)


def test_digits_that_end_where_a_spreadsheet_cuts() -> None:
    cut = ["341501202405000000", "341501202406000000", None, "7"]
    assert find_damaged(cut) == [True, True, False, False]


def test_one_long_number_with_few_zeros_may_be_so_by_chance() -> None:
    assert find_damaged(["3415012024050010", "3415012024050011"]) == [False, False]
    assert find_damaged(["3415012024050010", "3415012024050020"]) == [False, False]
    assert find_damaged([f"341501202405{n:03}0" for n in range(9)]) == [True] * 9


def test_most_long_numbers_must_be_cut() -> None:
    keys = ["341501202405000000", *(f"34150120240500010{n}" for n in range(1, 6))]
    assert not any(find_damaged(keys))


def test_whole_numbers_that_went_through_a_double() -> None:
    exact = [341501202405000123, 341501202405000124, 341501202405000077]
    assert not any(find_damaged(exact))
    through = [int(Decimal(repr(float(number)))) for number in exact]
    assert all(find_damaged(through))


def test_short_numbers_are_whole() -> None:
    assert not any(find_damaged([1000, 2000, "900000000000000", 10**15]))
