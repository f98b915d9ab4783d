"""One column of cells to one column of values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from portal.readers.formats.raw import Cell
from portal.readers.problems import IS_MISSING, NOT_A_CHOICE, Problem, Reject, reject
from portal.readers.rows.outcomes import CellError, Noted
from portal.readers.rows.values import clean_text
from portal.readers.schema import Field

MAX_INTEGER = 2**63


def parse_column(
    cells: Sequence[Cell],
    numbers: Sequence[int],
    field: Field,
    parse: Callable[[Cell, str], Any],
    missing: frozenset[str],
) -> tuple[list[Any], list[Reject]]:
    """Return the value of each cell, None where it is missing or bad, and what was bad or doubtful.

    Parameters
    ----------
    cells, numbers
        Cells and the row of each.
    field
        A bad or missing cell blocks its row if the field is required.
    parse
        From `portal.readers.rows.values.make_parser`.
    missing
        Texts that mean nothing.
    """
    outcomes = _map_cells(cells, lambda cell: _read(cell, parse, missing))
    rejects = []
    for at, outcome in enumerate(outcomes):
        if isinstance(outcome, Noted):
            outcomes[at] = outcome.value
            rejects.append(reject(numbers[at], field.name, cells[at], outcome.problem, blocking=False))
            continue
        problem = IS_MISSING if outcome is None and field.required else outcome
        if isinstance(problem, Problem):
            told = {"known": field.words_of(sorted(field.choices))} if problem is NOT_A_CHOICE else {}
            rejects.append(
                reject(numbers[at], field.name, cells[at], problem, blocking=field.required, **told)
            )
            outcomes[at] = None
    return outcomes, rejects


def clean_attributes(cells: Sequence[Cell], missing: frozenset[str]) -> list[Any]:
    """Return cells that are no field as JSON values, None where they are missing or cannot be one."""
    return _map_cells(cells, lambda cell: _clean_attribute(cell, missing))


def _map_cells(cells: Sequence[Cell], read: Callable[[Cell], Any]) -> list[Any]:
    """Return ``read`` of each cell, calling it once for each different text: most columns repeat few."""
    # Only texts are remembered: 1, 1.0 and True would be one key.
    memory = {cell: read(cell) for cell in {cell for cell in cells if isinstance(cell, str)}}
    return [memory[cell] if isinstance(cell, str) else read(cell) for cell in cells]


def _clean_attribute(cell: Cell, missing: frozenset[str]) -> Any:
    if cell is None or isinstance(cell, bool):
        return cell
    if isinstance(cell, float):
        return cell if math.isfinite(cell) else None
    if isinstance(cell, int):
        return cell if abs(cell) < MAX_INTEGER else str(cell)
    text = clean_text(str(cell).replace("\0", ""))
    return None if not text or text in missing else text


def _read(cell: Cell, parse: Callable[[Cell, str], Any], missing: frozenset[str]) -> Any:
    if cell is None:
        return None
    try:
        text = clean_text(cell)
        return None if not text or text in missing else parse(cell, text)
    except CellError as error:
        return error.problem
