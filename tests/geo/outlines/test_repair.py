"""Repair of outlines: what is mended, what is refused, what is left alone."""

from __future__ import annotations

import re
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.datums.crs import Datum, to_wgs84
from geo.errors import FrameError
from geo.outlines.repair import Repair, repair_outlines
from geo.policy.city import City

LON, LAT, STEP = 114.0, 22.5, 0.001  # a step is about 100 m
SQUARE = [(0, 0), (1, 0), (1, 1), (0, 1)]


def at(*steps: tuple[float, float]) -> list[tuple[float, float]]:
    return [(LON + STEP * x, LAT + STEP * y) for x, y in steps]


def frame_of(*shapes: shapely.Geometry | None) -> gpd.GeoDataFrame:
    names = [f"outline {number}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"name": names}, geometry=list(shapes), crs=4326, index=range(5, 5 + len(shapes)))


BOW_TIE = shapely.Polygon(at((0, 0), (2, 2), (2, 0), (0, 2)))


def test_sound_rows_are_left_alone(city: City) -> None:
    frame = frame_of(shapely.Polygon(at(*SQUARE)), shapely.Point(LON, LAT), None, shapely.Polygon())
    out = repair_outlines(frame, city)
    assert out.repairs.empty and out.rejects.empty
    assert out.frame.index.tolist() == frame.index.tolist()
    assert out.frame.geometry.iloc[2] is None
    assert shapely.equals_exact(out.frame.geometry.iloc[0], frame.geometry.iloc[0])


def test_a_tangled_ring_becomes_what_it_encloses(city: City) -> None:
    frame = frame_of(shapely.Polygon(at(*SQUARE)), BOW_TIE)
    out = repair_outlines(frame, city)
    assert out.frame.is_valid.all() and not frame.is_valid.all()
    assert out.repairs.index.tolist() == [6]
    repair = out.repairs.loc[6]
    assert repair["repair"] == Repair.UNTANGLED
    assert repair["reason"].startswith("边界自相交（114.001")
    assert repair["reason"].params["reason"] == "边界自相交"
    assert re.fullmatch(r"边界自相交（-?\d+\.\d{6}, -?\d+\.\d{6}）", repair["reason"])
    # The two lobes cancel out as drawn; repaired, both count.
    assert repair["area_change_m2"] == pytest.approx(repair["area_m2"], rel=1e-3)
    assert repair["area_m2"] == pytest.approx(2 * 102.9 * 110.7, rel=0.01)


def test_slivers_left_by_a_repair_are_dropped(city: City) -> None:
    # The ring crosses itself 1 m before its last corner: a lobe of some 1 m² remains.
    ring = at((0, 0), (3, 0), (3, 3), (0.01, 3), (-0.01, 2.99), (0.01, 2.99), (0, 3))
    out = repair_outlines(frame_of(shapely.Polygon(ring)), city)
    assert out.frame.geometry.iloc[0].geom_type == "Polygon"
    assert len(out.repairs) == 1


def test_a_ring_drawn_as_a_line_is_closed(city: City) -> None:
    open_ring = shapely.LineString(at(*SQUARE, (0, 0.05)))
    halves = shapely.MultiLineString([at((0, 0), (1, 0), (1, 1)), at((1, 1), (0, 1), (0, 0))])
    out = repair_outlines(frame_of(open_ring, halves), city)
    assert out.repairs["repair"].tolist() == ["closed", "closed"]
    assert set(out.frame.geom_type) == {"Polygon"}
    assert out.repairs["area_m2"].iloc[1] == pytest.approx(102.9 * 110.7, rel=0.01)


def test_a_ring_may_come_as_a_ring_but_not_with_two_corners(city: City) -> None:
    ring, flat = shapely.LinearRing(at(*SQUARE)), shapely.LineString(at((0, 0), (1, 1)))
    out = repair_outlines(frame_of(ring, flat), city)
    assert out.frame.geometry.iloc[0].equals(shapely.Polygon(at(*SQUARE)))
    assert out.repairs["repair"].tolist() == [Repair.CLOSED]
    assert out.rejects.index.tolist() == [6]


def test_areas_are_taken_out_of_a_collection(city: City) -> None:
    mixed = shapely.GeometryCollection([shapely.Polygon(at(*SQUARE)), shapely.Point(LON, LAT)])
    out = repair_outlines(frame_of(mixed), city)
    assert out.repairs["repair"].tolist() == ["extracted"]
    assert out.frame.geometry.iloc[0].geom_type == "Polygon"


@pytest.mark.parametrize(
    ("shape", "reason"),
    [
        (shapely.LineString(at((0, 0), (5, 5), (9, 0))), "LineString 不围成任何面"),
        (shapely.MultiPoint(at(*SQUARE)), "MultiPoint 不围成任何面"),
        (shapely.GeometryCollection([shapely.Point(LON, LAT)]), "GeometryCollection 不围成任何面"),
        (shapely.Polygon(at((0, 0), (1, 1), (2, 2))), "面积不足 10 m²|边界自相交"),
        (shapely.Polygon(at((0, 0), (0.02, 0), (0.02, 0.02))), "面积不足 10 m²"),
        (shapely.Polygon(at((0, 0), (1, np.inf), (1, 0))), "坐标不是有效数字"),
        (shapely.Polygon(at((0, 0), (0.01, 0.01), (0.01, 0), (0, 0.01))), "边界自相交"),
    ],
)
def test_what_is_no_area_is_refused_with_a_remedy(city: City, shape: shapely.Geometry, reason: str) -> None:
    out = repair_outlines(frame_of(shapely.Polygon(at(*SQUARE)), shape), city)
    assert out.frame.index.tolist() == [5]
    assert out.repairs.empty
    assert out.rejects.index.tolist() == [6]
    assert out.rejects["reason"].str.contains(reason).all()
    assert "再导入" in out.rejects.loc[6, "remedy"]


def test_repair_leaves_nothing_to_repair(city: City) -> None:
    once = repair_outlines(frame_of(BOW_TIE, shapely.LineString(at(*SQUARE, (0, 0)))), city)
    twice = repair_outlines(once.frame, city)
    assert twice.repairs.empty and twice.rejects.empty


def test_a_repeated_index_is_refused(city: City) -> None:
    with pytest.raises(FrameError, match="重复"):
        repair_outlines(frame_of(BOW_TIE).iloc[[0, 0]], city)


def test_parts_that_share_an_edge_become_one(city: City) -> None:
    # Left to itself, GEOS 3.14 makes two triangles of this ring that touch along an edge.
    ring = shapely.Polygon(at((1, 1), (0, 0), (1, 0), (1, 1), (0, 0), (0, 1)))
    out = repair_outlines(frame_of(ring), city)
    assert out.frame.geometry.iloc[0].equals(shapely.Polygon(at((0, 0), (1, 0), (1, 1), (0, 1))))


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=3, max_size=9))
def test_any_ring_is_sound_repaired_or_refused(city: City, corners: list[tuple[float, float]]) -> None:
    out = repair_outlines(frame_of(shapely.Polygon(at(*corners))), city)
    assert len(out.frame) + len(out.rejects) == 1
    assert out.frame.is_valid.all()
    assert set(out.frame.geom_type) <= {"Polygon", "MultiPolygon"}


@pytest.mark.realdata
def test_four_of_shenzhens_outlines_are_repaired(real_data: Path, city: City) -> None:
    raw = gpd.read_file(real_data / "shenzhen/community_outlines_bd09.geojson")
    out = repair_outlines(raw, city)
    assert len(out.frame) == len(raw) == 1548
    assert out.rejects.empty
    assert raw.loc[out.repairs.index, "src_index"].tolist() == [747, 2966, 4228, 6741]
    assert out.repairs["area_change_m2"].abs().max() < 1
    converted = to_wgs84(out.frame, Datum.BD09)
    assert converted.is_valid.all() and set(converted.geom_type) == {"Polygon"}


@pytest.mark.realdata
def test_shenzhens_streets_need_no_repair(real_data: Path, city: City) -> None:
    out = repair_outlines(gpd.read_file(real_data / "shenzhen/streets_gcj02.geojson"), city)
    assert len(out.frame) == 74
    assert out.repairs.empty and out.rejects.empty
