"""The two shifts of Chinese web maps, on arrays of degrees: WGS 84 to GCJ-02 to BD-09, and back.

Neither has an official publication. The formulas are those that circulate as public
source, in googollee/eviltransform and wandergis/coordtransform (both MIT) among
others: GCJ-02 is applied inside the rectangle 72.004-137.8347° E, 0.8293-55.8271° N
and is zero outside; BD-09 is a second shift on top of it and applies everywhere.
Both are inverted by fixed-point iteration. The one-step inverse in common use is off
by up to some metres.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.errors import DatumError
from geo.texts import N_

Degrees = NDArray[np.float64]
Shift = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

# GCJ-02: Krasovsky's ellipsoid, the origin of its waves, and the rectangle where it applies.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_ORIGIN_LON, _ORIGIN_LAT = 105.0, 35.0
_CHINA_WEST, _CHINA_SOUTH, _CHINA_EAST, _CHINA_NORTH = 72.004, 0.8293, 137.8347, 55.8271
# The GCJ-02 shift stays below 0.02 degrees, so what is further out needs no inverse.
_CHINA_MARGIN = 0.05

# BD-09, in degrees.
_BD09_LON, _BD09_LAT = 0.0065, 0.006
_BD09_WAVE = np.pi * 3000.0 / 180.0

_INVERSE_TOLERANCE = 1e-11  # degrees
_INVERSE_ROUNDS = 50  # each round shrinks the error at least twentyfold; a handful suffices


def gcj02_of_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 to GCJ-02; outside China's rectangle nothing moves."""
    inside = _in_china(lon, lat)
    out_lon, out_lat = lon.copy(), lat.copy()
    out_lon[inside], out_lat[inside] = _gcj02_smooth(lon[inside], lat[inside])
    return out_lon, out_lat


def wgs84_of_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Undo `gcj02_of_wgs84`.

    In a strip of some hundred metres along the rectangle's edge, far from any city,
    two places share one GCJ-02 coordinate or none has it; the place inside wins.
    """
    near = np.flatnonzero(_in_china(lon, lat, _CHINA_MARGIN))
    found_lon, found_lat = _invert(_gcj02_smooth, lon[near], lat[near])
    inside = _in_china(found_lon, found_lat)
    out_lon, out_lat = lon.copy(), lat.copy()
    out_lon[near[inside]], out_lat[near[inside]] = found_lon[inside], found_lat[inside]
    return out_lon, out_lat


def _gcj02_smooth(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift as if the rectangle had no edge, which makes the shift invertible."""
    x, y = lon - _ORIGIN_LON, lat - _ORIGIN_LAT
    root = np.sqrt(np.abs(x))
    ripple = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    east = 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)
    east += 150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30) + ripple
    north = 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)
    north += 160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30) + ripple
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east * 2 / 3
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north * 2 / 3
    latitude = np.radians(lat)
    w2 = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    prime_vertical_m = _SEMI_MAJOR_M / np.sqrt(w2)
    meridian_m = prime_vertical_m * (1 - _ECCENTRICITY_SQUARED) / w2
    return (
        lon + np.degrees(east_m / (prime_vertical_m * np.cos(latitude))),
        lat + np.degrees(north_m / meridian_m),
    )


def bd09_of_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 to BD-09."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD09_WAVE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD09_WAVE)
    return radius * np.cos(angle) + _BD09_LON, radius * np.sin(angle) + _BD09_LAT


def gcj02_of_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Undo `bd09_of_gcj02`."""
    return _invert(bd09_of_gcj02, lon, lat)


def _invert(shift: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Find what ``shift`` moves to ``lon``, ``lat``, by fixed-point iteration."""
    found_lon, found_lat = lon, lat
    for _ in range(_INVERSE_ROUNDS):
        moved_lon, moved_lat = shift(found_lon, found_lat)
        step_lon, step_lat = lon - moved_lon, lat - moved_lat
        found_lon, found_lat = found_lon + step_lon, found_lat + step_lat
        if max(np.abs(step_lon).max(initial=0), np.abs(step_lat).max(initial=0)) < _INVERSE_TOLERANCE:
            return found_lon, found_lat
    raise DatumError(N_("有一个坐标不能在坐标基准之间转换"))


def _in_china(lon: Degrees, lat: Degrees, margin: float = 0.0) -> NDArray[np.bool_]:
    return (
        (lon > _CHINA_WEST - margin)
        & (lon < _CHINA_EAST + margin)
        & (lat > _CHINA_SOUTH - margin)
        & (lat < _CHINA_NORTH + margin)
    )
