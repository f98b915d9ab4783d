"""Which rows of a table are records: not its totals, its signatures, its header once more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from portal.readers.formats.raw import Cell, RawTable
from portal.readers.problems import IS_A_HEADER, Problem, Reject, reject
from portal.readers.sheets.leftovers import why_left_out

# What names a record or its place: there a total is called one.
NAMING = frozenset({"name", "firm", "community", "neighbourhood", "street", "district"})


def drop_leftovers(raw: RawTable, naming: Iterable[str]) -> list[Reject]:
    """Take the rows that are no record out of a table without geometry, and return why.

    Parameters
    ----------
    raw
        Is changed.
    naming
        Headers of the columns that name a record, its key or its place. What stands to the left of
        all of them, such as a running number, is looked at too.
    """
    places = {raw.headers.index(header) for header in naming}
    if raw.shapes is not None or not places:
        return []
    columns = sorted(places | set(range(min(places))))
    why: dict[int, Problem] = {}
    for column in columns:
        cells = [row[column] for row in raw.rows]
        header = raw.headers[column]
        told = {cell: why_left_out(cell) for cell in set(filter(_is_text, cells))}
        left_out = {cell: problem for cell, problem in told.items() if problem}
        for at, cell in enumerate(cells):
            if cell in left_out:
                why.setdefault(at, left_out[cell])
            elif cell == header and _repeats_header(raw.rows[at], raw.headers):
                why.setdefault(at, IS_A_HEADER)
    rejects = [
        reject(raw.numbers[at], "", _excerpt(raw.rows[at]), problem, blocking=True)
        for at, problem in sorted(why.items())
    ]
    raw.rows = [row for at, row in enumerate(raw.rows) if at not in why]
    raw.numbers = [number for at, number in enumerate(raw.numbers) if at not in why]
    return rejects


def _is_text(cell: Cell) -> bool:
    return isinstance(cell, str)


def _repeats_header(row: Sequence[Cell], headers: Sequence[str]) -> bool:
    return all(cell in (None, "", header) for cell, header in zip(row, headers, strict=True))


def _excerpt(row: Sequence[Cell]) -> str:
    return " | ".join(str(cell) for cell in row if cell is not None)[:200]
