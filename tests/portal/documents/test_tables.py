"""A table as a file: the same columns in each kind, and a name that every file system takes."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import openpyxl
import orjson
import pytest

from geo.policy.city import City
from geo.texts import fill
from portal.documents import tables
from portal.documents.tables import Column, Table


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


@pytest.fixture
def table(city: City) -> Table:
    return Table(
        city=city,
        name=("名单", "至今"),
        title="小区",
        columns=[Column("name", "小区"), Column("points", "评分（{period}）", 1, {"period": "Q3"})],
        rows=[{"name": "安华苑", "points": 55.0}, {"name": "=SUM(A1)"}],
        notes=[("城市", "云岭市")],
        members={"n": 2},
        features=[tables.feature(7, None, {"name": "安华苑"})],
    )


def test_every_kind_holds_the_same_columns(table: Table) -> None:
    rows = list(csv.reader(io.StringIO(tables.to_csv(table, say).decode("utf-8-sig"))))
    assert rows == [["小区", "评分（Q3）"], ["安华苑", "55.0"], ["'=SUM(A1)", ""]]
    book = openpyxl.load_workbook(io.BytesIO(tables.to_xlsx(table, say)))
    assert book.sheetnames == ["小区", "说明"]
    assert [cell.value for cell in book["小区"][1]] == ["小区", "评分（Q3）"]
    assert book["小区"]["B3"].value is None
    assert [cell.value for cell in book["说明"][1]] == ["城市", "云岭市"]


def test_geojson_says_of_itself_what_it_is(table: Table) -> None:
    found = orjson.loads(tables.to_geojson(table))
    assert (found["type"], found["n"]) == ("FeatureCollection", 2)
    assert found["features"] == [
        {"type": "Feature", "id": 7, "geometry": None, "properties": {"name": "安华苑"}}
    ]


def test_a_geometry_may_be_geojson_as_text() -> None:
    point = {"type": "Point", "coordinates": [114.05, 22.5]}
    for geometry in (point, orjson.dumps(point).decode()):
        assert orjson.loads(orjson.dumps(tables.feature("a", geometry, {})))["geometry"] == point


def test_numbers_are_rounded_to_their_columns_digits() -> None:
    columns = [Column("a", "甲", 1), Column("b", "乙", 0), Column("c", "丙"), Column("d", "丁", 0)]
    cells = tables.round_cells({"a": 69.949, "b": 1234.5678, "c": 1.23456, "d": None}, columns)
    assert cells == {"a": 69.9, "b": 1235, "c": 1.23456, "d": None}
    assert isinstance(cells["b"], int)


def test_the_city_says_whether_it_is_invented(city: City) -> None:
    assert dict(tables.describe_city(city, "zh", say)) == {"城市": "云岭市", "数据性质": "虚构示例数据"}
    real = replace(city, fictional=False)
    assert dict(tables.describe_city(real, "en", say)) == {"城市": city.name_en, "数据性质": "实际数据"}


def test_the_name_says_whose_and_what(table: Table, city: City) -> None:
    assert tables.name_file(table, "csv", "zh", say) == "云岭市（虚构）_名单_至今.csv"
    real = replace(table, city=replace(city, fictional=False))
    assert tables.name_file(real, "gpx", "zh", say) == "云岭市_名单_至今.gpx"
    assert tables.name_file(real, "gpx", "en", say) == f"{city.name_en}_名单_至今.gpx"


@pytest.mark.parametrize(
    "words", ["评分低于 70", "名称含“" + "很长" * 60 + "”", 'a/b\\c:d*e?f"g<h>i|j\n k', "", "长" * 2_000]
)
def test_names_fit_every_file_system(table: Table, words: str) -> None:
    name = tables.name_file(replace(table, name=(words, "1个小区_截至2025-10-03")), "csv", "zh", say)
    assert len(name.encode()) <= 255
    assert not set(name) & set('/\\:*?"<>|\n')
    assert name.startswith("云岭市（虚构）_")
    assert name.endswith("_1个小区_截至2025-10-03.csv")
