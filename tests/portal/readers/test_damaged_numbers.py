"""Keys that a spreadsheet or a program damaged on the way: whole files, through the child."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import openpyxl

from geo.frames import COMPLAINTS, FIRMS
from portal.readers import problems
from portal.readers.mapping import ReadMapping
from portal.readers.table import ReadResult

Read = Callable[..., ReadResult]
LOST = problems.KEY_DAMAGED.reason


def reasons(result: ReadResult) -> list[tuple[int | None, str]]:
    return [(item.row, item.reason) for item in result.rejects if item.blocking]


def sheet(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def features(*keys: str) -> str:
    listed = [
        f'{{"type":"Feature","geometry":null,"properties":{{"工单号":{key},"受理时间":"2024-05-01"}}}}'
        for key in keys
    ]
    return f'{{"type":"FeatureCollection","features":[{",".join(listed)}]}}'


def test_scientific_keys_of_a_csv_file_are_refused_each(read: Read) -> None:
    result = read(
        "工单号,受理时间\n5.1E+17,2024-03-02\n5.1E+17,2024-03-03\n510113202403000077,2024-03-04\n", COMPLAINTS
    )
    assert result.frame["source_key"].tolist() == ["510113202403000077"]
    assert reasons(result) == [(2, LOST), (3, LOST)]
    assert "文本" in result.rejects[0].remedy


def test_another_column_does_not_become_the_key_instead(read: Read) -> None:
    result = read("编号,工单号,受理时间\n1,5.1E+17,2024-03-02\n2,5.1E+17,2024-03-03\n", COMPLAINTS)
    assert result.key == ("工单号",)
    assert reasons(result) == [(2, LOST), (3, LOST)]


def test_numbers_of_a_workbook_have_fifteen_digits(read: Read) -> None:
    rows = [
        [510113202403000100, "2024-03-02"],
        [510113202403000177, "2024-03-03"],
        [51011320240301, "2024-03-04"],
    ]
    result = read(sheet(["工单号", "受理时间"], *rows, ["510113202403000177", "2024-03-05"]), COMPLAINTS)
    assert result.frame["source_key"].tolist() == ["51011320240301", "510113202403000177"]
    assert reasons(result) == [(2, LOST), (3, LOST)]


def test_json_integers(read: Read) -> None:
    exact = read(features("510113202403000177", "510113202403000178"), COMPLAINTS)
    assert exact.frame["source_key"].tolist() == ["510113202403000177", "510113202403000178"]
    assert reasons(read(features("51011320240300017700", "51011320240300017701"), COMPLAINTS)) == [
        (1, LOST),
        (2, LOST),
    ]


def test_keys_that_the_mapping_joins(read: Read) -> None:
    text = "区,号,受理时间\n甲,5.1E+17,2024-03-02\n甲,77,2024-03-03\n"
    result = read(text, COMPLAINTS, mapping=ReadMapping(key=("区", "号")))
    assert result.frame["source_key"].tolist() == ["甲/77"]
    assert reasons(result) == [(2, LOST)]


def test_other_identifiers_are_left_empty_and_noted(read: Read) -> None:
    result = read("企业名称,统一社会信用代码\n甲公司,9.1E+17\n", FIRMS)
    assert result.frame["credit_code"].tolist() == [None]
    assert (LOST, False) in [(item.reason, item.blocking) for item in result.rejects]


def test_wrapped_texts_are_what_they_wrap(read: Read) -> None:
    wrapped = '工单号,受理时间,备注\n"=""0510113""",2024-03-02,"=""甲"""\n\'0510114,2024-03-03,\n'
    result = read(wrapped, COMPLAINTS)
    assert result.frame["source_key"].tolist() == ["0510113", "0510114"]
    assert result.frame["attributes"][0] == {"备注": "甲"}
    assert json.dumps(result.unmapped, ensure_ascii=False) == '["备注"]'


def test_wrapped_headers(read: Read) -> None:
    result = read('"=""工单号""","=""受理时间""","=""备注"""\n1,2024-03-02,甲\n', COMPLAINTS)
    assert (result.key, result.unmapped) == (("工单号",), ("备注",))
