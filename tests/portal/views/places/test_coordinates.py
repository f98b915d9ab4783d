"""Coordinates as people paste them."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from portal.errors import BadRequest
from portal.views.places.coordinates import read_outline, read_point, spell_outline
from tests.portal import waiting_city


@pytest.fixture(autouse=True)
def _town(session: Session) -> None:
    waiting_city.build(session)


def test_a_point_is_wgs84_unless_it_says_otherwise(session: Session) -> None:
    point = read_point({"point": " 114.05，22.5 "}, session)
    assert (point.lon, point.lat, point.datum) == (114.05, 22.5, Datum.WGS84)


@pytest.mark.parametrize("datum", [Datum.GCJ02, Datum.BD09])
def test_a_point_copied_from_a_web_map_is_converted_and_kept_as_typed(session: Session, datum: Datum) -> None:
    point = read_point({"point": "114.057868,22.543099", "datum": datum.value}, session)
    assert (point.raw_lon, point.raw_lat, point.datum) == (114.057868, 22.543099, datum)
    lon, lat = convert(114.057868, 22.543099, datum)
    assert (point.lon, point.lat) == (float(lon), float(lat))
    assert abs(point.lon - 114.057868) > 0.004


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "没有坐标"),
        ({"point": "园岭路8号"}, "不是 经度,纬度"),
        ({"point": "22.5,114.05"}, "超出地图范围"),
        ({"point": "0,0"}, "本市之外"),
        ({"point": "121.47,31.23"}, "本市之外"),
        ({"point": "nan,22.5"}, "超出地图范围"),
        ({"point": "114.05,22.5", "datum": "beijing54"}, "beijing54"),
    ],
)
def test_what_cannot_be_a_place_of_the_city_is_refused(
    session: Session, typed: dict[str, str], words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        read_point(typed, session)


def test_an_outline_is_read_corner_by_corner(session: Session) -> None:
    corners = "114.05,22.5\n114.06,22.5\n114.06,22.51"
    outline = read_outline({"corners": corners}, session)
    assert list(outline.exterior.coords)[:-1] == [(114.05, 22.5), (114.06, 22.5), (114.06, 22.51)]
    moved = read_outline({"corners": corners, "datum": "gcj02"}, session)
    assert moved.exterior.coords[0][0] == pytest.approx(114.0449, abs=1e-3)


@pytest.mark.parametrize(
    ("corners", "words"),
    [
        ("", "没有边界"),
        ("114.05,22.5\n114.06,22.5", "三个顶点"),
        ("114.05,22.5\n114.06,22.51\n114.06,22.5\n114.05,22.51", "自相交"),
        ("121.4,31.2\n121.5,31.2\n121.5,31.3", "本市之外"),
    ],
)
def test_an_outline_that_encloses_no_area_of_the_city_is_refused(
    session: Session, corners: str, words: str
) -> None:
    with pytest.raises(BadRequest, match=words):
        read_outline({"corners": corners}, session)


def test_one_ring_is_spelled_as_it_is_read(session: Session) -> None:
    ring = (
        '{"type":"MultiPolygon","coordinates":[[[[114.05,22.5],[114.06,22.5],[114.06,22.51],[114.05,22.5]]]]}'
    )
    spelled = spell_outline(ring)
    assert spelled == "114.050000,22.500000\n114.060000,22.500000\n114.060000,22.510000"
    assert read_outline({"corners": spelled}, session).area > 0
    assert spell_outline(None) == ""


def test_several_rings_are_not_spelled() -> None:
    square = "[[0,0],[1,0],[1,1],[0,0]]"
    assert spell_outline(f'{{"type":"MultiPolygon","coordinates":[[{square}],[{square}]]}}') == ""
