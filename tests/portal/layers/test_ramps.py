"""Colours and limits of classes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.layers.ramps import CIVIDIS, PURPLES, class_of, pick, quantile_limits


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


def test_limits_are_round_and_hold_about_equally_many() -> None:
    assert quantile_limits([0.04, 1.26, 2.51, 3.49, 9.96], 5, 1) == [0.0, 1.0, 2.0, 2.9, 4.8, 10.0]


@given(st.lists(st.floats(0, 1e5), min_size=1, max_size=40), st.integers(1, 7), st.integers(0, 2))
def test_every_value_has_a_class_of_its_limits(values: list[float], classes: int, digits: int) -> None:
    limits = quantile_limits(values, classes, digits)
    assert 2 <= len(limits) <= classes + 1
    for value in values:
        number = class_of(value, limits)
        assert 1 <= number <= len(limits) - 1
        assert limits[number - 1] <= value <= limits[number]


def test_no_limits_without_values() -> None:
    assert quantile_limits([], 5, 1) == []
