"""Route sheets: the same lines in every file, each time beside its label."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import numpy as np
import openpyxl
import orjson
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.routes.itinerary import draw_up
from geo.routes.plans import DayPlan, DayRequest
from geo.texts import fill
from portal.documents import routes as sheets
from portal.documents import tables
from portal.documents.tables import Table
from portal.store.routes import records as store
from tests.geo.towns import line_town, stop_at
from tests.portal import route_days

LABEL = "直线估算，非路网"


def say(text: str, **params: object) -> str:
    return fill(text, params)


def table_of(sheet: sheets.Sheet) -> Table:
    return sheets.make_table(sheet, "zh", say)


@pytest.fixture
def sheet(session: Session, city: City) -> sheets.Sheet:
    viewer = route_days.add_inspector(session)
    ids = route_days.add_communities(session)
    route_id = route_days.plan(session, city, viewer, ids, visit_minutes=100)
    stored = store.load(session, route_id, city.zone)
    return sheets.make_sheet(stored, store.facts(session, route_id), city)


def test_lines_follow_the_day(sheet: sheets.Sheet) -> None:
    kinds = [line.row.kind.value for line in sheet.lines]
    assert kinds == ["start", "stop", "stop", "pause", "stop", "end"]
    stops = [line for line in sheet.lines if line.community_id]
    assert [line.row.order for line in stops] == [1, 2, 3]
    assert all(line.begins is not None and line.begins >= line.row.eta for line in stops)


def exact_day(city: City) -> DayPlan:
    """Return a day along a road: 9 min 22 s between stops, the third reached shortly before lunch."""
    stops = tuple(
        stop_at(str(n), 5620.0 * n, visit_minutes=length) for n, length in ((1, 60), (2, 85), (3, 30))
    )
    start = stop_at("bureau", 0)
    asked = DayRequest(date(2099, 6, 3), start, stops, start)
    network = line_town(3 * 5620.0)
    travel_s = np.ceil(network.matrix([start, *stops, start]).seconds).astype(np.int64)
    return draw_up(asked, (1, 2, 3), travel_s, (), network, city)


def test_minutes_and_times_agree(sheet: sheets.Sheet, city: City) -> None:
    made = sheets.make_sheet(replace(sheet.route, plan=exact_day(city)), {}, city)
    rows = list(csv.DictReader(io.StringIO(tables.to_csv(table_of(made), say).decode("utf-8-sig"))))
    times = [(row["预计到达（不含实时路况）"], row["离开"], row["行车（分钟）"]) for row in rows]
    assert times == [
        ("09:00", "09:00", ""),
        ("09:09", "10:09", "9"),
        ("10:19", "11:44", "10"),
        ("11:53", "14:30", "9"),
        ("12:00", "14:00", ""),
        ("14:58", "", "28"),
    ]
    assert made.travel_minutes == 9 + 10 + 9 + 28
    assert dict(table_of(made).notes)["行车（分钟）"] == 56
    found = orjson.loads(tables.to_geojson(table_of(made)))["features"]
    assert [leg["properties"]["minutes"] for leg in found[:4]] == [9, 10, 9, 28]
    assert [stop["properties"]["arrives"] for stop in found[5:8]] == ["09:09", "10:19", "11:53"]


def test_a_visit_after_lunch_says_that_it_waits_for_it(sheet: sheets.Sheet, city: City) -> None:
    made = sheets.make_sheet(replace(sheet.route, plan=exact_day(city)), {}, city)
    rests = {line.row.order: line.rest for line in made.lines if line.row.order}
    assert rests[1] is rests[2] is None
    assert rests[3] is not None
    assert (f"{rests[3].start:%H:%M}", f"{rests[3].end:%H:%M}") == ("12:00", "14:00")
    assert [line.row.wait_minutes for line in made.lines if line.row.order == 3] == [7]


def test_csv_says_beside_the_times_what_they_are_not(sheet: sheets.Sheet) -> None:
    rows = list(csv.DictReader(io.StringIO(tables.to_csv(table_of(sheet), say).decode("utf-8-sig"))))
    assert [row["类别"] for row in rows] == ["起点", "检查站点", "检查站点", "休息", "检查站点", "终点"]
    eta = f"预计到达（{LABEL}）"
    assert rows[0][eta] == "09:00"
    assert {row[eta][-2:] for row in rows} <= {"00", "15", "30", "45"}
    gates = {row["小区"]: row["出入口"] for row in rows}
    assert gates["安华苑"] == "南门"
    assert {row["街道"] for row in rows if row["类别"] == "检查站点"} == {"云岭"}
    assert rows[1]["检查时段"] == "09:00–12:00"
    assert float(rows[1]["行车（公里）"]) > 0


def test_workbook_explains_itself(sheet: sheets.Sheet) -> None:
    book = openpyxl.load_workbook(io.BytesIO(tables.to_xlsx(table_of(sheet), say)))
    assert book.sheetnames == ["路线单", "说明"]
    facts = {str(row[0].value): row[1].value for row in book["说明"]}
    assert facts["路线编号"] == sheet.route.number
    assert facts["数据性质"] == "虚构示例数据"
    assert facts["时间与路线"] == LABEL
    assert facts["检查人员"] == "王检查"
    assert book["路线单"].max_row == 1 + len(sheet.lines)


def test_left_out_stops_are_named_with_their_reason(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    ids = route_days.add_communities(session)
    route_id = route_days.plan(session, city, viewer, ids, visit_minutes=150)
    made = sheets.make_sheet(store.load(session, route_id, city.zone), {}, city)
    left_out = [value for label, value in table_of(made).notes if label == "未排入"]
    assert len(left_out) == 1
    assert str(left_out[0]).endswith("：当日班次内排不下")


def test_geojson_labels_every_way_and_stop(sheet: sheets.Sheet) -> None:
    found = orjson.loads(tables.to_geojson(table_of(sheet)))
    kinds = [feature["properties"]["kind"] for feature in found["features"]]
    assert kinds == ["leg"] * 4 + ["start"] + ["stop"] * 3 + ["end"]
    assert {feature["properties"]["note"] for feature in found["features"]} == {LABEL}
    assert found["note"] == LABEL
    assert found["approximate"] is True
    assert found["fictional"] is True
    first, second = found["features"][0], found["features"][5]
    assert first["geometry"]["coordinates"][-1] == pytest.approx(second["geometry"]["coordinates"])
    assert second["properties"]["order"] == 1


def test_a_way_of_no_length_has_no_shape(sheet: sheets.Sheet) -> None:
    (first, *others) = sheet.plan.stops
    here = replace(first, leg=replace(first.leg, line=shapely.LineString(), metres=0.0, seconds=0.0))
    plan = replace(sheet.plan, stops=(here, *others))
    found = orjson.loads(tables.to_geojson(table_of(replace(sheet, route=replace(sheet.route, plan=plan)))))
    assert found["features"][0]["geometry"] is None


def test_file_is_named_after_the_route(sheet: sheets.Sheet) -> None:
    name = tables.name_file(table_of(sheet), "csv", "zh", say)
    assert name == f"云岭市（虚构）_巡查路线_{sheet.route.number}.csv"
