"""How sure a comparison of shares is, by resampling squares of ground.

Elements near each other err together (one road crosses many outlines), so single
elements are not independent, but squares of ground nearly are. All readings are
resampled with the same squares, so that what they have in common cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_SEED = 20_210_208
_RESAMPLES = 2_000


@dataclass(frozen=True)
class Trial:
    """Elements (columns) under several readings (rows).

    Parameters
    ----------
    hit
        (readings, n) whether the element met what it is compared with.
    inside
        (readings, n) whether it could have: only these count.
    weight
        (n,) weight of the element, such as its length.
    square
        (n, 2) the square of ground it lies in, the same for all readings.
    """

    hit: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    weight: NDArray[np.float64]
    square: NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """Per reading: share of weight that is hit (NaN without weight), weight inside, share of resamples won.

    `squares` is how many squares hold elements that are inside in some reading.
    """

    share: NDArray[np.float64]
    weight: NDArray[np.float64]
    won: NDArray[np.float64]
    squares: int


def compare_shares(trial: Trial, *, lowest_wins: bool) -> Outcome:
    """Compare the shares of the readings and say how often each would win.

    A reading wins a resample if its share is strictly best there. The seed is fixed,
    so the same elements give the same outcome; `won` never reaches 1.

    Examples
    --------
    >>> hit = np.array([[True] * 8, [False] * 7 + [True]])
    >>> squares = np.arange(16.0).reshape(8, 2)
    >>> trial = Trial(hit, np.full((2, 8), True), np.ones(8), squares)
    >>> outcome = compare_shares(trial, lowest_wins=True)
    >>> outcome.share.tolist(), outcome.weight.tolist(), outcome.won.round(2).tolist()
    ([1.0, 0.125], [8.0, 8.0], [0.0, 1.0])
    """
    counted = np.where(trial.inside, trial.weight, 0.0)
    in_some = trial.inside.any(axis=0)
    _, square = np.unique(trial.square[in_some], axis=0, return_inverse=True)
    squares = int(square.max(initial=-1)) + 1
    total = _sum_by(square, counted[:, in_some], squares)
    hit = _sum_by(square, np.where(trial.hit, counted, 0.0)[:, in_some], squares)
    share = _divide(hit.sum(axis=1), total.sum(axis=1))
    if not squares:
        return Outcome(share, total.sum(axis=1), np.zeros(len(share)), 0)
    draws = np.random.default_rng(_SEED).multinomial(squares, np.full(squares, 1 / squares), _RESAMPLES)
    won = _count_wins(_divide(draws @ hit.T, draws @ total.T), lowest_wins)
    return Outcome(share, total.sum(axis=1), won / (_RESAMPLES + 1), squares)


def _sum_by(square: NDArray[np.int64], values: NDArray[np.float64], squares: int) -> NDArray[np.float64]:
    return np.array([np.bincount(square, row, squares) for row in values])


def _divide(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.full(part.shape, np.nan)
    np.divide(part, whole, out=share, where=whole > 0)
    return share


def _count_wins(shares: NDArray[np.float64], lowest_wins: bool) -> NDArray[np.int64]:
    """Count per column the rows in which it is strictly best; rows with a NaN have no winner."""
    ordered = shares if lowest_wins else -shares
    others = np.stack([np.delete(ordered, column, axis=1).min(axis=1) for column in range(shares.shape[1])])
    wins: NDArray[np.int64] = (others > ordered.T).sum(axis=1)
    return wins
