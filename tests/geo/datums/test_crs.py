"""Datums, conversions of arrays and frames, and what is refused."""

from __future__ import annotations

import math
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.datums.crs import (
    Datum,
    convert,
    convert_geometries,
    coordinate_faults,
    parse_datum,
    to_degrees,
    to_wgs84,
)
from geo.errors import DatumError

IN_CHINA = st.tuples(st.floats(73, 135), st.floats(18, 53))


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("wgs84", Datum.WGS84),
        ("WGS 84", Datum.WGS84),
        ("EPSG:4326", Datum.WGS84),
        ("CGCS2000", Datum.CGCS2000),
        ("epsg：4490", Datum.CGCS2000),
        ("天地图", Datum.CGCS2000),
        ("ＧＣＪ－０２", Datum.GCJ02),
        ("火星坐标系", Datum.GCJ02),
        ("Amap", Datum.GCJ02),
        *((text, Datum.WGS84) for text in ("WGS", "GPS", "4326", "世界大地坐标系")),
        *((text, Datum.CGCS2000) for text in ("CGCS", "4490", "Tianditu", "国家2000", "国家大地2000")),
        ("2000国家大地坐标系", Datum.CGCS2000),
        *((text, Datum.GCJ02) for text in ("GCJ", "Tencent", "火星坐标", "国测局", "高德", "腾讯")),
        *((text, Datum.BD09) for text in ("BD-09 LL", "BD", "Baidu", "百度坐标", "百度坐标系")),
        ("bd-09", Datum.BD09),
        ("百度", Datum.BD09),
    ],
)
def test_spellings(text: str, datum: Datum) -> None:
    assert parse_datum(text) is datum


def test_every_value_and_name_is_understood() -> None:
    for datum in Datum:
        assert parse_datum(datum.value) is datum
        assert datum.label.startswith(f"{datum.short}（")
        assert parse_datum(datum.short) is datum


def test_unknown_spelling_says_what_is_known() -> None:
    with pytest.raises(DatumError, match="nad27") as caught:
        parse_datum("nad27")
    assert "gcj02" in caught.value.remedy


@given(IN_CHINA, st.sampled_from(Datum), st.sampled_from(Datum))
def test_conversion_there_and_back(place: tuple[float, float], source: Datum, target: Datum) -> None:
    there = convert(*place, source, target)
    back = convert(*there, target, source)
    assert math.dist((float(back[0]), float(back[1])), place) < 1e-9


@given(IN_CHINA, st.sampled_from(Datum))
def test_cgcs2000_is_wgs84(place: tuple[float, float], other: Datum) -> None:
    assert convert(*place, Datum.CGCS2000, other) == convert(*place, Datum.WGS84, other)
    assert Datum.CGCS2000.coincident is Datum.WGS84


def test_shape_is_kept() -> None:
    lon, lat = convert(np.full((2, 3), 114.0), 22.5, Datum.BD09)
    assert lon.shape == lat.shape == (2, 3)
    assert np.ptp(lon) == 0


@pytest.mark.parametrize("bad", [(np.nan, 22.5), (114.0, np.inf), (181.0, 22.5), (22.5, 114.0)])
def test_conversion_refuses_what_is_no_coordinate(bad: tuple[float, float]) -> None:
    with pytest.raises(DatumError, match=f"{bad[0]:g}，{bad[1]:g}"):
        convert([114.0, bad[0]], [22.5, bad[1]], Datum.GCJ02)


def test_geometries_keep_their_kind_and_lose_their_height() -> None:
    polygon = shapely.Polygon([(114, 22, 5), (114.01, 22, 5), (114.01, 22.01, 5)])
    moved = convert_geometries([polygon, None, shapely.Point()], Datum.GCJ02)
    assert moved[0].geom_type == "Polygon" and not moved[0].has_z
    assert moved[0].exterior.coords[0] == pytest.approx(np.array(convert(114, 22, Datum.GCJ02)))
    assert moved[1] is None and moved[2].is_empty


def test_frame_without_crs_is_degrees_of_the_datum() -> None:
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Point(114.06, 22.54)])
    out = to_wgs84(frame, Datum.GCJ02)
    assert out.crs.to_epsg() == 4326
    assert out.name.tolist() == ["甲"]
    assert frame.geometry.iloc[0].x == 114.06
    assert out.geometry.iloc[0].x == float(convert(114.06, 22.54, Datum.GCJ02)[0]) < 114.06


def test_epsg_4490_keeps_its_numbers() -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(114.06, 22.54)], crs=4490)
    out = to_wgs84(frame, Datum.CGCS2000)
    assert out.crs.to_epsg() == 4326
    assert shapely.equals_exact(out.geometry.iloc[0], shapely.Point(114.06, 22.54))


def test_projected_frame_is_brought_to_degrees_first() -> None:
    here = gpd.GeoDataFrame(geometry=[shapely.Point(114.06, 22.54)], crs=4490)
    out = to_wgs84(here.to_crs(4547), Datum.CGCS2000)  # CGCS2000 / three-degree zone of 114° E
    assert out.geometry.iloc[0].distance(here.geometry.iloc[0]) < 1e-9


@pytest.mark.parametrize(
    ("point", "shown", "remedy"),
    [
        (shapely.Point(np.nan, 22.5), "（nan，22.5）", "以度为单位"),
        (shapely.Point(200, 22.5), "（200，22.5）", "以度为单位"),
        (shapely.Point(22.54, 114.06), "（22.54，114.06）", "颠倒"),
    ],
)
def test_frame_with_a_faulty_row_names_it(point: shapely.Point, shown: str, remedy: str) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(114, 22), point], index=["a", "row 7"], crs=4326)
    with pytest.raises(DatumError, match=f"第 row 7 行的坐标{shown}") as caught:
        to_wgs84(frame, Datum.WGS84)
    assert remedy in caught.value.remedy


def test_faults_are_listed_once_a_row() -> None:
    line = shapely.LineString([(114, 22), (np.inf, 22), (999, 22)])
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(114, 22), None, line], index=[10, 11, 12])
    assert coordinate_faults(frame).to_dict("index") == {12: {"lon": np.inf, "lat": 22.0}}
    assert coordinate_faults(frame.iloc[:2]).empty


@pytest.mark.realdata
def test_converted_districts_lie_under_converted_streets(real_data: Path) -> None:
    # Districts came as WGS 84, streets as GCJ-02: converted, they cover the same ground.
    districts = gpd.read_file(real_data / "shenzhen/districts_wgs84.geojson")
    raw = gpd.read_file(real_data / "shenzhen/streets_gcj02.geojson")

    def shared(streets: gpd.GeoDataFrame) -> float:
        one = shapely.make_valid(districts.to_crs(32650).union_all())
        other = shapely.make_valid(to_degrees(streets).to_crs(32650).union_all())
        return float(one.intersection(other).area / one.union(other).area)

    as_labelled, converted = shared(raw), shared(to_wgs84(raw, Datum.GCJ02))
    assert as_labelled == pytest.approx(0.891, abs=0.001)
    assert converted == pytest.approx(0.916, abs=0.001)
