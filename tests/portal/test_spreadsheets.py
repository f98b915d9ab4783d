from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import openpyxl
import pandas as pd
import pytest

from portal.errors import BadRequest
from portal.spreadsheets import SHEET_ROWS, neutralise_cell, write_csv, write_xlsx

COLUMNS = [("name", "小区"), ("score", "评分")]


def as_csv(rows: list[dict[str, object]], columns: list[tuple[str, str]] = COLUMNS) -> bytes:
    stream = io.BytesIO()
    write_csv(stream, rows, columns)
    return stream.getvalue()


def as_sheet(rows: list[dict[str, object]], columns: list[tuple[str, str]] = COLUMNS) -> openpyxl.Workbook:
    stream = io.BytesIO()
    write_xlsx(stream, rows, columns)
    return openpyxl.load_workbook(io.BytesIO(stream.getvalue()))


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 755", "-2+3", "@SUM(A1)", "\tx", "\rx", "\n=x", "＝1+1", "=cmd|' /C calc'!A0", "-"]
)
def test_texts_that_could_run_get_an_apostrophe(text: str) -> None:
    assert neutralise_cell(text) == "'" + text


@pytest.mark.parametrize("text", ["碧波花园", "a=b", "3-2", "", "'=1"])
def test_other_texts_stay(text: str) -> None:
    assert neutralise_cell(text) == text


def test_csv_has_bom_titles_and_crlf() -> None:
    assert as_csv([{"name": "碧波花园", "score": 92.4}]) == "小区,评分\r\n碧波花园,92.4\r\n".encode(
        "utf-8-sig"
    )


def test_csv_neutralises_titles_and_cells_but_not_numbers() -> None:
    rows = [{"name": "=HYPERLINK(1)", "score": -5.5}, {"name": "-7", "score": Decimal("-1.20")}]
    text = as_csv(rows, [("name", "@名称"), ("score", "评分")]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [
        ["'@名称", "评分"],
        ["'=HYPERLINK(1)", "-5.5"],
        ["'-7", "-1.20"],
    ]


@pytest.mark.parametrize("value", [None, float("nan"), np.float64("nan"), pd.NaT])
def test_missing_values_are_empty_cells(value: object) -> None:
    assert as_csv([{"name": "a", "score": value}]).endswith(b"a,\r\n")
    assert as_sheet([{"name": "a", "score": value}]).active["B2"].value is None


def test_csv_keeps_newlines_and_quotes_inside_cells() -> None:
    text = as_csv([{"name": '第一行\n第"二"行', "score": 1}]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline="")))[1] == ['第一行\n第"二"行', "1"]


def test_xlsx_formulas_are_quoted_texts() -> None:
    cell = as_sheet([{"name": "=1+1", "score": 1}]).active["A2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_xlsx_keeps_numbers_dates_and_flags() -> None:
    rows = [
        {"name": -3, "score": 92.4},
        {"name": date(2025, 3, 31), "score": True},
        {"name": datetime(2025, 3, 31, 8, 5, tzinfo=UTC), "score": np.int64(7)},
    ]
    sheet = as_sheet(rows).active
    assert [cell.value for cell in sheet["A"]] == [
        "小区",
        -3,
        datetime(2025, 3, 31),
        datetime(2025, 3, 31, 8, 5),
    ]
    assert [cell.value for cell in sheet["B"]] == ["评分", 92.4, True, 7]


def test_xlsx_drops_what_a_workbook_cannot_hold() -> None:
    sheet = as_sheet(
        [{"name": "a\x00\x0bb", "score": float("inf")}, {"name": "字" * 40_000, "score": 0}]
    ).active
    assert sheet["A2"].value == "ab"
    assert sheet["B2"].value is None
    assert len(sheet["A3"].value) == 32_767
    assert sheet["A3"].value.endswith("…")


def test_xlsx_refuses_more_rows_than_a_sheet_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.spreadsheets.SHEET_ROWS", 3)
    assert SHEET_ROWS == 1_048_576
    with pytest.raises(BadRequest) as refused:
        as_sheet([{"name": "a", "score": 1}] * 3)
    assert "CSV" in refused.value.remedy


def test_xlsx_notes_fill_a_second_sheet() -> None:
    stream = io.BytesIO()
    write_xlsx(stream, [{"name": "a", "score": 1}], COLUMNS, notes_sheet="说明", notes=[("条件", "=1+1")])
    notes = openpyxl.load_workbook(io.BytesIO(stream.getvalue()))["说明"]
    assert [notes["A1"].value, notes["B1"].value, notes["B1"].data_type] == ["条件", "=1+1", "s"]
