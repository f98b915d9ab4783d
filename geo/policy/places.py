"""The part of a city's policy that places are read by: datums, shapes, the CRS that measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import PolicyError
from geo.texts import N_


@dataclass(frozen=True)
class DatumPolicy:
    """When a detected datum counts as decided."""

    decide_at_confidence: float
    boundary_tolerance_m: float


@dataclass(frozen=True)
class ShapePolicy:
    """What of a shape is a drawing error.

    Areas below `sliver_m2`, outlines of communities above `largest_community_m2`, gaps narrower
    than `gap_width_m`.
    """

    sliver_m2: float
    largest_community_m2: float
    gap_width_m: float


def read_datum_policy(datum: Mapping[str, Any]) -> DatumPolicy:
    """Read ``datum`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return DatumPolicy(
        decide_at_confidence=float(datum["decide_at_confidence"]),
        boundary_tolerance_m=float(datum["boundary_tolerance_m"]),
    )


def read_shape_policy(shapes: Mapping[str, Any]) -> ShapePolicy:
    """Read ``shapes`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return ShapePolicy(
        sliver_m2=float(shapes["sliver_m2"]),
        largest_community_m2=float(shapes["largest_community_m2"]),
        gap_width_m=float(shapes["gap_width_m"]),
    )


def check_metric_epsg(epsg: int) -> None:
    """Refuse a CRS that does not measure in metres.

    Raises
    ------
    PolicyError
        ``epsg`` is unknown, geographic, or in another unit.
    """
    try:
        crs = CRS.from_epsg(epsg)
    except CRSError:
        crs = None
    if crs is None or not crs.is_projected or any(axis.unit_name != "metre" for axis in crs.axis_info):
        raise PolicyError(N_("metric_epsg：EPSG:{epsg} 不是以米为单位的投影坐标系"), epsg=epsg)
