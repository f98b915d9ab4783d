"""A table as the file has it, before anyone knows what its columns mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.readers.limits import ReadLimits
from portal.readers.problems import (
    NO_ROWS,
    REPEATED_HEADERS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    Reject,
    refuse,
)

# A spreadsheet keeps so many digits of a number.
DIGITS_KEPT = 15
LARGEST_KEPT = 10**DIGITS_KEPT

_WRAPPED = re.compile(r"""=\s*"(.*)"|'([0-9][0-9A-Za-z_-]*)""", re.DOTALL)

# What a file of refused rows has beside its own columns; passed over when it comes back.
REASON, REMEDY = "〔未导入原因〕", "〔处理办法〕"

# text, int, float, bool, date, datetime or None
Cell = Any


@dataclass
class RawTable:
    """Header and rows.

    Parameters
    ----------
    headers
        One name a column, all different; a column without one is ``#3``.
    rows
        Each as long as ``headers``.
    numbers
        Row of the source, as `Reject.row`.
    shapes
        Shapely geometry or None of each row, longitude first, in degrees of
        ``crs``; None when the file has no geometry.
    crs
        What the file says of its coordinates, ``EPSG:4326``; "" when nothing.
    encoding
        Of the text.
    rejects
        Rows that could not be told apart, and what is to be said of the file.
    cut_headers
        Headers of which the format may have kept only the beginning.
    feature_ids
        What the format itself calls each feature, beside its columns; empty where it does not.
    merged
        Header to the rows of merged cells, each with the first row of its area.
    layer, other_layers
        Sheet or layer that was read; others that hold something.
    delimiter
        Between the cells of a text file.
    header_rows
        Rows of the header, as `Reject.row`; empty where the format names its columns.
    """

    headers: list[str]
    rows: list[list[Cell]]
    numbers: list[int]
    shapes: Sequence[Any] | None = None
    crs: str = ""
    encoding: str = "utf-8"
    rejects: list[Reject] = field(default_factory=list)
    cut_headers: frozenset[str] = frozenset()
    feature_ids: list[Cell] = field(default_factory=list)
    merged: dict[str, dict[int, int]] = field(default_factory=dict)
    layer: str = ""
    other_layers: tuple[str, ...] = ()
    delimiter: str = ""
    header_rows: tuple[int, ...] = ()

    def column(self, header: str) -> list[Cell]:
        """Return the cells of one column."""
        at = self.headers.index(header)
        return [row[at] for row in self.rows]


@dataclass(frozen=True)
class Layout:
    """Where in a file the table is.

    Parameters
    ----------
    layer
        Sheet of a workbook, layer of a GeoPackage or Shapefile in an archive;
        "" for the only or first one.
    header_row
        Row of the header as people count, None to find it.
    is_header
        Whether a cell is a header that the subject knows.
    """

    layer: str = ""
    header_row: int | None = None
    is_header: Callable[[str], bool] = lambda _: False


def name_columns(cells: Iterable[Cell], limits: ReadLimits) -> list[str]:
    """Return the headers of a table from the cells of its header row.

    Empty columns at the end are cut off, an unnamed one in between is numbered.

    Raises
    ------
    FileRefused
        Two columns have the same name, or there are too many.
    """
    names = ["" if cell is None else " ".join(unwrap(str(cell)).split()) for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.max_columns:
        raise refuse(TOO_MANY_COLUMNS, limit=limits.max_columns)
    names = [name or f"#{at}" for at, name in enumerate(names, start=1)]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise refuse(REPEATED_HEADERS, headers=repeated)
    return names


def unwrap(text: str) -> str:
    """Return what is meant by a text that was wrapped so that a spreadsheet leaves it alone.

    >>> unwrap('="0755123"'), unwrap("'0755123"), unwrap("'甲'")
    ('0755123', '0755123', "'甲'")
    """
    found = _WRAPPED.fullmatch(text)
    return (found[1] or found[2] or "").replace('""', '"').strip() if found else text


def check_rows(count: int, limits: ReadLimits) -> None:
    """Refuse a table without rows, and one with too many."""
    if count == 0:
        raise refuse(NO_ROWS)
    if count > limits.max_rows:
        raise refuse(TOO_MANY_ROWS, limit=limits.max_rows)


def pass_over_ours(raw: RawTable) -> None:
    """Take the columns that a file of refused rows has beside its own out of a table."""
    ours = [at for at, header in enumerate(raw.headers) if header in (REASON, REMEDY)]
    if not ours:
        return
    for cells in (raw.headers, *raw.rows):
        for at in reversed(ours):
            del cells[at]
