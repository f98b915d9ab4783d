"""Rings of polygons as files have them: closed where they are not, nested by what lies within what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import shapely

from portal.readers.formats.unusable import UNUSABLE

# Rings that share so much of their area are one ring twice.
_SAME_SHARE = 1e-9


def close_rings(geometry: Any) -> Any:
    """Return a GeoJSON polygon or multi-polygon with its rings closed; anything else as it is."""
    if not isinstance(geometry, dict):
        return geometry
    try:
        match geometry.get("type"):
            case "Polygon":
                return {**geometry, "coordinates": _closed(geometry["coordinates"])}
            case "MultiPolygon":
                return {**geometry, "coordinates": [_closed(part) for part in geometry["coordinates"]]}
            case "GeometryCollection":
                return {**geometry, "geometries": [close_rings(part) for part in geometry["geometries"]]}
    except (KeyError, TypeError, IndexError):
        pass
    return geometry


def _closed(rings: Any) -> list[Any]:
    return [ring if len(ring) < 3 or ring[0] == ring[-1] else [*ring, ring[0]] for ring in rings]


def nest_rings(rings: Sequence[Any]) -> Any:
    """Return the polygon or multi-polygon of rings of which nobody knows which are holes.

    A ring within an odd number of others is a hole, whichever way round it runs; the same ring twice is
    one. What GEOS will not have is `UNUSABLE`.

    Parameters
    ----------
    rings
        Coordinates of each, closed or not.
    """
    try:
        faces = sorted((shapely.Polygon(ring) for ring in rings), key=shapely.area, reverse=True)
        return _nest(faces)
    except (shapely.errors.GEOSException, ValueError):
        return UNUSABLE


def _nest(faces: list[Any]) -> Any:
    depths: list[int] = []
    holes: dict[int, list[Any]] = {}
    for at, face in enumerate(faces):
        around = [outer for outer in range(at) if depths[outer] >= 0 and _lies_within(face, faces[outer])]
        if any(_is_same(face, faces[outer]) for outer in around):
            depths.append(-1)
            continue
        depths.append(len(around))
        if len(around) % 2:
            # The smallest shell around it: faces are in order of their area.
            shell = next(outer for outer in reversed(around) if depths[outer] % 2 == 0)
            holes.setdefault(shell, []).append(shapely.get_exterior_ring(face))
    parts = [
        shapely.Polygon(shapely.get_exterior_ring(face), holes.get(at))
        for at, face in enumerate(faces)
        if depths[at] >= 0 and depths[at] % 2 == 0
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _lies_within(face: Any, outer: Any) -> bool:
    """Whether a ring lies within another, without crossing it; of one that crosses itself a point must."""
    if not shapely.is_valid(face) or not shapely.is_valid(outer):
        corner = shapely.Point(shapely.get_coordinates(face)[0])
        return bool(shapely.covers(shapely.envelope(outer), corner) and _covers(outer, corner))
    return bool(shapely.covers(outer, face))


def _covers(outer: Any, corner: Any) -> bool:
    try:
        return bool(shapely.covers(outer, corner))
    except shapely.errors.GEOSException:
        return False


def _is_same(face: Any, outer: Any) -> bool:
    area = shapely.area(outer)
    return bool(area - shapely.area(face) <= _SAME_SHARE * area)
