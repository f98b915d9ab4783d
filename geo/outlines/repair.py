"""Broken outlines: repaired where an area can be told, refused with a reason where not."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from enum import StrEnum

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.datums.crs import WGS84_EPSG, to_degrees
from geo.errors import FrameError
from geo.policy.city import City
from geo.texts import N_, Phrase

# A line counts as a ring that was left open if its ends lie at most this share of its length apart.
_OPEN_SHARE = 0.1
_POINTS = ("Point",)
_AREAS = ("Polygon", "MultiPolygon")
_REASONS = {
    "Self-intersection": N_("边界自相交"),
    "Ring Self-intersection": N_("边界自相接"),
    "Too few points in geometry component": N_("点数不足以围成面"),
    "Hole lies outside shell": N_("内环在外环之外"),
    "Nested holes": N_("内环相互嵌套"),
    "Holes are nested": N_("内环相互嵌套"),
    "Nested shells": N_("外环相互嵌套"),
    "Interior is disconnected": N_("内部不连通"),
    "Duplicate Rings": N_("环重复"),
    "Invalid Coordinate": N_("坐标不是有效数字"),
}


class Repair(StrEnum):
    """What was done to a shape: a ring untangled or closed, or areas taken out of a mixed collection."""

    UNTANGLED = "untangled"
    CLOSED = "closed"
    EXTRACTED = "extracted"


@dataclass(frozen=True)
class Repaired:
    """Outlines after repair, and what happened to which row.

    Parameters
    ----------
    frame
        The rows that are left, in their order, every polygon valid. Points and rows
        without geometry are as they were.
    repairs
        One row per repaired shape, under its index: ``repair`` (a `Repair`), ``reason``
        (a `geo.texts.Phrase`) with the place of the fault in degrees, ``area_m2`` after
        the repair, and ``area_change_m2`` against the area as drawn.
    rejects
        One row per shape that is no area, under its index: ``reason`` and ``remedy``, phrases.
    """

    frame: gpd.GeoDataFrame
    repairs: pd.DataFrame
    rejects: pd.DataFrame


def repair_outlines(frame: gpd.GeoDataFrame, city: City) -> Repaired:
    """Repair invalid polygons, close rings drawn as lines, take areas out of collections.

    A tangled ring becomes the area that it encloses (`shapely.make_valid`, method
    "structure", as PostGIS's ``ST_MakeValid`` does it). Parts smaller than
    `city.shapes.sliver_m2` are dropped from it, and whole outlines of that size refused.

    Repair before converting between datums: a ring that goes out and back over itself
    comes out of a conversion a hair's breadth wide, and looks sound.

    Parameters
    ----------
    frame
        Any geometry in degrees, one index value per row.
    city
        Gives the CRS to measure areas in and the least area of a part.

    Raises
    ------
    FrameError
        An index value repeats.

    Examples
    --------
    >>> from pathlib import Path
    >>> from geo.policy.city import parse_city_toml
    >>> city = parse_city_toml(Path("data/city.toml").read_text("utf-8"))
    >>> bow_tie = shapely.Polygon([(114, 22), (114.01, 22.01), (114.01, 22), (114, 22.01)])
    >>> out = repair_outlines(gpd.GeoDataFrame(geometry=[bow_tie], crs=4326), city)
    >>> out.repairs.repair.tolist(), bool(out.frame.is_valid.all())
    (['untangled'], True)
    """
    if not frame.index.is_unique:
        raise FrameError(N_("待修复的轮廓编号有重复"))
    frame = to_degrees(frame)
    shapes = frame.geometry.copy()
    kinds = shapes.geom_type
    sound = shapes.isna() | shapes.is_empty | kinds.isin(_POINTS) | _sound_areas(shapes, city)
    repairs: dict[Hashable, dict[str, object]] = {}
    rejects: dict[Hashable, dict[str, object]] = {}
    for row in frame.index[~sound]:
        drawn = shapes.loc[row]
        repair, area = _as_area(drawn)
        kept = _without_slivers(area, city)
        if kept is None:
            rejects[row] = _reject(drawn, city)
        else:
            shapes.loc[row] = kept
            reason = _reason(drawn, repair)
            repairs[row] = {"repair": repair.value, "reason": reason} | _areas(drawn, kept, city)
    return Repaired(
        frame.set_geometry(shapes).drop(index=list(rejects)),
        _table(repairs, ["repair", "reason", "area_m2", "area_change_m2"]),
        _table(rejects, ["reason", "remedy"]),
    )


def _sound_areas(shapes: gpd.GeoSeries, city: City) -> NDArray[np.bool_]:
    sound = np.asarray(shapes.geom_type.isin(_AREAS) & shapes.is_valid, dtype=bool)
    sound[sound] = _measure_m2(shapes.to_numpy()[sound], city) >= city.shapes.sliver_m2
    return sound


def _as_area(drawn: BaseGeometry) -> tuple[Repair, BaseGeometry]:
    """Return what has to be done, and the valid area that results: empty where there is none."""
    if not np.isfinite(shapely.get_coordinates(drawn)).all():
        return Repair.UNTANGLED, shapely.Polygon()
    if drawn.geom_type in _AREAS:
        return Repair.UNTANGLED, _valid(drawn)
    if drawn.geom_type == "GeometryCollection":
        areas = [part for part in shapely.get_parts(drawn) if part.geom_type in _AREAS]
        return Repair.EXTRACTED, _valid(shapely.union_all([_valid(area) for area in areas]))
    return Repair.CLOSED, _closed(shapely.line_merge(drawn))


def _closed(line: BaseGeometry) -> BaseGeometry:
    ends = shapely.get_coordinates(line)
    if line.geom_type not in ("LineString", "LinearRing") or len(ends) < 3:
        return shapely.Polygon()
    gap = np.hypot(*(ends[0] - ends[-1]))
    return _valid(shapely.Polygon(ends)) if gap <= _OPEN_SHARE * line.length else shapely.Polygon()


def _valid(area: BaseGeometry) -> BaseGeometry:
    # The union dissolves edges that the method may leave between two parts, which were invalid.
    return shapely.union_all(
        shapely.get_parts(shapely.make_valid(area, method="structure", keep_collapsed=False))
    )


def _without_slivers(area: BaseGeometry, city: City) -> BaseGeometry | None:
    parts = np.asarray(
        [part for part in shapely.get_parts(area) if part.geom_type == "Polygon"], dtype=object
    )
    kept = parts[_measure_m2(parts, city) >= city.shapes.sliver_m2]
    if not len(kept):
        return None
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))


def _measure_m2(shapes: NDArray[np.object_] | list[BaseGeometry], city: City) -> NDArray[np.float64]:
    metric = gpd.GeoSeries(shapes, crs=WGS84_EPSG).to_crs(city.metric_epsg)
    return np.asarray(metric.area.to_numpy(), dtype=np.float64)


def _areas(drawn: BaseGeometry, kept: BaseGeometry, city: City) -> dict[str, object]:
    before_m2, after_m2 = _measure_m2([drawn, kept], city)
    return {"area_m2": after_m2, "area_change_m2": after_m2 - before_m2}


def _reason(drawn: BaseGeometry, repair: Repair) -> Phrase:
    if repair is Repair.CLOSED:
        return Phrase(N_("轮廓画成了线"))
    if repair is Repair.EXTRACTED:
        return Phrase(N_("轮廓混有点或线"))
    words, _, place = shapely.is_valid_reason(drawn).partition("[")
    reason = Phrase(_REASONS.get(words, words))
    at = ", ".join(f"{float(number):.6f}" for number in place.rstrip("]").split())
    return Phrase(N_("{reason}（{at}）"), reason=reason, at=at) if at else reason


def _reject(drawn: BaseGeometry, city: City) -> dict[str, object]:
    reason = _reason(drawn, Repair.UNTANGLED)
    if drawn.is_valid and drawn.geom_type in _AREAS:
        reason = Phrase(N_("面积不足 {least} m²"), least=f"{city.shapes.sliver_m2:g}")
    elif drawn.is_valid:
        reason = Phrase(N_("{kind} 不围成任何面"), kind=drawn.geom_type)
    return {"reason": reason, "remedy": Phrase(N_("请在源数据中重画该轮廓，或清空几何后再导入"))}


def _table(rows: dict[Hashable, dict[str, object]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
