"""Colours and limits of classes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.layers.ramps import (
    CIVIDIS,
    MOST_DIGITS,
    PURPLES,
    ValueClass,
    class_of,
    digits_apart,
    pick,
    quantile_classes,
)


def lightness(colour: str) -> float:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("ramp", [PURPLES, CIVIDIS])
def test_ramps_darken_step_by_step(ramp: tuple[str, ...]) -> None:
    found = [lightness(colour) for colour in ramp]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(ramp)


def test_pick_keeps_the_ends() -> None:
    assert pick(PURPLES, 6) == PURPLES
    assert pick(PURPLES, 2) == (PURPLES[0], PURPLES[-1])
    assert pick(PURPLES, 1) == (PURPLES[-1],)


def test_classes_hold_about_equally_many() -> None:
    found = quantile_classes([1, 2, 3, 4, 5, 6, 7, 8, 9, 20], 5)
    assert found == [
        ValueClass(1, 2),
        ValueClass(3, 4),
        ValueClass(5, 6),
        ValueClass(7, 8),
        ValueClass(9, 20),
    ]


def test_no_class_shares_a_value_with_another_or_has_none() -> None:
    assert quantile_classes([6, 6, 6, 6, 7, 9, 9, 10], 5) == [ValueClass(6, 7), ValueClass(9, 10)]
    assert quantile_classes([6, 6, 6], 5) == [ValueClass(6, 6)]


@given(st.lists(st.integers(0, 400), min_size=1, max_size=40), st.integers(1, 7))
def test_every_value_lies_in_its_class_and_in_no_other(values: list[int], most: int) -> None:
    classes = quantile_classes(values, most)
    assert 1 <= len(classes) <= most
    assert all(a.high < b.low for a, b in zip(classes, classes[1:], strict=False))
    numbers = [class_of(value, classes) for value in values]
    assert set(numbers) == set(range(1, len(classes) + 1))
    for value, number in zip(values, numbers, strict=True):
        assert classes[number - 1].low <= value <= classes[number - 1].high


def test_no_classes_without_values() -> None:
    assert quantile_classes([], 5) == []


def test_limits_get_the_digits_that_tell_them_apart() -> None:
    assert digits_apart([1, 2.5, 2.5], 1) == 1
    assert digits_apart([0.28294, 0.32, 0.3237], 1) == 3
    assert digits_apart([1, 2], 0) == 0
    assert digits_apart([1, 1 + 1e-9], 1) == MOST_DIGITS
    assert digits_apart([], 1) == 1
