"""Rows that an import refused, as the file has them: to be mended in a table, and brought again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.frames import Contract
from portal.readers.limits import ReadLimits
from portal.readers.mapping import ReadMapping
from portal.readers.parse import read_raw
from portal.readers.schema import Subject, load_subject
from portal.readers.source import read_source


@dataclass(frozen=True)
class RefusedRows:
    """Rows of a file: its headers, and the cells as text, by the row's number in the file."""

    headers: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]


def pick_rows(
    path: Path,
    contract: Contract,
    numbers: Collection[int],
    limits: ReadLimits,
    mapping: ReadMapping | None = None,
) -> RefusedRows:
    """Return rows of a user's file, read again in the limited child.

    Parameters
    ----------
    path, contract, limits, mapping
        As of `portal.readers.table.read_table`, which refused the rows.
    numbers
        Of the rows, as its rejects call them.

    Raises
    ------
    FileRefused
        The file cannot be read any more.
    """
    subject, mapping = load_subject(contract), mapping or ReadMapping()
    answer = read_source(pick_from_file, path, limits, subject, mapping, limits, sorted(numbers))
    return RefusedRows(tuple(answer["headers"]), {int(n): tuple(cells) for n, cells in answer["rows"]})


def pick_from_file(
    handle: int,
    size: int,
    subject: Subject,
    mapping: ReadMapping,
    limits: ReadLimits,
    numbers: Sequence[int],
) -> dict[str, Any]:
    """Return the parts of `RefusedRows`; this is what the child runs."""
    _, raw = read_raw(handle, size, [subject], mapping, limits)
    wanted = set(numbers)
    rows = [
        (number, ["" if cell is None else str(cell) for cell in cells])
        for number, cells in zip(raw.numbers, raw.rows, strict=True)
        if number in wanted
    ]
    return {"headers": raw.headers, "rows": rows}
