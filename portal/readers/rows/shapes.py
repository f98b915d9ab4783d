"""Geometries of rows: which fit a subject, and which cannot be used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from portal.readers.problems import (
    BAD_GEOMETRY,
    COORDINATE_RANGE,
    NO_GEOMETRY,
    WRONG_GEOMETRY,
    Problem,
    Reject,
    reject,
)


def check_shapes(
    shapes: Any, numbers: Sequence[int], allowed: frozenset[str], *, required: bool
) -> tuple[Any, list[Reject]]:
    """Return the shapes that can be used, None for the others, and why.

    A multi-point of one point becomes that point; a point at (0, 0) means that
    there is none. Rings that cross themselves pass: the import repairs them.

    Parameters
    ----------
    shapes
        Geometries or None, in degrees.
    numbers
        Row of each.
    allowed
        Geometry types of the subject.
    required
        Whether a row without geometry is left out.
    """
    kept = np.array(shapes, dtype=object)
    # Coordinates that are no numbers are looked for here, and are no reason for a warning.
    with np.errstate(invalid="ignore", over="ignore"):
        kept = _single_points(kept)
        kept[_at_origin(kept)] = None
        faults = _faults(kept, allowed, required=required)
    rejects = [
        reject(numbers[at], "geometry", _excerpt(kept[at]), problem, blocking=required)
        for at, problem in sorted(faults.items())
    ]
    kept[list(faults)] = None
    return kept, rejects


def _single_points(shapes: Any) -> Any:
    single = (shapely.get_type_id(shapes) == shapely.GeometryType.MULTIPOINT) & (
        shapely.get_num_geometries(shapes) == 1
    )
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _at_origin(shapes: Any) -> Any:
    return (shapely.get_x(shapes) == 0) & (shapely.get_y(shapes) == 0)


def _faults(shapes: Any, allowed: frozenset[str], *, required: bool) -> dict[int, Problem]:
    there = ~shapely.is_missing(shapes)
    fits = np.isin(shapely.get_type_id(shapes), [_TYPE_IDS[name] for name in allowed])
    finite, on_earth = _check_coordinates(shapes)
    flat = fits & (shapely.get_dimensions(shapes) == 2) & ~(shapely.area(shapes) > 0)
    # The last that applies is the one that is told.
    faults: dict[int, Problem] = {}
    for problem, rows in (
        (WRONG_GEOMETRY, there & ~fits),
        (COORDINATE_RANGE, there & ~on_earth),
        (BAD_GEOMETRY, there & (shapely.is_empty(shapes) | ~finite | flat)),
        (NO_GEOMETRY, ~there & required),
    ):
        faults |= dict.fromkeys(np.flatnonzero(rows).tolist(), problem)
    return faults


_TYPE_IDS = {
    "Point": 0,
    "LineString": 1,
    "Polygon": 3,
    "MultiPoint": 4,
    "MultiLineString": 5,
    "MultiPolygon": 6,
}


def _check_coordinates(shapes: Any) -> tuple[Any, Any]:
    """Return, for each shape, whether all its coordinates are finite, and whether none is off the Earth."""
    lonlat, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(lonlat).all(axis=1)
    off = finite & ((np.abs(lonlat[:, 0]) > 180) | (np.abs(lonlat[:, 1]) > 90))
    count = len(shapes)
    return (
        np.bincount(owner[~finite], minlength=count) == 0,
        np.bincount(owner[off], minlength=count) == 0,
    )


def _excerpt(shape: Any) -> str:
    return "" if shape is None else shapely.to_wkt(shape, rounding_precision=6)[:200]
