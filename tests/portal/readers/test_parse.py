from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.child.packing import unpack_words
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.parse import parse_file
from portal.readers.schema import Subject


@pytest.fixture
def parse(tmp_path: Path, limits: ReadLimits) -> Any:
    def parse(
        text: str, subject: Subject, mapping: ReadMapping | None = None, size: int | None = None
    ) -> Any:
        path = tmp_path / "a.csv"
        path.write_text(text, "utf-8")
        handle = os.open(path, os.O_RDONLY)
        length = path.stat().st_size if size is None else size
        answer = parse_file(handle, length, subject, mapping or ReadMapping(), "Asia/Shanghai", limits)
        return orjson.loads(answer["table"])

    return parse


def test_document_holds_columns_attributes_and_what_was_found_out(parse: Any, communities: Subject) -> None:
    document = parse("编号,小区名称,户数,备注\n7,甲,120,好\n8,乙,无,\n", communities)
    assert document["kind"] == "csv"
    assert document["key"] == ["编号"]
    assert document["headers"] == {"name": "小区名称", "households": "户数"}
    assert document["columns"]["source_key"] == ["7", "8"]
    assert document["columns"]["households"] == [120.0, None]
    assert document["attributes"] == {"备注": ["好", None]}
    assert (document["rows"], document["rows_read"], document["rejects"]) == ([2, 3], 2, [])


def test_blocked_rows_are_left_out_of_every_column(parse: Any, complaints: Subject) -> None:
    text = (
        "编号,受理时间,备注\n1,2025-01-01,a\n2,gestern,b\n3,,c\n,2025-01-01,d\n1,2025-01-01,e\n6,2025-01-01\n"
    )
    document = parse(text, complaints)
    assert document["rows"] == [2]
    assert unpack_words(document["attributes"]["备注"]) == ["a"]
    assert [(item[0], item[1], item[5]) for item in document["rejects"]] == [
        (3, "received_at", True),
        (4, "received_at", True),
        (5, "source_key", True),
        (6, "source_key", True),
        (7, "", True),
    ]
    assert document["rows_read"] == 6


def test_an_unreadable_coordinate_is_told_once(parse: Any, communities: Subject) -> None:
    document = parse("编号,经度,纬度\n1,NaN,22.5\n2,114.05,22.5\n3,200,22.5\n", communities)
    assert (document["lon"], document["lat"]) == ([None, 114.05, None], [None, 22.5, None])
    assert [(item[0], item[1], item[3], item[5]) for item in document["rejects"]] == [
        (2, "lon", problems.NOT_FINITE.reason, False),
        (4, "lon, lat", problems.COORDINATE_RANGE.reason, False),
    ]


def test_mapping_gives_constants_values_and_keys(parse: Any, communities: Subject) -> None:
    mapping = ReadMapping(
        columns={"楼": "name", "类": "kind"},
        constants={"district": "福田区"},
        values={"kind": {"安置房": "mixed"}},
        key=("楼", "栋"),
        missing=("?",),
    )
    document = parse("楼,栋,类\n甲,1,安置房\n甲,2,?\n-,3,别墅\n", communities, mapping)
    assert document["columns"]["source_key"] == ["甲/1", "甲/2", "-/3"]
    assert unpack_words(document["columns"]["district"]) == ["福田区"] * 3
    assert document["columns"]["kind"] == ["mixed", None, None]
    assert [item[3] for item in document["rejects"]] == [problems.NOT_A_CHOICE.reason]


def test_a_subject_of_outlines_needs_geometry(parse: Any, streets: Subject) -> None:
    with pytest.raises(FileRefused) as refused:
        parse("编号,街道\n1,黄贝\n", streets)
    assert refused.value.msgid == problems.NEEDS_GEOMETRY.reason


def test_a_shorter_file_than_announced_is_refused(parse: Any, communities: Subject) -> None:
    with pytest.raises(FileRefused) as refused:
        parse("编号\n1\n", communities, size=100)
    assert refused.value.msgid == problems.HAS_CHANGED.reason
