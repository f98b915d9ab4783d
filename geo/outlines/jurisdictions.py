"""Which street (街道) has jurisdiction over a place, and where jurisdictions leave gaps or overlap.

An outline belongs to the street that it overlaps most, a point to the street that
contains it. What meets what is decided in degrees, where boundaries are drawn and
shared; only areas and distances are taken in metres, since a long edge that is
projected no longer runs through the corners on it. The portal repeats the assignment
in PostGIS for speed; this module is what it is checked against.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo.datums.crs import WGS84_EPSG
from geo.errors import FrameError
from geo.policy.city import City
from geo.texts import N_

Shapes = NDArray[np.object_]

_AREAS = ("Polygon", "MultiPolygon")
# Overlaps that agree to a square centimetre tie; the smaller street key then wins.
_TIE_DECIMALS = 4
_WHOLE = 1e-9  # share of an outline that may be missing through rounding
_TOUCH_M = 0.01
# Edges are cut to this length before they are projected, which keeps neighbours together to a millimetre.
_EDGE_DEGREES = 0.002


class How(StrEnum):
    """How a street was found: it holds the whole outline, most of it, or the point."""

    CONTAINS = "contains"
    OVERLAP = "overlap"
    POINT = "point"


@dataclass(frozen=True)
class Assignment:
    """Places under their streets.

    Every place with a geometry is in exactly one of the two tables, under its index.

    Parameters
    ----------
    assigned
        ``street`` (its source_key), ``share`` of the outline's area that lies in that street
        (NaN for points) and ``how`` (a `How`).
    outside
        ``nearest`` street (its source_key) and ``distance_m`` to it, 0 where the place only touches it.
    """

    assigned: pd.DataFrame
    outside: pd.DataFrame


def assign_streets(places: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City) -> Assignment:
    """Put each place under one street.

    Parameters
    ----------
    places
        Outlines and points in WGS 84; rows without geometry are passed over.
    streets
        A frame that keeps `geo.frames.STREETS`.
    city
        Areas and distances are measured in `city.metric_epsg`.

    Returns
    -------
    Assignment
        Ties (a point on a shared boundary, equal overlaps) go to the street whose
        source_key sorts first.

    Raises
    ------
    FrameError
        A shape is invalid, or a place is neither an outline nor a point.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geo.policy.city import parse_city_toml
    >>> city = parse_city_toml(Path("data/city.toml").read_text("utf-8"))
    >>> streets = gpd.GeoDataFrame(
    ...     {"source_key": ["west", "east"]},
    ...     geometry=[shapely.box(114, 22, 114.1, 22.1), shapely.box(114.1, 22, 114.2, 22.1)],
    ...     crs=4326,
    ... )
    >>> outline = shapely.box(114.09, 22.05, 114.13, 22.06)
    >>> places = gpd.GeoDataFrame(geometry=[outline, shapely.Point(114.3, 22.05)], crs=4326)
    >>> out = assign_streets(places, streets, city)
    >>> out.assigned.round(2).to_dict("records")
    [{'street': 'east', 'share': 0.75, 'how': 'overlap'}]
    >>> out.outside.nearest.tolist()
    ['east']
    """
    _require_valid(places, "places")
    _require_valid(streets, "streets")
    located = places[~(places.geometry.isna() | places.geometry.is_empty)]
    kinds = located.geom_type
    if not kinds.isin((*_AREAS, "Point")).all():
        row = located.index[~kinds.isin((*_AREAS, "Point"))][0]
        raise FrameError(
            N_("{frame}：第 {row} 行是 {kind}，不是轮廓或点"), frame="places", row=row, kind=kinds[row]
        )
    shapes = np.asarray(located.geometry.to_numpy(), dtype=object)
    ordered = streets.assign(key=streets["source_key"].astype(str)).sort_values("key", kind="stable")
    found = _find(shapes, kinds.isin(_AREAS).to_numpy(), ordered, city)
    lost = np.setdiff1d(np.arange(len(shapes)), found["place"])
    return Assignment(
        found.set_index(located.index[found["place"]])[["street", "share", "how"]],
        _find_nearest(located.iloc[lost], ordered, city),
    )


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
    _require_valid(streets, "streets")
    keys = streets["source_key"].astype(str).to_numpy()
    shapes = _in_metres(streets.geometry.to_numpy(), city)
    found = _overlaps(shapes, keys) + _gaps(shapes, keys, city.shapes.gap_width_m)
    frame = gpd.GeoDataFrame(
        found, columns=["kind", "streets", "geometry"], geometry="geometry", crs=city.metric_epsg
    )
    frame["area_m2"] = frame.area
    large = frame[frame["area_m2"] >= city.shapes.sliver_m2]
    return large.sort_values(["area_m2", "streets"], ascending=[False, True], ignore_index=True).to_crs(
        WGS84_EPSG
    )


def _require_valid(frame: gpd.GeoDataFrame, name: str) -> None:
    wrong = ~(frame.geometry.is_valid | frame.geometry.isna())
    if wrong.any():
        raise FrameError(
            N_("{frame}：第 {row} 行的几何无效"),
            remedy=N_("请先修复轮廓，再导入一次"),
            frame=name,
            row=frame.index[wrong][0],
        )


def _in_metres(degrees: ArrayLike, city: City) -> Shapes:
    fine = shapely.segmentize(np.asarray(degrees, dtype=object), _EDGE_DEGREES)
    return np.asarray(gpd.GeoSeries(fine, crs=WGS84_EPSG).to_crs(city.metric_epsg).to_numpy(), dtype=object)


def _find(shapes: Shapes, is_area: NDArray[np.bool_], streets: gpd.GeoDataFrame, city: City) -> pd.DataFrame:
    """Return one row per place that has a street: its position, street, share and how."""
    tree = shapely.STRtree(streets.geometry.to_numpy())
    place, street = tree.query(shapes, predicate="intersects")
    pairs = pd.DataFrame({"place": place, "rank": 0.0, "share": np.nan, "how": How.POINT.value})
    pairs["street"] = streets["key"].to_numpy()[street]
    outlines = is_area[place]
    common = shapely.intersection(shapes[place[outlines]], tree.geometries[street[outlines]])
    common_m2 = shapely.area(_in_metres(common, city))
    share = common_m2 / shapely.area(_in_metres(shapes[place[outlines]], city))
    pairs.loc[outlines, "rank"] = -common_m2.round(_TIE_DECIMALS)
    pairs.loc[outlines, "share"] = share.clip(max=1.0)
    pairs.loc[outlines, "how"] = np.where(share > 1 - _WHOLE, How.CONTAINS.value, How.OVERLAP.value)
    # An outline that only touches a street has nothing in it.
    pairs = pairs[~outlines | (pairs["rank"] < 0)]
    first: pd.DataFrame = pairs.sort_values(["place", "rank", "street"]).drop_duplicates("place")
    return first


def _find_nearest(lost: gpd.GeoDataFrame, streets: gpd.GeoDataFrame, city: City) -> pd.DataFrame:
    """Return the nearest street of each lost place, and the distance."""
    tree = shapely.STRtree(_in_metres(streets.geometry.to_numpy(), city))
    shapes = _in_metres(lost.geometry.to_numpy(), city)
    (place, street), distance_m = tree.query_nearest(shapes, return_distance=True)
    pairs = pd.DataFrame(
        {"nearest": streets["key"].to_numpy()[street], "distance_m": distance_m}, index=place
    )
    ranked = pairs.sort_values("nearest")
    first = ranked[~ranked.index.duplicated()]
    return first.reindex(np.arange(len(lost))).set_axis(lost.index)


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
