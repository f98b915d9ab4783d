"""xlsx workbooks: one sheet, stored values only; nothing is computed, no link followed."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from defusedxml import DefusedXmlException
from openpyxl import DEFUSEDXML, load_workbook

from portal.readers.formats.raw import LARGEST_KEPT, Cell, Layout, RawTable, tabulate
from portal.readers.limits import ReadLimits
from portal.readers.problems import BAD_WORKBOOK, NO_ROWS, NO_SUCH_LAYER, XML_ENTITIES, refuse

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
    none. The sheet is ``layout.layer``, or the first visible one with a row.

    Raises
    ------
    FileRefused
        The workbook is damaged, defines XML entities, has no such sheet, or see
        `portal.readers.formats.raw.tabulate`.
    """
    assert DEFUSEDXML, "openpyxl must parse with defusedxml"
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        return tabulate(_rows(_sheet(book, layout.layer)), layout, limits, padded=True)
    except _DAMAGE as error:
        # openpyxl puts its own error in front of the one that tells.
        forbidden = isinstance(error, DefusedXmlException) or isinstance(error.__cause__, DefusedXmlException)
        raise refuse(XML_ENTITIES if forbidden else BAD_WORKBOOK) from error


def _sheet(book: Any, name: str) -> Any:
    if name:
        if name not in book.sheetnames:
            raise refuse(NO_SUCH_LAYER, name=name, names=book.sheetnames)
        return book[name]
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible" and next(sheet.iter_rows(values_only=True), None) is not None:
            return sheet
    raise refuse(NO_ROWS)


def _rows(sheet: Any) -> Iterator[Sequence[Cell]]:
    # The stated dimensions may be wrong, or pretend a million columns: count the cells instead.
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True):
        yield [_cell(cell) for cell in row]


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, int) and abs(cell) >= LARGEST_KEPT:
        # What a spreadsheet shows and keeps of it, however many digits a program wrote.
        return float(cell)
    return None if isinstance(cell, str) and cell in ERROR_VALUES else cell
