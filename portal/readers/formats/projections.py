"""Coordinate systems that files name, and how to degrees.

Only systems of the EPSG register are accepted, and they are rebuilt from their
number: a system spelled out by a file could name grid files to open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from portal.readers.problems import NOT_DEGREES, UNKNOWN_CRS, refuse

# Longitude and latitude in degrees on ellipsoids that coincide within metres: numbers stay as they are.
GEOGRAPHIC = {4326: "EPSG:4326", 4490: "EPSG:4490", 4979: "EPSG:4326", 4480: "EPSG:4490"}
NAME_CHARACTERS = 4_000
_LONGITUDE_FIRST = re.compile(r"^(urn:ogc:def:crs:)?OGC:(1\.3|2)?:?CRS84h?$", re.IGNORECASE)
_EPSG = re.compile(r"^(?:urn:ogc:def:crs:)?EPSG:[0-9.]*:?([0-9]{4,6})$", re.IGNORECASE)


def name_crs(text: str) -> str:
    """Return ``EPSG:n`` for a name, URN or WKT of a coordinate system; "" for none.

    Raises
    ------
    FileRefused
        The system is not in the EPSG register.
    """
    text = text.strip()
    if not text:
        return ""
    if _LONGITUDE_FIRST.match(text):
        return "EPSG:4326"
    known = _EPSG.match(text)
    code = int(known[1]) if known else _identify(text)
    return GEOGRAPHIC.get(code, f"EPSG:{code}")


def to_degrees(shapes: Sequence[Any], crs: str) -> tuple[Any, str]:
    """Return ``shapes`` in two dimensions and degrees, and the system these are in.

    Without a system the numbers must be degrees already. Projected systems are
    transformed to their own geographic one, so no datum is shifted.

    Parameters
    ----------
    shapes
        Geometries or None, x (longitude) first.
    crs
        As `name_crs` gives it.

    Raises
    ------
    FileRefused
        The numbers cannot be degrees, or the system is unknown.
    """
    import numpy as np
    import shapely

    flat = shapely.force_2d(np.asarray(shapes, dtype=object))
    if crs in ("", "EPSG:4326", "EPSG:4490"):
        if not crs and not _are_degrees(flat):
            raise refuse(NOT_DEGREES)
        return flat, crs
    return _unproject(flat, crs)


def _are_degrees(shapes: Any) -> bool:
    import numpy as np
    import shapely

    bounds = np.asarray(shapely.bounds(shapes))
    bounds = bounds[~np.isnan(bounds).any(axis=1)]
    if not len(bounds):
        return True
    # One wild row is that row's fault; a file of metres has nearly all its rows outside.
    inside = (np.abs(bounds) <= (180, 90, 180, 90)).all(axis=1)
    return bool(inside.mean() > 0.5)


def _unproject(shapes: Any, crs: str) -> tuple[Any, str]:
    import numpy as np
    import shapely
    from pyproj import CRS, Transformer
    from pyproj.exceptions import CRSError

    try:
        source = CRS.from_epsg(int(crs.removeprefix("EPSG:")))
        geographic = source.geodetic_crs
        code = geographic.to_epsg() if geographic else None
        if code not in GEOGRAPHIC:
            raise refuse(UNKNOWN_CRS, name=crs)
        move = Transformer.from_crs(source, CRS.from_epsg(code), always_xy=True)
    except CRSError as error:
        raise refuse(UNKNOWN_CRS, name=crs) from error
    degrees = shapely.transform(shapes, lambda xy: np.column_stack(move.transform(*xy.T)))
    return degrees, GEOGRAPHIC[code]


def _identify(text: str) -> int:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    shown = text[:80]
    if len(text) > NAME_CHARACTERS:
        raise refuse(UNKNOWN_CRS, name=shown)
    try:
        code = CRS.from_wkt(text).to_epsg(min_confidence=20)
    except CRSError as error:
        raise refuse(UNKNOWN_CRS, name=shown) from error
    if code is None:
        raise refuse(UNKNOWN_CRS, name=shown)
    return int(code)
