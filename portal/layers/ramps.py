"""Colour ramps and classes that layers share; none sets red against green."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

# One hue, light to dark, that no band uses.
PURPLES = ("#e9dcf2", "#d3b8e4", "#b78ed2", "#9965bd", "#783ea2", "#53207d")
# Cividis (Nuñez et al. 2018), light to dark: more is darker on a light map.
CIVIDIS = ("#fdea45", "#cbba69", "#958f78", "#666970", "#31446b", "#00224d")

MOST_DIGITS = 4  # limits that read alike in so many are as good as equal


def pick(ramp: Sequence[str], count: int) -> tuple[str, ...]:
    """Return ``count`` colours spread over a ramp, first and last included."""
    if count == 1:
        return (ramp[-1],)
    return tuple(ramp[round(at * (len(ramp) - 1) / (count - 1))] for at in range(count))


def digits_apart(limits: Iterable[float], least: int) -> int:
    """Return how many decimals, ``least`` or more, make each of different limits read differently.

    Examples
    --------
    >>> digits_apart([0.28, 0.31, 0.31, 4.2], least=1)
    2
    """
    wanted = set(limits)
    fitting = (
        digits
        for digits in range(least, MOST_DIGITS)
        if len({round(at, digits) for at in wanted}) == len(wanted)
    )
    return next(fitting, MOST_DIGITS)


@dataclass(frozen=True)
class ValueClass:
    """The smallest and the largest value of a class; no other class has a value between them."""

    low: float
    high: float


def quantile_classes(values: Sequence[float], classes: int) -> list[ValueClass]:
    """Return at most ``classes`` classes with about equally many values each, none without any.

    Parameters
    ----------
    values
        Rounded as they are shown; equal ones are always of one class.
    """
    if not values:
        return []
    found = np.asarray(values, dtype=np.float64)
    shares = np.arange(classes) / classes
    lows = np.unique(np.quantile(found, shares, method="higher"))
    number = np.searchsorted(lows, found, side="right")
    return [ValueClass(float(low), float(found[number == at].max())) for at, low in enumerate(lows, start=1)]


def class_of(value: float, classes: Sequence[ValueClass]) -> int:
    """Return the number of the class, from 1, that ``value`` falls into."""
    return max(1, sum(found.low <= value for found in classes))
