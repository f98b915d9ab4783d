from __future__ import annotations

from typing import Any

import orjson
import shapely

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


def test_what_steers_how_a_text_is_shown_is_removed_and_counted(communities: Subject) -> None:
    rows = [
        ["1", "\u202e园花光阳", "5", "x\u2066y"],
        ["2", "月光\u200f花园\u0085", "6", "z"],
        ["3", " 甲\u200b", "7", ""],
    ]
    document = packed(RawTable(PLACES, rows, [2, 3, 4]), communities)
    assert unpack_words(document["columns"]["name"]) == ["园花光阳", "月光花园", "甲"]
    assert unpack_words(document["attributes"]["备注"]) == ["xy", "z", None]
    told = [(item[0], item[1], item[8]) for item in document["rejects"] if "控制字符" in item[3]]
    assert told == [
        (None, "name", {"header": "小区名称", "cells": 2}),
        (None, "", {"header": "备注", "cells": 1}),
    ]


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


def test_names_of_features_are_keys_and_numbers_only_where_there_is_no_other(communities: Subject) -> None:
    table = RawTable(["小区名称"], [["甲"], ["甲"]], [1, 2], feature_ids=["way/1", "way/2"])
    assert unpack_words(packed(table, communities)["columns"]["source_key"]) == ["way/1", "way/2"]
    for names, key in ((["甲", "乙"], ["name"]), (["甲", "甲"], ["id"])):
        table = RawTable(["小区名称"], [[name] for name in names], [1, 2], feature_ids=[0, 1])
        assert packed(table, communities)["key"] == key
    table = RawTable(["id"], [["x"], ["y"]], [1, 2], feature_ids=["way/1", "way/2"])
    assert unpack_words(packed(table, communities)["columns"]["source_key"]) == ["x", "y"]


def test_streets_need_no_district_where_their_names_differ(streets: Subject) -> None:
    shapes = [shapely.box(113, 23, 114, 24), shapely.box(114, 23, 115, 24)]
    assert packed(RawTable(["name"], [["一街"], ["二街"]], [1, 2], shapes), streets)["key"] == ["name"]
    rows = [["一街", "440106001000"], ["一街", "440106002000"]]
    codes = RawTable(["name", "area_code"], rows, [1, 2], shapes)
    assert packed(codes, streets)["key"] == ["code"]
