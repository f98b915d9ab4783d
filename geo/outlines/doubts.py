"""Coordinates that cannot be true as they stand: far from where they should be, or given to many places."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datums.crs import WGS84_EPSG

# What follows tells houses of one place apart: 3栋, 12号楼, 二期 …, or a room.
_WITHIN = re.compile(r"[0-9一二三四五六七八九十a-z]+(?:栋|幢|座|号楼|号院|单元|室|楼|层|期|区)")


def find_far(
    points: NDArray[np.object_], areas: NDArray[np.object_], most_m: float, metric_epsg: int
) -> NDArray[np.bool_]:
    """Return which points lie further than ``most_m`` from all areas.

    Parameters
    ----------
    points, areas
        Geometry in WGS 84. Without areas no point is far from them.
    metric_epsg
        The CRS that measures metres; where it does not reach, everything is far.
    """
    if not len(areas) or not len(points):
        return np.zeros(len(points), dtype=bool)
    at = _measured(points, metric_epsg)
    reached = np.flatnonzero(np.isfinite(shapely.get_x(at)) & np.isfinite(shapely.get_y(at)))
    tree = shapely.STRtree(_measured(areas, metric_epsg))
    near = tree.query(at[reached], predicate="dwithin", distance=most_m)[0]
    far = np.ones(len(points), dtype=bool)
    far[reached[near]] = False
    return far


def _measured(shapes: NDArray[np.object_], metric_epsg: int) -> NDArray[np.object_]:
    moved = gpd.GeoSeries(list(shapes), crs=WGS84_EPSG).to_crs(metric_epsg)
    return np.asarray(moved.to_numpy(), dtype=object)


def find_shared(
    coordinates: Sequence[Hashable], places: Sequence[Hashable | None], least: int
) -> set[Hashable]:
    """Return the coordinates that are given to at least ``least`` different places.

    Parameters
    ----------
    coordinates, places
        Of each record. One that names no place (None) may be anywhere: it is a place of its own.

    Examples
    --------
    >>> find_shared(["a", "a", "a", "b", "b"], ["甲", "乙", None, "甲", "甲"], 2)
    {'a'}
    """
    named: dict[Hashable, set[Hashable]] = {}
    nameless: dict[Hashable, int] = {}
    for coordinate, place in zip(coordinates, places, strict=True):
        if place is None:
            nameless[coordinate] = nameless.get(coordinate, 0) + 1
        else:
            named.setdefault(coordinate, set()).add(place)
    return {
        coordinate
        for coordinate in named.keys() | nameless.keys()
        if len(named.get(coordinate, ())) + nameless.get(coordinate, 0) >= least
    }


def trunk_of(address: str) -> str:
    """Return what the addresses of one place have in common: all before its building, unit or room.

    Examples
    --------
    >>> trunk_of("锦绣花园3栋201室"), trunk_of("锦绣花园12号楼"), trunk_of("深南大道1001号")
    ('锦绣花园', '锦绣花园', '深南大道1001号')
    """
    text = "".join(address.casefold().split())
    found = _WITHIN.search(text)
    return text[: found.start()] if found and found.start() else text
