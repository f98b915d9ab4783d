"""Turns as a text on the piece where they begin, and back."""

from __future__ import annotations

import pytest

from geo.errors import RoadError
from geo.roads.turns import Turn, read_turns, write_turns

LEFT = Turn(False, (1, 2, 3), (10, 20))
ON = Turn(True, (1, 2, 4, 5), (10, 30, 40))


def test_what_is_written_is_read_back() -> None:
    text = write_turns([ON, LEFT])
    assert text == "no 1 10 2 20 3; only 1 10 2 30 4 40 5"
    assert read_turns(text) == (LEFT, ON)


@pytest.mark.parametrize("nothing", [None, "", float("nan")])
def test_no_turns_are_nothing(nothing: str | None) -> None:
    assert read_turns(nothing) == ()
    assert write_turns([]) is None


@pytest.mark.parametrize(
    "text", ["no", "no 1 10 2", "no 1 10 2 20", "maybe 1 10 2 20 3", "no 1 x 2 20 3", ";"]
)
def test_what_is_no_turn_is_refused(text: str) -> None:
    with pytest.raises(RoadError, match="读不懂"):
        read_turns(text)
