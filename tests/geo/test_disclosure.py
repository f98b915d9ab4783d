"""Small counts that are withheld."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.disclosure import withheld


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"a": 9, "b": 5}, set()),
        ({"a": 9, "b": 4, "c": 0}, {"b", "c"}),
        ({"a": 9, "b": 4, "c": 7}, {"b", "c"}),
        ({"a": 7, "b": 0, "c": 7}, {"a", "b"}),
        ({"a": 3}, {"a"}),
        ({}, set()),
    ],
)
def test_what_is_small_or_would_give_the_small_away(parts: dict[str, int], expected: set[str]) -> None:
    assert withheld(parts, 5) == expected


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=2), st.integers(1, 8))
def test_never_one_alone_and_never_too_small_a_part_shown(parts: dict[str, int], fewest: int) -> None:
    hidden = withheld(parts, fewest)
    assert len(hidden) != 1
    assert all(n >= fewest for name, n in parts.items() if name not in hidden)
