"""Small charts as numbers for inline SVG: the templates draw them with attributes only, no styles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, GAP = 240.0, 40.0, 4.0


@dataclass(frozen=True)
class Bar:
    """One bar of a chart that is `WIDTH` wide and `HEIGHT` high, in SVG units; ``value`` None is unknown."""

    x: float
    y: float
    width: float
    height: float
    value: float | None


def bars(values: Sequence[float | None]) -> list[Bar]:
    """Return a bar for each value, the largest of full height; 0 and what is unknown have no height."""
    if not values:
        return []
    most = max(value or 0 for value in values) or 1
    step = WIDTH / len(values)
    heights = [round(HEIGHT * (value or 0) / most, 1) for value in values]
    return [
        Bar(round(index * step, 1), round(HEIGHT - height, 1), round(step - GAP, 1), height, value)
        for index, (value, height) in enumerate(zip(values, heights, strict=True))
    ]
