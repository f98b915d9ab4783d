"""Longitude and latitude of rows, in degrees of whatever datum the source has."""

from __future__ import annotations

from collections.abc import Sequence

from portal.readers.problems import (
    COORDINATE_RANGE,
    COORDINATE_SWAPPED,
    HALF_COORDINATE,
    NO_COORDINATE,
    Problem,
    Reject,
    reject,
)

Degrees = list[float | None]


def check_places(
    lon: Degrees, lat: Degrees, numbers: Sequence[int], *, required: bool
) -> tuple[Degrees, Degrees, list[Reject]]:
    """Return the coordinates that can be used, None for the others, and why.

    (0, 0) means that there is none, and is no fault.

    Parameters
    ----------
    lon, lat
        Degrees, None where missing.
    numbers
        Row of each.
    required
        Whether a row without coordinates is left out.
    """
    rejects: list[Reject] = []
    for at, (x, y) in enumerate(zip(lon, lat, strict=True)):
        problem = _fault(x, y, required=required)
        if problem is not None:
            written = "" if x is None and y is None else f"{x}, {y}"
            rejects.append(reject(numbers[at], "lon, lat", written, problem, blocking=required))
        if problem is not None or x == y == 0:
            lon[at] = lat[at] = None
    return lon, lat, rejects


def _fault(x: float | None, y: float | None, *, required: bool) -> Problem | None:
    if (x is None and y is None) or x == y == 0:
        return NO_COORDINATE if required else None
    if x is None or y is None:
        return HALF_COORDINATE
    if abs(x) <= 180 and abs(y) <= 90:
        return None
    return COORDINATE_SWAPPED if abs(y) <= 180 and abs(x) <= 90 else COORDINATE_RANGE
