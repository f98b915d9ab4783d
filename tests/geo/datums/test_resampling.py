"""Comparing shares: who wins, how surely, and that the answer is honest."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from geo.datums.resampling import Outcome, Trial, compare_shares


def compare(
    hit: ArrayLike, inside: ArrayLike | None = None, *, per_square: int = 1, lowest: bool = True
) -> Outcome:
    rows = np.asarray(hit, dtype=bool)
    count = rows.shape[1]
    square = np.column_stack([np.arange(count) // per_square, np.zeros(count)]).astype(float)
    where = np.full(rows.shape, True) if inside is None else np.asarray(inside, dtype=bool)
    return compare_shares(Trial(rows, where, np.ones(count), square), lowest_wins=lowest)


def test_shares_count_only_what_is_inside_and_by_weight() -> None:
    trial = Trial(
        hit=np.array([[True, False, True], [False, True, True]]),
        inside=np.array([[True, True, False], [True, True, True]]),
        weight=np.array([3.0, 1.0, 4.0]),
        square=np.zeros((3, 2)),
    )
    outcome = compare_shares(trial, lowest_wins=True)
    assert outcome.share.tolist() == [0.75, 0.625]
    assert outcome.weight.tolist() == [4.0, 8.0]
    assert outcome.squares == 1


def test_what_no_reading_puts_inside_counts_for_nothing() -> None:
    hit = np.array([[True, True, False, True, False], [False, True, False, False, True]])
    within = compare(hit[:, 1:])
    beside = compare(hit, inside=[[False, True, True, True, True]] * 2)
    assert beside.squares == within.squares == 4
    assert beside.share.tolist() == within.share.tolist() == [0.5, 0.5]
    assert beside.won.tolist() == within.won.tolist()


def test_a_clear_difference_wins_but_never_for_certain() -> None:
    outcome = compare([[True] * 30, [False] * 30])
    assert outcome.won[0] == 0
    assert 0.999 < outcome.won[1] < 1
    assert compare([[True] * 30, [False] * 30], lowest=False).won[0] == outcome.won[1]


def test_a_tie_has_no_winner() -> None:
    assert compare([[True, False] * 20, [True, False] * 20]).won.tolist() == [0, 0]


def test_it_repeats_itself() -> None:
    hit = np.random.default_rng(7).random((3, 60)) < 0.3
    assert compare(hit).won.tolist() == compare(hit).won.tolist()


def test_elements_in_few_squares_are_less_sure() -> None:
    hit = np.array([[True] * 24 + [False] * 36, [True] * 12 + [False] * 48])
    assert compare(hit, per_square=12).won[1] < compare(hit).won[1]


def test_nothing_inside_is_no_share_and_no_win() -> None:
    outcome = compare([[True] * 4, [False] * 4], inside=[[False] * 4, [False] * 4])
    assert np.isnan(outcome.share).all()
    assert outcome.won.tolist() == [0, 0] and outcome.squares == 0


def test_no_elements_at_all() -> None:
    outcome = compare_shares(
        Trial(np.zeros((3, 0), bool), np.zeros((3, 0), bool), np.zeros(0), np.zeros((0, 2))), lowest_wins=True
    )
    assert outcome.weight.tolist() == [0, 0, 0] and outcome.squares == 0


def test_without_a_true_difference_ninety_five_percent_is_seldom_reached() -> None:
    # Two equal readings: a confidence of 95 % may arise by chance in one case of ten (either may lead).
    rng = np.random.default_rng(1)
    surest = [compare(rng.random((2, 100)) < 0.25).won.max() for _ in range(120)]
    assert np.mean(np.array(surest) >= 0.95) == pytest.approx(0.10, abs=0.06)
