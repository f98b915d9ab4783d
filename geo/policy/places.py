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
class CoordinatePolicy:
    """Which coordinates are not taken for true until a person says so.

    Parameters
    ----------
    far_off_m
        Further than this outside of all streets.
    shared_by
        Given to at least so many different places.
    border_tolerance_m
        Further than this from the street, or the district, that the record names.
    """

    far_off_m: float
    shared_by: int
    border_tolerance_m: float


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


def read_coordinate_policy(coordinates: Mapping[str, Any]) -> CoordinatePolicy:
    """Read ``coordinates`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return CoordinatePolicy(
        far_off_m=float(coordinates["far_off_m"]),
        shared_by=int(coordinates["shared_by"]),
        border_tolerance_m=float(coordinates["border_tolerance_m"]),
    )


def check_coordinate_policy(policy: CoordinatePolicy) -> None:
    """Refuse limits by which every coordinate would be doubtful.

    Raises
    ------
    PolicyError
        A distance is negative, or one place alone would count as many.
    """
    if min(policy.far_off_m, policy.border_tolerance_m) < 0:
        raise PolicyError(N_("far_off_m 和 border_tolerance_m 不能小于 0"))
    if policy.shared_by < 2:
        raise PolicyError(N_("shared_by 须不小于 2"))


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
