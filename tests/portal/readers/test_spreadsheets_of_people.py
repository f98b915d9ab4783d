"""Sheets as people lay them out: titles, groups, merged cells, totals, signatures, more than one sheet."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest

from geo.frames import COMMUNITIES, COMPLAINTS, CONTRACTS, FIRMS
from portal.readers import problems
from portal.readers.mapping import ReadMapping
from portal.readers.table import ReadResult

Read = Callable[..., ReadResult]


def book(merged: tuple[str, ...] = (), /, **sheets: list[list[Any]]) -> bytes:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in merged:
            sheet.merge_cells(area)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def said(result: ReadResult) -> list[tuple[int | None, str]]:
    return [(item.row, item.reason) for item in result.rejects]


def test_merged_places_are_those_of_every_row(read: Read) -> None:
    rows = [
        ["某镇台账", None, None],
        ["街道", "小区", "物业费"],
        ["北街", "甲", 1],
        [None, "乙", 2],
        [None, "丙", 3],
    ]
    result = read(book(("A1:C1", "A3:A5"), 台账=rows))
    assert result.frame["street"].tolist() == ["北街"] * 3
    assert result.rejects == ()


def test_a_merged_number_that_adds_up_belongs_to_no_row(read: Read) -> None:
    rows = [["小区", "户数", "建成年份"], ["甲", 900, 1998], ["乙", None, None], ["丙", 100, 2001]]
    result = read(book(("B2:B3", "C2:C3"), 台账=rows))
    assert result.frame["households"].fillna(-1).tolist() == [-1, -1, 100]
    assert result.frame["built_year"].tolist() == [1998, 1998, 2001]
    assert said(result) == [(2, problems.MERGED_NUMBER.reason)]


def test_a_merged_key_is_that_of_one_record(read: Read) -> None:
    rows = [["编号", "小区"], ["K1", "甲一期"], [None, "甲二期"], ["K2", "乙"], ["K3", "丙"]]
    result = read(book(("A2:A3",), 台账=rows))
    assert result.frame["source_key"].tolist() == ["K1", "K2", "K3"]
    assert said(result) == [(3, problems.KEY_REPEATS.reason)]


def test_totals_and_signatures_are_left_out_and_listed(read: Read) -> None:
    rows: list[list[Any]] = [
        ["街道", "小区", "户数"],
        ["北街", "甲", 5],
        ["北街", "小　计", 5],
        ["合计", None, 5],
    ]
    result = read(book(台账=[*rows, ["填报单位：某局", None, "日期：2025-01-01"]]))
    assert result.frame["households"].sum() == 5
    assert said(result) == [
        (3, problems.IS_A_TOTAL.reason),
        (4, problems.IS_A_TOTAL.reason),
        (5, problems.IS_A_SIGNATURE.reason),
    ]
    assert result.rows_read == 4


def test_signatures_of_a_text_file_have_fewer_cells(read: Read) -> None:
    result = read("编号,小区名称\n1,甲\n制表人：某某\n")
    assert said(result) == [(3, problems.IS_A_SIGNATURE.reason)]


def test_placeholders_are_no_firms_and_no_values(read: Read) -> None:
    rows = "安居物业,91350100M000100Y43\n暂无信息,\n无,\n/,—\n乐居物业,91350100M000100Y44\n康居物业,暂无\n"
    result = read("企业名称,统一社会信用代码\n" + rows, FIRMS)
    assert result.frame["name"].tolist() == ["安居物业", "乐居物业", "康居物业"]
    assert result.frame["credit_code"].tolist() == ["91350100M000100Y43", "91350100M000100Y44", None]
    assert (6, problems.CODE_CHECK.reason) in said(result)


def test_a_fault_of_every_row_is_said_once(read: Read) -> None:
    rows = "".join(f"企业{n},X{n}\n" for n in range(5))
    result = read("企业名称,统一社会信用代码\n" + rows, FIRMS)
    [item] = result.rejects
    assert (item.row, item.rows, item.value, item.reason) == (None, 5, "X0", problems.CODE_FORM.reason)


def test_two_rows_of_header(read: Read) -> None:
    rows = [
        ["合同编号", "企业名称", "小区名称", "服务期", None],
        [None, None, None, "开始日期", "结束日期"],
        ["H1", "安居物业", "甲", date(2024, 1, 1), date(2024, 12, 31)],
    ]
    for data in (book(("A1:A2", "D1:E1"), 合同=rows), book(合同=rows)):
        frame = read(data, CONTRACTS).frame
        assert frame[["starts_on", "ends_on"]].values.tolist() == [[date(2024, 1, 1), date(2024, 12, 31)]]


def test_other_sheets_are_named_and_can_be_chosen(read: Read) -> None:
    data = book(
        说明=[["本表由各街道填报"]],
        北街=[["小区", "街道"], ["甲", "北街"]],
        南街=[["小区", "街道"], ["乙", "南街"]],
        空=[],
    )
    result = read(data)
    assert result.frame["name"].tolist() == ["甲"]
    [item] = result.rejects
    assert (item.row, item.params) == (None, {"name": "北街", "names": ["说明", "南街"]})
    other = read(data, mapping=ReadMapping(layer="南街"))
    assert other.frame["name"].tolist() == ["乙"]
    assert other.rejects[0].params["names"] == ["说明", "北街"]


@pytest.mark.parametrize("delimiter", [*",;\t|^~#:$&@!*%+=", "\x01", "\x1f", "，", "；", "｜"])
def test_any_character_may_stand_between_cells(read: Read, delimiter: str) -> None:
    rows = [
        ["工单号", "受理时间", "街道", "小区"],
        ["W1", "2024/5/6", "北街", "甲"],
        ["W2", "2024/5/7", "北街", "乙"],
    ]
    text = "\n".join(delimiter.join(row) for row in rows)
    for title in ("", "热线工单；导出,2024;5|6\n", f"sep={delimiter}\n"):
        frame = read(title + text, COMPLAINTS).frame
        assert frame["community"].tolist() == ["甲", "乙"]


def test_the_units_below_the_header(read: Read) -> None:
    result = read(
        book(台账=[["小区名称", "户数", "备注"], [None, "（户）", None], ["甲", 5, "x"]]), COMMUNITIES
    )
    assert (result.frame["households"].tolist(), result.frame["row"].tolist()) == ([5], [3])
