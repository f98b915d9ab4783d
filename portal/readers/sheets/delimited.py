"""CSV files, whatever one character stands between cells; newlines inside quotes belong to the cell."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import TextIO

from portal.readers.formats.encodings import detect_encoding
from portal.readers.formats.raw import Layout, RawTable
from portal.readers.limits import ReadLimits
from portal.readers.problems import BAD_QUOTES, LONG_LINE, refuse
from portal.readers.sheets.header_rows import HEADER_SEARCH_ROWS, HEADERS_KNOWN, find_header
from portal.readers.sheets.tabulate import filled_rows, tabulate

# Those that are used most, the likeliest first; any other character that is no part of words may be one.
DELIMITERS = (",", ";", "\t", "|", "^", "~")
_SAMPLE_LINES = 60
_NO_DELIMITER = frozenset(" \r\n\"'()（）[]【】“”‘’《》<>-_.·")


def read_delimited(data: bytes, layout: Layout, limits: ReadLimits) -> RawTable:
    """Read a CSV file into a table of texts.

    Rows are counted as a spreadsheet counts them: a record with newlines inside
    is one row, an empty line is one too.

    Raises
    ------
    FileRefused
        The encoding is unknown, a line or a cell is too long, quotes do not
        match (as in a file that is cut off), or see `portal.readers.sheets.tabulate`.
    """
    encoding = detect_encoding(data)
    stream = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    delimiter = guess_delimiter(_lines(stream, limits), layout)
    stream.seek(0)
    csv.field_size_limit(limits.max_line_characters)
    reader = csv.reader(_lines(stream, limits), delimiter=delimiter, strict=True)
    table = tabulate(_records(reader, limits), layout, limits)
    table.encoding, table.delimiter = encoding, delimiter
    return table


def guess_delimiter(lines: Iterable[str], layout: Layout) -> str:
    """Return the character that parts the first lines so that most headers are known.

    Where none is known it is the one of `DELIMITERS` that occurs most often outside quotes in
    the first line that has any.
    """
    sample = list(islice(lines, _SAMPLE_LINES))
    others = {character for line in sample for character in line if not character.isalnum()}
    candidates = [*DELIMITERS, *sorted(others - _NO_DELIMITER - {*DELIMITERS})]
    known = {one: _count_known(sample, one, layout) for one in candidates}
    best = max(candidates, key=lambda one: known[one])
    return best if known[best] >= HEADERS_KNOWN else _most_frequent(sample)


def _count_known(sample: Sequence[str], delimiter: str, layout: Layout) -> int:
    records = csv.reader(sample, delimiter=delimiter)
    first: list[tuple[int, Sequence[str]]] = []
    with suppress(csv.Error):
        first.extend(islice(filled_rows(records), HEADER_SEARCH_ROWS))
    return find_header(first, layout.is_header, layout.header_row).known


def _most_frequent(sample: Sequence[str]) -> str:
    for line in sample[:HEADER_SEARCH_ROWS]:
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
