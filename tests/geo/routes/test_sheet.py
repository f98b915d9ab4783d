"""The route sheet: its rows, its GPX file and its links into navigation apps."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest

from geo.datums.crs import Datum, convert
from geo.policy.city import City
from geo.roads.network import Network, Note, Place, RoadStretch, StraightLine
from geo.routes.itinerary import draw_up, round_times
from geo.routes.plans import DayPlan, DayRequest
from geo.routes.sheet import RowKind, SheetRow, link_navigation, list_roads, list_rows, write_gpx
from geo.texts import fill
from tests.geo.towns import line_town, stop_at

STEP_M = 5995.0
GPX = "{http://www.topografix.com/GPX/1/1}"


def plan(city: City, minutes: tuple[int, ...] = (60, 90, 60), *, network: Network | None = None) -> DayPlan:
    stops = tuple(
        stop_at(str(i), STEP_M * i, visit_minutes=length) for i, length in enumerate(minutes, start=1)
    )
    start = stop_at("bureau", 0)
    request = DayRequest(date(2025, 6, 3), start, stops, start)
    network = network or line_town(STEP_M * len(minutes))
    travel_s = np.ceil(network.matrix([start, *stops, start]).seconds).astype(np.int64)
    return draw_up(request, range(1, len(stops) + 1), travel_s, (), network, city)


def test_rows_follow_the_day(city: City) -> None:
    rows = list_rows(plan(city), city)
    assert [row.kind for row in rows] == [
        RowKind.START,
        RowKind.STOP,
        RowKind.STOP,
        RowKind.STOP,
        RowKind.PAUSE,
        RowKind.END,
    ]
    assert [row.order for row in rows] == [None, 1, 2, 3, None, None]
    assert [f"{row.eta:%H:%M}-{row.leaves:%H:%M}" for row in rows] == [
        "09:00-09:00",
        "09:10-10:10",
        "10:20-11:50",
        "12:00-15:00",
        "12:00-14:00",
        "15:29-15:29",
    ]
    assert {row.note for row in rows} == {Note.NO_TRAFFIC}


def test_a_day_without_stops_is_its_start_alone(city: City) -> None:
    alone = plan(city, (), network=line_town(STEP_M))
    assert [row.kind for row in list_rows(alone, city)] == [RowKind.START]
    points = ET.fromstring(write_gpx(alone, city, say)).findall(f"{GPX}wpt/{GPX}name")
    assert [point.text for point in points] == ["起点 小区bureau"]


def test_a_pause_stands_where_it_is_spent(city: City) -> None:
    at_the_stop = list_rows(plan(city, (60, 80, 60)), city)  # arrives at 11:50, begins at 14:00
    assert [row.order for row in at_the_stop] == [None, 1, 2, 3, None, None]
    assert f"{at_the_stop[3].eta:%H:%M} {at_the_stop[4].eta:%H:%M}" == "11:50 12:00"
    on_the_way = list_rows(plan(city, (60, 95, 60)), city)  # leaves at 11:55, drives on at 14:00
    assert [row.order for row in on_the_way] == [None, 1, 2, None, 3, None]
    assert f"{on_the_way[4].eta:%H:%M}" == "14:05"


def test_a_row_tells_what_the_inspector_needs(city: City) -> None:
    second, third = (row for row in list_rows(plan(city), city) if row.order in {2, 3})
    assert second.place is not None
    assert second.place.name == "小区2"
    assert (second.visit_minutes, second.wait_minutes) == (90, 0)
    assert (second.travel_minutes, second.travel_m) == pytest.approx((STEP_M / 600, STEP_M), rel=1e-3)
    assert second.via == ("长街",)
    assert [[f"{moment:%H:%M}" for moment in row.window or ()] for row in (second, third)] == [
        ["09:00", "12:00"],
        ["14:00", "17:30"],
    ]


def test_minutes_are_what_lies_between_the_times(city: City) -> None:
    exact = plan(city, (60, 95, 60))
    rounded = list_rows(round_times(exact, 1), city)
    stops = rows_driven_to(rounded)
    departures = [rounded[0].leaves, *(row.leaves for row in stops[:-1])]
    breaks = [0, 0, 120, 0]
    for row, departs, rest in zip(stops, departures, breaks, strict=True):
        assert row.travel_minutes == (row.eta - departs) / timedelta(minutes=1) - rest
        assert row.travel_minutes == int(row.travel_minutes)


def rows_driven_to(rows: list[SheetRow]) -> list[SheetRow]:
    return [row for row in rows if row.kind in {RowKind.STOP, RowKind.END}]


def test_lunch_on_the_way_to_the_end_stands_before_the_end(city: City) -> None:
    rows = list_rows(plan(city, (165,)), city)
    assert [row.kind for row in rows] == [RowKind.START, RowKind.STOP, RowKind.PAUSE, RowKind.END]


def test_estimated_rows_are_marked_and_name_no_road(city: City) -> None:
    estimated = plan(city, (30, 30), network=StraightLine(city.routes))
    rows = list_rows(round_times(estimated, 15), city)
    assert {row.note.text for row in rows} == {"直线估算，非路网"}
    assert {row.via for row in rows} == {()}
    assert {row.eta.minute % 15 for row in rows} == {0}
    minutes = [row.travel_minutes for row in rows_driven_to(rows)]
    assert minutes == [leg.seconds / 60 for leg in estimated.legs]  # not what lies between rounded times


def test_each_road_is_named_once(city: City) -> None:
    leg = plan(city).stops[0].leg
    roads = (RoadStretch("东路", 5), RoadStretch(None, 3), RoadStretch("西路", 2), RoadStretch("东路", 9))
    assert list_roads(replace(leg, roads=roads)) == ("东路", "西路")


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


def test_gpx_has_waypoints_and_one_route(city: City) -> None:
    root = ET.fromstring(write_gpx(plan(city), city, say))
    assert (root.tag, root.get("version")) == (f"{GPX}gpx", "1.1")
    assert [child.tag.removeprefix(GPX) for child in root] == [
        "metadata",
        "wpt",
        "wpt",
        "wpt",
        "wpt",
        "wpt",
        "rte",
    ]
    route = root.find(f"{GPX}rte")
    assert route is not None
    assert [child.tag.removeprefix(GPX) for child in route] == ["name", "desc", *["rtept"] * 5]
    names = [point.findtext(f"{GPX}name") for point in route.iter(f"{GPX}rtept")]
    assert names == ["起点 小区bureau", "1 小区1", "2 小区2", "3 小区3", "终点 小区bureau"]
    first = root.findall(f"{GPX}wpt")[1]
    assert first.findtext(f"{GPX}time") == "2025-06-03T01:10:00Z"
    assert first.findtext(f"{GPX}desc") == "09:10 不含实时路况"
    assert [child.tag.removeprefix(GPX) for child in first] == ["time", "name", "desc"]
    stop = plan(city).stops[0].stop
    assert (float(first.get("lon", "")), float(first.get("lat", ""))) == pytest.approx(
        (stop.lon, stop.lat), abs=1e-7
    )


def test_gpx_says_what_it_is(city: City) -> None:
    estimate = plan(city, (30, 30), network=StraightLine(city.routes))
    english = {"直线估算，非路网": "Straight line", "虚构示例数据": "Fictional", "起点": "Start"}
    text = write_gpx(estimate, city, lambda text, **params: english.get(text, text))
    assert "Straight line · Fictional" in text
    assert "<name>Start 小区bureau</name>" in text
    assert "<name>巡查路线 2025-06-03</name>" in write_gpx(estimate, city, say)
    real = write_gpx(estimate, replace(city, fictional=False), say)
    assert "直线估算，非路网" in real
    assert "虚构" not in real


def test_gpx_escapes_names(city: City) -> None:
    day = plan(city)
    name = '<script>"a" & b</script>\x00\x0b\ud800 花园]]>'
    stops = (replace(day.stops[0], stop=replace(day.stops[0].stop, name=name)), *day.stops[1:])
    text = write_gpx(replace(day, stops=stops), city, say)
    assert "<script>" not in text
    text.encode("utf-8")
    names = [element.text for element in ET.fromstring(text).iter(f"{GPX}name")]
    assert '1 <script>"a" & b</script> 花园]]>' in names


HOME = Place("k", "景田,花园|A:座 & <b>", 114.0423, 22.5561)


def gcj02() -> tuple[str, str]:
    lon, lat = convert(HOME.lon, HOME.lat, Datum.WGS84, Datum.GCJ02)
    return f"{float(lon):.6f}", f"{float(lat):.6f}"


def test_links_open_the_apps_at_the_gcj02_position() -> None:
    links = link_navigation(HOME)
    lon, lat = gcj02()
    assert abs(float(lon) - HOME.lon) > 0.003  # some hundred metres east of WGS 84
    name = "景田 花园 A 座 & <b>"

    amap = urlsplit(links.amap)
    assert (amap.scheme, amap.netloc, amap.path) == ("https", "uri.amap.com", "/navigation")
    assert parse_qs(amap.query) == {
        "to": [f"{lon},{lat},{name}"],
        "mode": ["car"],
        "src": ["wuye-atlas"],
        "callnative": ["1"],
    }

    baidu = urlsplit(links.baidu)
    assert (baidu.scheme, baidu.netloc, baidu.path) == ("baidumap", "map", "/direction")
    assert parse_qs(baidu.query) == {
        "destination": [f"name:{name}|latlng:{lat},{lon}"],
        "coord_type": ["gcj02"],
        "mode": ["driving"],
        "src": ["wuye-atlas"],
    }

    tencent = urlsplit(links.tencent)
    assert (tencent.scheme, tencent.netloc, tencent.path) == ("qqmap", "map", "/routeplan")
    assert parse_qs(tencent.query) == {
        "type": ["drive"],
        "to": [name],
        "tocoord": [f"{lat},{lon}"],
        "referer": ["wuye-atlas"],
    }


def test_links_hold_no_markup() -> None:
    links = link_navigation(HOME)
    for link in (links.amap, links.baidu, links.tencent):
        assert not set("<>\"' \n") & set(link)
