"""The table of a result, and the files that hold it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson
import pytest

from geo.policy.city import City
from geo.texts import fill
from portal.documents import queries as exports
from portal.query import CommunityQuery, Near
from portal.store.queries.facts import AsOf
from tests.portal.small_city import LAST_COMPLAINT_DAY, TODAY, ZONE

AS_OF = AsOf(TODAY, LAST_COMPLAINT_DAY, ZONE)
ABOUT = exports.About(
    "云岭市",
    True,
    "评分低于 70",
    "2025-Q3",
    "2025-10-03",
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
    "district": "",
    "street": None,
    "kind": "塔楼",
    "households": None,
    "points": 69.949,
    "band": "pass",
    "complaints": 0,
    "inspected_at": datetime(2025, 9, 30, 17, tzinfo=UTC),
    "overdue": 0,
    "firm": None,
    "distance_m": 1234.5678,
    "geometry": None,
}


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


def test_cells_are_what_the_screen_shows(city: City) -> None:
    cells = exports.cells(ROW, city, AS_OF, "zh", say)
    assert cells == {
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
    cells = exports.cells(row, city, AS_OF, "en", say)
    assert [cells[key] for key in ("points", "inspected", "kind", "distance")] == [None] * 4
    assert cells["band"] == "无评分"


def test_every_column_has_its_cell(city: City) -> None:
    query = CommunityQuery(near=Near(114, 22, 500.0))
    cells = exports.cells(ROW, city, AS_OF, "zh", say)
    assert {column.key for column in exports.columns_of(query, city, "zh")} == set(cells)
    assert {column.key for column in exports.columns_of(CommunityQuery(), city, "zh")} == set(cells) - {
        "distance"
    }


def test_the_heading_says_what_is_counted(city: City) -> None:
    query = CommunityQuery(complaint_days=90, category=city.complaints.categories[0].code)
    column = next(c for c in exports.columns_of(query, city, "zh") if c.key == "complaints")
    assert say(column.title, **column.params) == f"投诉（{city.complaints.categories[0].name}，近 90 天，件）"


def test_geojson_of_a_community_without_place_has_null_geometry(city: City) -> None:
    columns = exports.columns_of(CommunityQuery(), city, "zh")
    table = [exports.cells(ROW, city, AS_OF, "zh", say)]
    collection = orjson.loads(exports.to_geojson(table, [ROW], columns, ABOUT, say))
    feature = collection["features"][0]
    assert (feature["id"], feature["geometry"]) == (7, None)
    assert feature["properties"]["inspected"] == "2025-10-01"
    assert collection["fictional"] is True


@pytest.mark.parametrize(
    "words", ["评分低于 70", "名称含“" + "很长" * 60 + "”", 'a/b\\c:d*e?f"g<h>i|j\n k', ""]
)
def test_file_names_fit_every_file_system(words: str) -> None:
    name = exports.file_name(replace(ABOUT, words=words), "csv", say)
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\n')
    assert name.startswith("云岭市（虚构）_")
    assert name.endswith("_1个小区_截至2025-10-03.csv")
