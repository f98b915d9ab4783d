"""One column of cells to one column of values."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from portal.readers.problems import IS_MISSING, Problem, Reject, reject
from portal.readers.raw import Cell
from portal.readers.schema import Field
from portal.readers.values import CellError, clean_text

MAX_INTEGER = 2**63
_UNREAD = object()


def parse_column(
    cells: Sequence[Cell],
    numbers: Sequence[int],
    field: Field,
    parse: Callable[[Cell, str], Any],
    missing: frozenset[str],
) -> tuple[list[Any], list[Reject]]:
    """Return the value of each cell, None where it is missing or bad, and what was bad.

    Parameters
    ----------
    cells, numbers
        Cells and the row of each.
    field
        A bad or missing cell blocks its row if the field is required.
    parse
        From `portal.readers.values.make_parser`.
    missing
        Texts that mean nothing.
    """
    values: list[Any] = []
    rejects: list[Reject] = []
    # Most columns repeat few texts. Only texts are remembered: 1, 1.0 and True are one key.
    memory: dict[str, Any] = {}
    for number, cell in zip(numbers, cells, strict=True):
        outcome = memory.get(cell, _UNREAD) if isinstance(cell, str) else _UNREAD
        if outcome is _UNREAD:
            outcome = _read(cell, parse, missing)
            if isinstance(cell, str):
                memory[cell] = outcome
        if outcome is None and field.required:
            outcome = IS_MISSING
        if isinstance(outcome, Problem):
            rejects.append(reject(number, field.name, cell, outcome, blocking=field.required))
            outcome = None
        values.append(outcome)
    return values, rejects


def clean_attributes(cells: Sequence[Cell], missing: frozenset[str]) -> list[Any]:
    """Return cells that are no field as JSON values, None where they are missing or cannot be one."""
    memory: dict[str, Any] = {}
    values = []
    for cell in cells:
        if isinstance(cell, str):
            value = memory.get(cell, _UNREAD)
            if value is _UNREAD:
                value = memory[cell] = _clean_attribute(cell, missing)
        else:
            value = _clean_attribute(cell, missing)
        values.append(value)
    return values


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
