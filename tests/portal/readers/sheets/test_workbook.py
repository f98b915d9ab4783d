from __future__ import annotations

import dataclasses
import io
import zipfile
from datetime import datetime
from typing import Any

import openpyxl
import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.raw import Layout
from portal.readers.limits import ReadLimits
from portal.readers.sheets.workbook import read_workbook


def workbook(**sheets: list[list[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rewrite(data: bytes, name: str, change: Any) -> bytes:
    """Return the workbook with one of its files changed."""
    source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.namelist():
            content = source.read(entry)
            target.writestr(entry, change(content) if entry == name else content)
    return stream.getvalue()


ROWS = [["小区", "户数", "建成"], ["甲", 120, datetime(1998, 5, 1)], [None, None, None], ["乙", 80.5, None]]


def test_cells_keep_their_types_and_rows_their_numbers(limits: ReadLimits) -> None:
    table = read_workbook(workbook(一=ROWS), Layout(), limits)
    assert table.headers == ["小区", "户数", "建成"]
    assert table.rows == [["甲", 120, datetime(1998, 5, 1)], ["乙", 80.5, None]]
    assert table.numbers == [2, 4]


def test_sheet_is_the_first_visible_one_with_content_or_the_named(limits: ReadLimits) -> None:
    data = workbook(空=[], 一=[["a"], [1]], 二=[["b"], [2]])
    assert read_workbook(data, Layout(), limits).headers == ["a"]
    assert read_workbook(data, Layout(layer="二"), limits).headers == ["b"]
    with pytest.raises(FileRefused) as refused:
        read_workbook(data, Layout(layer="三"), limits)
    assert refused.value.params == {"name": "三", "names": ["空", "一", "二"]}


def test_hidden_sheets_are_passed_over(limits: ReadLimits) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(一=[["a"], [1]], 二=[["b"], [2]])))
    book["一"].sheet_state = "hidden"
    stream = io.BytesIO()
    book.save(stream)
    assert read_workbook(stream.getvalue(), Layout(), limits).headers == ["b"]


def test_formulas_give_their_stored_result_or_nothing(limits: ReadLimits) -> None:
    data = workbook(一=[["a", "b"], ["=1+1", 5]])
    assert read_workbook(data, Layout(), limits).rows == [[None, 5]]
    sheet = "xl/worksheets/sheet1.xml"
    stored = rewrite(
        data, sheet, lambda xml: xml.replace(b"<v></v>", b"<v>2</v>").replace(b"<v />", b"<v>2</v>")
    )
    assert read_workbook(stored, Layout(), limits).rows == [[2, 5]]


def test_error_values_are_no_values(limits: ReadLimits) -> None:
    assert read_workbook(workbook(一=[["a", "b"], ["#N/A", 5]]), Layout(), limits).rows == [[None, 5]]


def test_stated_dimensions_are_not_believed(limits: ReadLimits) -> None:
    data = rewrite(
        workbook(一=[["a"], [1]]),
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace(b'<dimension ref="A1:A2"', b'<dimension ref="A1:A1"'),
    )
    assert read_workbook(data, Layout(), limits).rows == [[1]]


def test_wide_rows_are_refused(limits: ReadLimits) -> None:
    few = dataclasses.replace(limits, max_columns=3)
    with pytest.raises(FileRefused) as refused:
        read_workbook(workbook(一=[["a", "b", "c", "d"], [1, 2, 3, 4]]), Layout(), few)
    assert refused.value.msgid == problems.TOO_MANY_COLUMNS.reason


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("xl/worksheets/sheet1.xml", lambda xml: xml[: len(xml) // 2]),
        ("xl/worksheets/sheet1.xml", lambda xml: b"not xml"),
        ("xl/workbook.xml", lambda xml: xml.replace(b"<sheets>", b"<sheets")),
        ("xl/_rels/workbook.xml.rels", lambda xml: b"<Relationships/>"),
        ("[Content_Types].xml", lambda xml: b"<Types/>"),
        ("xl/worksheets/sheet1.xml", lambda xml: xml.replace(b'r="A2"', b'r="2A"')),
    ],
)
def test_damaged_workbooks_are_refused(name: str, change: Any, limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_workbook(rewrite(workbook(一=[["a"], [1]]), name, change), Layout(), limits)
    assert refused.value.msgid in (problems.BAD_WORKBOOK.reason, problems.NO_ROWS.reason)


BILLION_LAUGHS = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
EXTERNAL = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml"])
@pytest.mark.parametrize("entities", [BILLION_LAUGHS, EXTERNAL])
def test_entities_are_refused(name: str, entities: bytes, limits: ReadLimits) -> None:
    data = rewrite(workbook(一=[["a"], ["b"]]), name, lambda xml: entities + xml.split(b"?>")[-1])
    with pytest.raises(FileRefused) as refused:
        read_workbook(data, Layout(), limits)
    assert refused.value.msgid == problems.XML_ENTITIES.reason


def test_a_number_shown_as_a_percentage_is_read_as_it_is_shown(limits: ReadLimits) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(one=[["a", "b"], [0.856, 0.856], [1, "x"], [True, None]]))
    )
    for row in (2, 3, 4):
        book["one"].cell(row=row, column=1).number_format = "0.0%"
    stream = io.BytesIO()
    book.save(stream)
    table = read_workbook(stream.getvalue(), Layout(), limits)
    assert table.rows == [["85.6%", 0.856], ["100%", "x"], [True, None]]
