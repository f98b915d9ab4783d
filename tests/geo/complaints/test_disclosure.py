"""Small counts that are withheld."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.complaints.disclosure import withheld


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"a": 9, "b": 5}, set()),
        ({"a": 9, "b": 4, "c": 0}, {"b", "c"}),
        ({"a": 9, "b": 4, "c": 7}, {"b", "c"}),
        ({"a": 7, "b": 0, "c": 7}, {"a", "b"}),
        ({"a": 9, "b": 0, "c": 0, "d": 7}, {"b", "c", "d"}),
        ({"a": 9, "b": 4, "c": 4}, {"a", "b", "c"}),
        ({"a": 3}, {"a"}),
        ({}, set()),
    ],
)
def test_what_is_small_or_would_give_the_small_away(parts: dict[str, int], expected: set[str]) -> None:
    assert withheld(parts, 5) == expected


def test_what_is_withheld_could_be_more_than_one_thing() -> None:
    """Whoever subtracts what is shown from the total cannot tell that every withheld part is small."""
    for values in product(range(8), repeat=3):
        parts = dict(zip("abc", values, strict=True))
        hidden = withheld(parts, 3)
        left = sum(parts[name] for name in hidden)
        if hidden and len(hidden) < 3:
            assert 0 < left < 2 * len(hidden) or any(parts[name] >= 3 for name in hidden)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 12), min_size=2), st.integers(1, 8))
def test_never_one_alone_and_never_too_small_a_part_shown(parts: dict[str, int], fewest: int) -> None:
    hidden = withheld(parts, fewest)
    assert len(hidden) != 1
    assert all(n >= fewest for name, n in parts.items() if name not in hidden)
