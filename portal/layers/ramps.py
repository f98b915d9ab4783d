"""Colour ramps and class limits that layers share; none sets red against green."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

# One hue, light to dark, that no band uses.
PURPLES = ("#e9dcf2", "#d3b8e4", "#b78ed2", "#9965bd", "#783ea2", "#53207d")
# Cividis (Nuñez et al. 2018), light to dark: more is darker on a light map.
CIVIDIS = ("#fdea45", "#cbba69", "#958f78", "#666970", "#31446b", "#00224d")


def pick(ramp: Sequence[str], count: int) -> tuple[str, ...]:
    """Return ``count`` colours spread over a ramp, first and last included."""
    if count == 1:
        return (ramp[-1],)
    return tuple(ramp[round(at * (len(ramp) - 1) / (count - 1))] for at in range(count))


def quantile_limits(values: Sequence[float], classes: int, digits: int) -> list[float]:
    """Return the limits of at most ``classes`` classes with about equally many values each.

    Limits are rounded to ``digits`` decimals and differ; the outermost enclose every value.
    """
    if not values:
        return []
    limits = np.quantile(np.asarray(values, dtype=np.float64), np.linspace(0, 1, classes + 1))
    step = 10.0**-digits
    limits[0] = np.floor(limits[0] / step) * step
    limits[-1] = np.ceil(limits[-1] / step) * step
    found = sorted(set(np.round(limits, digits).tolist()))
    return found if len(found) > 1 else [found[0], found[0]]


def class_of(value: float, limits: Sequence[float]) -> int:
    """Return the number of the class, from 1, that ``value`` falls into."""
    inner = limits[1:-1]
    return 1 + int(np.searchsorted(inner, value, side="right"))
