"""xlsx workbooks: one sheet, stored values only; nothing is computed, no link followed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from defusedxml import DefusedXmlException
from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.styles.numbers import BUILTIN_FORMATS, BUILTIN_FORMATS_MAX_SIZE

from portal.readers.formats.raw import LARGEST_KEPT, Cell, Layout, RawTable
from portal.readers.limits import ReadLimits
from portal.readers.problems import (
    BAD_WORKBOOK,
    NO_ROWS,
    NO_SUCH_LAYER,
    OTHER_SHEETS,
    XML_ENTITIES,
    note,
    refuse,
)
from portal.readers.sheets.header_rows import HEADER_SEARCH_ROWS, HEADERS_KNOWN, find_header
from portal.readers.sheets.merged_cells import fill, find_areas
from portal.readers.sheets.tabulate import filled_rows, tabulate

# What Excel shows where a formula failed is no value.
ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})
# What openpyxl raises on workbooks that are not as they should be; ParseError is a SyntaxError.
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    OSError,
    EOFError,
    NotImplementedError,
)


def read_workbook(data: bytes, layout: Layout, limits: ReadLimits) -> RawTable:
    """Read one sheet of a checked workbook into a table of typed cells.

    A formula gives the result that Excel stored with it, nothing if it stored
    none. Every row of a merged area has its value. The sheet is ``layout.layer``, or
    the first visible one with a header that is known, or else with a row.

    Raises
    ------
    FileRefused
        The workbook is damaged, defines XML entities, has no such sheet, or see
        `portal.readers.sheets.tabulate`.
    """
    assert DEFUSEDXML, "openpyxl must parse with defusedxml"
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet, others = _choose_sheet(book, layout)
        table = tabulate(_rows(sheet), layout, limits, padded=True)
        # openpyxl reads merged areas only of sheets that it holds in memory as a whole.
        with sheet._get_source() as xml:
            fill(table, find_areas(xml))
        table.layer, table.other_layers = sheet.title, others
        if others:
            table.rejects.append(note(OTHER_SHEETS, name=sheet.title, names=list(others)))
        return table
    except _DAMAGE as error:
        # openpyxl puts its own error in front of the one that tells.
        forbidden = isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException)
        raise refuse(XML_ENTITIES if forbidden else BAD_WORKBOOK) from error


def _choose_sheet(book: Any, layout: Layout) -> tuple[Any, tuple[str, ...]]:
    """Return the sheet to read, and the names of the other visible ones that hold something."""
    name = layout.layer
    if name and name not in book.sheetnames:
        raise refuse(NO_SUCH_LAYER, name=name, names=book.sheetnames)
    first = {
        sheet.title: islice(filled_rows(_rows(sheet)), HEADER_SEARCH_ROWS)
        for sheet in book.worksheets
        if sheet.sheet_state == "visible" or sheet.title == name
    }
    known = {
        title: find_header(rows, layout.is_header).known
        for title, rows in ((title, list(rows)) for title, rows in first.items())
        if rows
    }
    if not name:
        tables = [title for title, count in known.items() if count >= HEADERS_KNOWN]
        chosen = next(iter(tables or known), None)
        if chosen is None:
            raise refuse(NO_ROWS)
        name = chosen
    return book[name], tuple(title for title in known if title != name)


def _rows(sheet: Any) -> Iterator[Sequence[Cell]]:
    # The stated dimensions may be wrong, or pretend a million columns: count the cells instead.
    sheet.reset_dimensions()
    if not _knows_percent(sheet.parent):
        for row in sheet.iter_rows(values_only=True):
            yield [_cell(cell) for cell in row]
        return
    for cells in sheet.iter_rows():
        yield [_percent(cell) or _cell(cell.value) for cell in cells]


def _knows_percent(book: Any) -> bool:
    """Whether some cell of the workbook may be shown as a percentage: only then formats are looked at."""
    custom = enumerate(book._number_formats, start=BUILTIN_FORMATS_MAX_SIZE)
    percent = {key for key, form in (*BUILTIN_FORMATS.items(), *custom) if "%" in form}
    return any(style.numFmtId in percent for style in book._cell_styles)


def _percent(cell: Any) -> str:
    """Return a number that is shown as 85% as people see it: kept is 0.85, and its header may say %."""
    value = cell.value
    if not isinstance(value, int | float) or isinstance(value, bool) or "%" not in cell.number_format:
        return ""
    return f"{value * 100:.12g}%"


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, int) and abs(cell) >= LARGEST_KEPT:
        # What a spreadsheet shows and keeps of it, however many digits a program wrote.
        return float(cell)
    return None if isinstance(cell, str) and cell in ERROR_VALUES else cell
