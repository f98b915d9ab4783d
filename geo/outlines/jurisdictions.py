"""Where the jurisdictions of streets (街道) leave gaps or overlap."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.datums.crs import WGS84_EPSG
from geo.errors import FrameError
from geo.policy.city import City
from geo.texts import N_

Shapes = NDArray[np.object_]

_TOUCH_M = 0.01
# Edges are cut to this length before they are projected, which keeps neighbours together to a millimetre.
_EDGE_DEGREES = 0.002


def gaps_and_overlaps(streets: gpd.GeoDataFrame, city: City) -> gpd.GeoDataFrame:
    """Find land that no street has, and land that two have.

    A gap is land that streets enclose, or a strip between two of them that is narrower
    than `city.shapes.gap_width_m`. What is smaller than `city.shapes.sliver_m2` is
    ignored.

    Parameters
    ----------
    streets
        A frame that keeps `geo.frames.STREETS`.
    city
        Areas are measured in `city.metric_epsg`.

    Returns
    -------
    geopandas.GeoDataFrame
        Polygons in WGS 84, largest first: ``kind`` (gap or overlap), ``area_m2`` and
        ``streets``, the source_keys concerned, sorted.

    Raises
    ------
    FrameError
        A street's outline is invalid.
    """
    require_valid(streets, "streets")
    keys = streets["source_key"].astype(str).to_numpy()
    shapes = in_metres(streets.geometry.to_numpy(), city)
    found = _overlaps(shapes, keys) + _gaps(shapes, keys, city.shapes.gap_width_m)
    frame = gpd.GeoDataFrame(
        found, columns=["kind", "streets", "geometry"], geometry="geometry", crs=city.metric_epsg
    )
    frame["area_m2"] = frame.area
    large = frame[frame["area_m2"] >= city.shapes.sliver_m2]
    return large.sort_values(["area_m2", "streets"], ascending=[False, True], ignore_index=True).to_crs(
        WGS84_EPSG
    )


def require_valid(frame: gpd.GeoDataFrame, name: str) -> None:
    """Raise `FrameError` where a shape is invalid."""
    wrong = ~(frame.geometry.is_valid | frame.geometry.isna())
    if wrong.any():
        raise FrameError(
            N_("{frame}：第 {row} 行的几何无效"),
            remedy=N_("请先修复轮廓，再导入一次"),
            frame=name,
            row=frame.index[wrong][0],
        )


def in_metres(degrees: ArrayLike, city: City) -> Shapes:
    """Return shapes projected, their long edges through the corners that lie on them."""
    fine = shapely.segmentize(np.asarray(degrees, dtype=object), _EDGE_DEGREES)
    return np.asarray(gpd.GeoSeries(fine, crs=WGS84_EPSG).to_crs(city.metric_epsg).to_numpy(), dtype=object)


def _overlaps(shapes: Shapes, keys: NDArray[np.object_]) -> list[tuple[str, tuple[str, ...], object]]:
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    one, other = one[one < other], other[one < other]
    common = shapely.intersection(shapes[one], shapes[other])
    parts, pair = shapely.get_parts(common, return_index=True)
    polygonal = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return [
        ("overlap", tuple(sorted((keys[one[i]], keys[other[i]]))), part)
        for part, i in zip(parts[polygonal], pair[polygonal], strict=True)
    ]


def _gaps(
    shapes: Shapes, keys: NDArray[np.object_], width_m: float
) -> list[tuple[str, tuple[str, ...], object]]:
    union = shapely.union_all(shapes)
    enclosed = shapely.union_all([shapely.Polygon(part.exterior) for part in shapely.get_parts(union)])
    # Grown and shrunk again, mitred so that corners come back as they were, strips stay filled.
    grown = shapely.buffer(union, width_m / 2, join_style="mitre")
    closed = shapely.buffer(grown, -width_m / 2, join_style="mitre")
    parts = shapely.get_parts(shapely.difference(shapely.union(closed, enclosed), union))
    tree = shapely.STRtree(shapes)
    found = []
    for part in parts:
        beside = tuple(sorted(keys[tree.query(part, "dwithin", _TOUCH_M)]))
        if len(beside) > 1 or shapely.contains_properly(enclosed, shapely.point_on_surface(part)):
            found.append(("gap", beside, part))
    return found
