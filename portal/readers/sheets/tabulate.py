"""Rows of a sheet or text file to a table: its header found, its rows numbered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from portal.readers.formats.raw import Cell, Layout, RawTable, name_columns
from portal.readers.limits import ReadLimits
from portal.readers.problems import NO_ROWS, RAGGED_ROW, TOO_MANY_ROWS, refuse, reject
from portal.readers.sheets.header_rows import HEADER_SEARCH_ROWS, find_header
from portal.readers.sheets.leftovers import why_left_out


def tabulate(
    rows: Iterable[Sequence[Cell]], layout: Layout, limits: ReadLimits, *, padded: bool = False
) -> RawTable:
    """Make a table of the rows of a sheet or CSV file: find the header, number the rows.

    Rows of empty cells are passed over. A row of another length than the header
    is rejected, because its cells may stand under the wrong header; ``padded``
    says that the format itself leaves off empty cells at the end.

    Raises
    ------
    FileRefused
        There is no row under the header, or a limit is passed.
    """
    numbered = filled_rows(rows)
    first = list(islice(numbered, HEADER_SEARCH_ROWS))
    header = find_header(first, layout.is_header, layout.header_row)
    headers = name_columns(header.cells, limits) if first else []
    table = RawTable(headers, [], [])
    table.header_rows = tuple(number for number, _ in first[header.start : header.end])
    width = len(headers)
    for number, row in chain(first[header.end :], numbered):
        if len(row) < width and padded:
            row = [*row, *[None] * (width - len(row))]
        if len(row) < width or any(_is_filled(cell) for cell in row[width:]):
            problem = why_left_out(next(cell for cell in row if _is_filled(cell))) or RAGGED_ROW
            table.rejects.append(reject(number, "", _excerpt(row), problem, blocking=True))
            continue
        table.rows.append(list(row))
        table.numbers.append(number)
        if len(table.rows) > limits.max_rows:
            raise refuse(TOO_MANY_ROWS, limit=limits.max_rows)
    if not table.rows and not table.rejects:
        raise refuse(NO_ROWS)
    return table


def filled_rows(rows: Iterable[Sequence[Cell]]) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the rows in which something stands, with their numbers."""
    return ((at, row) for at, row in enumerate(rows, start=1) if any(_is_filled(cell) for cell in row))


def _is_filled(cell: Cell) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None


def _excerpt(row: Sequence[Cell]) -> str:
    return " | ".join("" if cell is None else str(cell) for cell in row[:5])
