from __future__ import annotations

from typing import Any

import orjson

from portal.readers.child.packing import unpack_words
from portal.readers.formats.kinds import Kind
from portal.readers.formats.raw import RawTable
from portal.readers.mapping import ReadMapping
from portal.readers.rows.typed_table import TableParser
from portal.readers.schema import Subject

PLACES = ["编号", "小区名称", "户数", "备注"]


def packed(table: RawTable, subject: Subject, mapping: ReadMapping | None = None, **options: Any) -> Any:
    parser = TableParser(table, subject, mapping or ReadMapping(), "Asia/Shanghai")
    return orjson.loads(parser.pack(Kind.CSV, with_attributes=options.get("with_attributes", True))["table"])


def test_columns_are_typed_and_others_kept(communities: Subject) -> None:
    document = packed(RawTable(PLACES, [["1", "甲", "5", "x"], ["2", "乙", "6", None]], [2, 3]), communities)
    assert document["columns"]["households"] == [5, 6]
    assert unpack_words(document["attributes"]["备注"]) == ["x", None]
    assert (document["key"], document["unmapped"], document["rows_read"]) == (["编号"], ["备注"], 2)


def test_attributes_may_be_left_out(communities: Subject) -> None:
    table = RawTable(PLACES, [["1", "甲", "5", "x"]], [2])
    assert packed(table, communities, with_attributes=False)["attributes"] == {}


def test_numbers_of_merged_cells_are_no_rows(communities: Subject) -> None:
    table = RawTable(PLACES, [["1", "甲", 5, None], ["2", "乙", 5, None], ["3", "丙", 7, None]], [2, 3, 4])
    table.merged = {"户数": {2: 2, 3: 2}}
    document = packed(table, communities)
    assert document["columns"]["households"] == [None, None, 7]
    assert [item[0] for item in document["rejects"]] == [2]


def test_a_constant_stands_in_every_row(communities: Subject) -> None:
    table = RawTable(PLACES, [["1", "甲", "5", "x"]], [2])
    document = packed(table, communities, ReadMapping(constants={"district": "福田区"}))
    assert unpack_words(document["columns"]["district"]) == ["福田区"]
