"""The table of a result, and the files that hold it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from geo.policy.city import City
from geo.texts import fill
from portal.as_of import choose
from portal.documents import queries as exports
from portal.documents import tables
from portal.documents.tables import Table
from portal.query import CommunityQuery, Near
from tests.portal.small_city import LAST_COMPLAINT_DAY, ZONE

AS_OF = choose(LAST_COMPLAINT_DAY, {}, ZONE)
ABOUT = exports.About(
    "评分低于 70",
    "2025-Q3",
    AS_OF,
    "2025-10-10T09:00:00+08:00",
    1,
    0,
    3,
    "/query?points_below=70",
)
ROW: dict[str, Any] = {
    "id": 7,
    "name": None,
    "key": "8466",
    "district": None,
    "street": None,
    "kind": "塔楼",
    "households": None,
    "points": 69.949,
    "band": "pass",
    "complaints": 0,
    "inspected_at": datetime(2025, 9, 30, 17, tzinfo=UTC),
    "later_at": None,
    "overdue": 0,
    "firm": None,
    "distance_m": 1234.5678,
    "lon": None,
    "geometry": None,
}


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


def columns(city: City, query: CommunityQuery) -> tuple[exports.Column, ...]:
    return exports.columns_of(query, city, AS_OF, "zh")


def cells(city: City, row: dict[str, Any], language: str = "zh") -> dict[str, Any]:
    near = CommunityQuery(near=Near(114, 22, 500.0))
    return exports.cells(row, columns(city, near), city, AS_OF, language, say)


def made(city: City, row: dict[str, Any], about: exports.About = ABOUT) -> Table:
    asked = columns(city, CommunityQuery())
    line = exports.cells(row, asked, city, AS_OF, "zh", say)
    return exports.make_table([line], [row], asked, about, city, "zh", say)


def test_cells_are_what_the_screen_shows(city: City) -> None:
    assert cells(city, ROW) == {
        "name": "未命名小区 8466",
        "district": None,
        "street": None,
        "points": 69.9,
        "band": "合格",
        "complaints": 0,
        "inspected": date(2025, 10, 1),  # in the city it was the next day already
        "overdue": 0,
        "firm": None,
        "kind": "塔楼",
        "households": None,
        "distance": 1235,
    }


def test_missing_stays_missing_and_never_becomes_zero(city: City) -> None:
    row = ROW | {"points": None, "band": "none", "inspected_at": None, "kind": None, "distance_m": None}
    found = cells(city, row, "en")
    assert [found[key] for key in ("points", "inspected", "kind", "distance")] == [None] * 4
    assert found["band"] == "无评分"


def test_there_is_a_distance_only_from_a_point(city: City) -> None:
    far, near = CommunityQuery(), CommunityQuery(near=Near(114, 22, 500.0))
    keys = [[column.key for column in columns(city, query)] for query in (far, near)]
    assert set(keys[1]) - set(keys[0]) == {"distance"}
    assert list(cells(city, ROW)) == keys[1]


@pytest.mark.parametrize(
    "query",
    [CommunityQuery(points_below=60), CommunityQuery(points_at_least=90), CommunityQuery(bands=("fail",))],
)
def test_a_score_that_is_asked_for_stands_with_its_grade_behind_the_name(
    city: City, query: CommunityQuery
) -> None:
    assert [column.key for column in columns(city, query)][:4] == ["name", "points", "band", "district"]


def test_a_district_that_is_asked_for_comes_before_what_is_not(city: City) -> None:
    asked = CommunityQuery(districts=("南区",), overdue=True)
    assert [column.key for column in columns(city, asked)][:4] == ["name", "district", "overdue", "street"]


def test_a_city_without_streets_has_districts_and_no_column_of_streets(city: City) -> None:
    keys = [column.key for column in exports.columns_of(CommunityQuery(), city, AS_OF, "zh", streets=False)]
    assert keys[:3] == ["name", "district", "points"]
    assert "street" not in keys


def test_the_heading_says_what_is_counted(city: City) -> None:
    query = CommunityQuery(complaint_days=90, category=city.complaints.categories[0].code)
    column = next(column for column in columns(city, query) if column.key == "complaints")
    assert column.heading(say) == f"投诉（{city.complaints.categories[0].name}，近 90 天，件）"


def test_geojson_of_a_community_without_place_has_null_geometry(city: City) -> None:
    collection = orjson.loads(tables.to_geojson(made(city, ROW)))
    (feature,) = collection["features"]
    assert (feature["id"], feature["geometry"]) == (7, None)
    assert feature["properties"]["inspected"] == "2025-10-01"
    assert collection["fictional"] is True
    assert collection["columns"]["name"] == "小区"
    point = '{"type":"Point","coordinates":[114.05,22.5]}'
    (feature,) = orjson.loads(tables.to_geojson(made(city, ROW | {"geometry": point})))["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [114.05, 22.5]}


def test_a_file_says_which_community_it_is_and_whether_it_is_on_the_map(city: City) -> None:
    found = [made(city, ROW | {"lon": lon}) for lon in (None, 114.05)]
    assert [column.heading(say) for column in found[0].columns][-2:] == ["定位", "小区编号"]
    ends = [[(row["place"], row["id"]) for row in table.rows] for table in found]
    assert ends == [[("未定位", 7)], [("已定位", 7)]]
    (feature,) = found[0].features  # in GeoJSON the id and the geometry say so
    assert "place" not in feature["properties"]


def test_notes_say_what_was_asked_of_what(city: City) -> None:
    notes = dict(made(city, ROW).notes)
    assert (notes["城市"], notes["数据性质"], notes["查询条件"]) == ("云岭市", "虚构示例数据", "评分低于 70")
    assert (notes["小区数"], notes["所涉街道未落到小区的投诉，不计入"]) == (1, 3)
    assert notes["坐标系"] == "WGS 84 (EPSG:4326)"


def test_the_file_is_named_after_the_query(city: City) -> None:
    name = tables.name_file(made(city, ROW), "csv", "zh", say)
    assert name == "云岭市（虚构）_评分低于 70_1个小区_截至2025-10-03.csv"


def test_columns_of_the_conditions_come_first_after_the_name(city: City) -> None:
    plain = [column.key for column in columns(city, CommunityQuery())]
    conditions: dict[str, CommunityQuery] = {
        "points": CommunityQuery(points_at_least=0),
        "complaints": CommunityQuery(complaints_at_least=0),
        "inspected": CommunityQuery(not_inspected_days=0),
        "overdue": CommunityQuery(overdue=True),
        "firm": CommunityQuery(firm_id=3),
        "kind": CommunityQuery(kind="old"),
    }
    for key, query in conditions.items():
        found = [column.key for column in columns(city, query)]
        assert found[:2] == ["name", key]
        assert sorted(found) == sorted(plain)
    several = CommunityQuery(near=Near(114, 22, 500.0), overdue=True, firm="物业", category="lift")
    found = [column.key for column in columns(city, several)]
    assert found[:6] == ["name", "distance", "complaints", "overdue", "firm", "district"]
