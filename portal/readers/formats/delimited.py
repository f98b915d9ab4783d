"""CSV files: comma, semicolon or tab; newlines inside quotes belong to the cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TextIO

from portal.readers.formats.encodings import detect_encoding
from portal.readers.formats.raw import HEADER_SEARCH_ROWS, Layout, RawTable, tabulate
from portal.readers.limits import ReadLimits
from portal.readers.problems import BAD_QUOTES, LONG_LINE, refuse

DELIMITERS = (",", ";", "\t")


def read_delimited(data: bytes, layout: Layout, limits: ReadLimits) -> RawTable:
    """Read a CSV file into a table of texts.

    Rows are counted as a spreadsheet counts them: a record with newlines inside
    is one row, an empty line is one too.

    Raises
    ------
    FileRefused
        The encoding is unknown, a line or a cell is too long, quotes do not
        match (as in a file that is cut off), or see `portal.readers.formats.raw.tabulate`.
    """
    encoding = detect_encoding(data)
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    delimiter = guess_delimiter(_lines(stream, limits))
    stream.seek(0)
    csv.field_size_limit(limits.max_line_characters)
    reader = csv.reader(_lines(stream, limits), delimiter=delimiter, strict=True)
    table = tabulate(_records(reader, limits), layout, limits)
    table.encoding = encoding
    return table


def guess_delimiter(lines: Iterable[str]) -> str:
    """Return which of `DELIMITERS` occurs most often outside quotes in the first line that has any."""
    for line in islice(lines, HEADER_SEARCH_ROWS):
        outside = "".join(line.split('"')[::2])
        best = max(DELIMITERS, key=outside.count)
        if best in outside:
            return best
    return DELIMITERS[0]


def _lines(stream: TextIO, limits: ReadLimits) -> Iterator[str]:
    limit, number = limits.max_line_characters, 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) > limit:
            raise refuse(LONG_LINE, line=number, limit=limit)
        yield line


def _records(reader: Iterator[list[str]], limits: ReadLimits) -> Iterator[list[str]]:
    row = 1
    try:
        for record in reader:
            yield record
            row += 1
    except csv.Error as error:
        if "field larger" in str(error):
            raise refuse(LONG_LINE, line=row, limit=limits.max_line_characters) from error
        raise refuse(BAD_QUOTES, row=row) from error
