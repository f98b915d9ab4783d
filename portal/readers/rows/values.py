"""One cell to one value, or the problem with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from portal.characters import unify, without_steering
from portal.readers.formats.raw import Cell, unwrap
from portal.readers.problems import BAD_TEXT, KEY_DAMAGED, NOT_A_CHOICE, NOT_A_FLAG
from portal.readers.rows.credit_codes import clean_code, doubt
from portal.readers.rows.damage import is_damaged
from portal.readers.rows.moments import parse_date, parse_quarter, parse_time
from portal.readers.rows.numbers import parse_number
from portal.readers.rows.outcomes import CellError, Noted
from portal.readers.rows.units import Unit
from portal.readers.schema import CREDIT_CODE, QUARTER, Field

_INVISIBLE = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
_TRUE = frozenset({"1", "是", "true", "t", "yes", "y", "√", "✓", "有"})
_FALSE = frozenset({"0", "否", "false", "f", "no", "n", "×", "✗"})


def clean_text(cell: Cell) -> str:
    """Return a cell as text, without space around it and what nobody sees in it.

    Raises
    ------
    CellError
        It contains NUL, which no database stores.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    text = cell.isoformat(" ") if isinstance(cell, datetime) else str(cell)
    if "\0" in text:
        raise CellError(BAD_TEXT)
    return unwrap(without_steering(text).strip(_INVISIBLE))


@dataclass(frozen=True)
class Manner:
    """How the cells of one column are read.

    Parameters
    ----------
    zone
        What times without an offset are in, and whose day an instant's date is.
    time_formats
        Tried first on dates and times.
    unit
        What the header says that numbers are in, None for the field's own.
    high
        Whether only the upper ends of ranges and periods are wanted, for the field that keeps them.
    """

    zone: tzinfo
    time_formats: Sequence[str] = ()
    unit: Unit | None = None
    high: bool = False


def make_parser(field: Field, manner: Manner) -> Callable[[Cell, str], Any]:
    """Return the function that reads a filled cell of ``field``.

    It takes the cell and its cleaned text. It returns text, a float, a bool, a date in ISO form, or
    microseconds since 1970 in UTC, None where nothing is meant, or one of these `Noted`; and raises
    `CellError`.
    """
    zone, formats = manner.zone, manner.time_formats
    match field.kind:
        case "number" | "integer":
            return lambda cell, text: parse_number(cell, text, field, manner.unit, high=manner.high)
        case "flag":
            return lambda cell, text: parse_flag(text, field)
        case "date":
            return lambda cell, text: parse_date(cell, text, field, zone, formats, high=manner.high)
        case "time":
            return lambda cell, text: parse_time(cell, text, zone, formats)
    if field.format == CREDIT_CODE:
        return lambda cell, text: parse_credit_code(text)
    if field.format == QUARTER:
        return lambda cell, text: parse_quarter(cell, text)
    return lambda cell, text: parse_choice(text, field)


def parse_choice(text: str, field: Field) -> str:
    """Return the value that ``text`` means; where any is allowed ``text`` itself, without look-alikes."""
    text = unify(text)
    if is_damaged(text):
        raise CellError(KEY_DAMAGED)
    meant = field.values.get(text, text)
    if field.choices and meant not in field.choices:
        raise CellError(NOT_A_CHOICE)
    return meant


def parse_credit_code(text: str) -> str | Noted:
    """Return a firm's credit code as it is kept, with what makes it doubtful."""
    if is_damaged(text):
        raise CellError(KEY_DAMAGED)
    code = clean_code(text)
    problem = doubt(code)
    return code if problem is None else Noted(code, problem)


def parse_flag(text: str, field: Field) -> bool:
    """Return whether ``text`` says yes."""
    word = field.values.get(text, text).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError(NOT_A_FLAG)
