"""Tables for people: CSV and xlsx files in which no cell can act as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Real
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.utils import get_column_letter

from portal.errors import N_, BadRequest

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767

Columns = Sequence[tuple[str, str]]
Rows = Iterable[Mapping[str, object]]


def neutralise_cell(value: str) -> str:
    """Return ``value`` so that a spreadsheet shows it and does not run it.

    A text that starts like a formula gets an apostrophe in front; see OWASP,
    "CSV injection". Numbers are no texts: pass them on as numbers.
    """
    return f"'{value}" if value.startswith(FORMULA_STARTS) else value


def write_csv(stream: IO[bytes], rows: Rows, columns: Columns) -> None:
    """Write a table as CSV: UTF-8 with BOM, commas, CRLF, formulas neutralised.

    Parameters
    ----------
    stream
        Binary stream; stays open.
    rows
        One mapping a row; a missing key is an empty cell. Numbers are written
        as numbers, NaN and None as nothing, times in ISO form.
    columns
        Key and title of each column, in order.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([neutralise_cell(title) for _, title in columns])
    keys = [key for key, _ in columns]
    writer.writerows([_csv_cell(row.get(key)) for key in keys] for row in rows)
    text.detach()


def write_xlsx(
    stream: IO[bytes],
    rows: Rows,
    columns: Columns,
    *,
    sheet: str = "Sheet1",
    notes_sheet: str = "Notes",
    notes: Sequence[tuple[str, object]] = (),
) -> None:
    """Write a table as a workbook, its header row frozen.

    Parameters are those of `write_csv`; ``sheet`` is the sheet's name, ``notes``
    (pairs of a label and a value) fill a second sheet where there are any. Texts
    are text cells whatever they start with, aware times lose their offset
    (a workbook knows none) and texts end at Excel's 32,767 characters.

    Raises
    ------
    BadRequest
        There are more rows than a sheet holds.
    """
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.freeze_panes = "A2"
    for at, (_, title) in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(at)].width = max(14, 2 * len(title) + 2)
    try:
        _fill_sheet(page, rows, columns)
    finally:
        # The sheet is an open file by now, also when the rows fail half-way.
        page.close()
    if notes:
        second = book.create_sheet(notes_sheet)
        second.column_dimensions["B"].width = 80
        for pair in notes:
            second.append([_xlsx_cell(second, part) for part in pair])
    book.save(stream)


def _fill_sheet(page: Any, rows: Rows, columns: Columns) -> None:
    page.append([_xlsx_cell(page, title) for _, title in columns])
    for count, row in enumerate(rows, start=2):
        if count > SHEET_ROWS:
            raise BadRequest(N_("行数超过工作表的上限"), remedy=N_("请缩小范围，或导出为 CSV"))
        page.append([_xlsx_cell(page, row.get(key)) for key, _ in columns])


def _is_missing(value: object) -> bool:
    return value is None or value != value  # NaN and NaT differ from themselves


def _csv_cell(value: object) -> object:
    if _is_missing(value):
        return ""
    if isinstance(value, Real | Decimal):
        return value
    return neutralise_cell(value.isoformat(" ") if isinstance(value, datetime) else str(value))


def _xlsx_cell(page: Any, value: object) -> object:
    if _is_missing(value) or value in (float("inf"), float("-inf")):
        return None
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, Real | Decimal | date):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", str(value))
    if len(text) > CELL_CHARACTERS:
        text = text[: CELL_CHARACTERS - 1] + "…"
    if not text.startswith(FORMULA_STARTS):
        return text
    cell = WriteOnlyCell(page, text)
    # openpyxl takes "=…" for a formula; the quote prefix keeps it a text when the file is edited and saved.
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
