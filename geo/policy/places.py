"""The part of a city's policy that places are read by: datums, shapes, the CRS that measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pyproj import CRS
from pyproj.exceptions import CRSError

from geo.errors import PolicyError
from geo.policy.keys import Group, Key, Number
from geo.texts import N_

DATUM_GROUP = Group(
    "datum",
    N_("坐标基准"),
    (
        Key(
            "datum.decide_at_confidence",
            N_("自动判定所需把握"),
            N_("导入时判断坐标基准的把握达到这个值才自动采用，否则请人选择。"),
            Number(0.5, 1),
        ),
        Key(
            "datum.boundary_tolerance_m",
            N_("沿路的距离"),
            N_("判断基准时，边界离道路不超过这个距离算沿着道路。"),
            Number(1, 200),
            N_("米"),
        ),
    ),
)
SHAPE_GROUP = Group(
    "shapes",
    N_("图形"),
    (
        Key(
            "shapes.sliver_m2",
            N_("碎片面积"),
            N_("小于这个面积的碎块、空隙和重叠算绘图误差，不算土地。"),
            Number(0, 10_000),
            N_("㎡"),
        ),
        Key(
            "shapes.largest_community_m2",
            N_("小区最大面积"),
            N_("轮廓超过这个面积的不是小区，多半是坐标基准不对，导入时拒绝。"),
            Number(10_000, 1_000_000_000),
            N_("㎡"),
        ),
        Key(
            "shapes.gap_width_m",
            N_("空隙宽度"),
            N_("街道之间窄于这个宽度的地带，即使一端敞开也算空隙。"),
            Number(0, 1_000),
            N_("米"),
        ),
    ),
)
COORDINATE_GROUP = Group(
    "coordinates",
    N_("存疑的坐标"),
    (
        Key(
            "coordinates.far_off_m",
            N_("远在本市之外"),
            N_("坐标离所有街道超过这个距离的存疑，不作为点上图，等业务员核定。"),
            Number(0, 100_000),
            N_("米"),
        ),
        Key(
            "coordinates.shared_by",
            N_("同一坐标的不同地点"),
            N_("这么多个不同的地点写着同一个坐标时，这个坐标存疑，等业务员核定。"),
            Number(2, 10_000, whole=True),
            N_("个"),
        ),
        Key(
            "coordinates.border_tolerance_m",
            N_("街道边界的容差"),
            N_("坐标离登记的街道不超过这个距离时，不算与它矛盾。"),
            Number(0, 10_000),
            N_("米"),
        ),
    ),
)


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
        raise PolicyError(
            N_("{field}：EPSG:{epsg} 不是以米为单位的投影坐标系"),
            remedy=N_("请填写本市所在的 UTM 或 CGCS2000 投影带的 EPSG 编号，例如 32650 或 4547"),
            field="city.metric_epsg",
            epsg=epsg,
        )
