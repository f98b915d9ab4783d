"""Merged cells of a workbook: the first cell of an area holds the value that is meant for all its rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, NamedTuple

from openpyxl.utils.cell import range_boundaries

from portal.readers.formats.raw import RawTable

_CHUNK_BYTES = 1 << 20
# Within the XML of a sheet no text can look like this: its "<" would be escaped.
_AREA = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*[\"']([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})[\"']"
)


class Area(NamedTuple):
    """A merged area: its first and last row, its first column; all from 1."""

    first: int
    last: int
    column: int


def find_areas(stream: IO[bytes]) -> Iterator[Area]:
    """Yield the areas of more than one row in the XML of a sheet, which states them behind its rows."""
    rest = b""
    while chunk := stream.read(_CHUNK_BYTES):
        text = rest + chunk
        end = text.rfind(b"<")
        for found in _AREA.finditer(text, 0, max(end, 0)):
            yield from _area(found[1].decode())
        rest = text[end:] if end >= 0 else b""
    for found in _AREA.finditer(rest):
        yield from _area(found[1].decode())


def fill(table: RawTable, areas: Iterator[Area]) -> None:
    """Give every row of an area the value of its first, where it has none, and note in ``table.merged``.

    An area that begins in the header or beside the table is passed over; of several columns the first
    has the value, as it has on the sheet.
    """
    at_row = {number: at for at, number in enumerate(table.numbers)}
    for area in areas:
        at, column = at_row.get(area.first), area.column - 1
        if at is None or column >= len(table.headers) or table.rows[at][column] is None:
            continue
        value = table.rows[at][column]
        rows = table.merged.setdefault(table.headers[column], {})
        rows[area.first] = area.first
        while at + 1 < len(table.numbers) and table.numbers[at + 1] <= area.last:
            at += 1
            rows[table.numbers[at]] = area.first
            if table.rows[at][column] is None:
                table.rows[at][column] = value


def _area(reference: str) -> Iterator[Area]:
    column, first, _, last = range_boundaries(reference)
    if column and first and last and last > first:
        yield Area(first, last, column)
