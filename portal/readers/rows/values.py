"""One cell to one value, or the problem with it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, NamedTuple

from portal.readers.formats.raw import Cell, unwrap
from portal.readers.problems import (
    BAD_TEXT,
    KEY_DAMAGED,
    NOT_A_CHOICE,
    NOT_A_DATE,
    NOT_A_FLAG,
    NOT_A_NUMBER,
    NOT_A_TIME,
    NOT_FINITE,
    NOT_WHOLE,
    OUT_OF_RANGE,
    Problem,
)
from portal.readers.rows.credit_codes import clean_code, doubt
from portal.readers.rows.damage import is_damaged
from portal.readers.schema import CREDIT_CODE, Field

FIRST_YEAR, LAST_YEAR = 1900, 2200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_INVISIBLE = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_NUMBER = re.compile(
    r"[¥￥]?\s*([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:e[-+]?\d+)?)\s*"
    r"(?:年|户|套|部|台|元|元/(?:m2|平方米|平米)(?:[.·*/]月)?|m2|平方米|平米)?",
    re.IGNORECASE,
)
_NOT_FINITE = re.compile(r"[-+]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_MOMENT = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
    r"(?:[\sT]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})秒?)?分?)?"
)
_DIGITS = re.compile(r"(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d))?")
_TRUE = frozenset({"1", "是", "true", "t", "yes", "y", "√", "✓", "有"})
_FALSE = frozenset({"0", "否", "false", "f", "no", "n", "×", "✗"})


class CellError(Exception):
    """A cell cannot be read; holds the `Problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


class Noted(NamedTuple):
    """A value that is taken, and what there is to say about it."""

    value: Any
    problem: Problem


def clean_text(cell: Cell) -> str:
    """Return a cell as text, without space around it and control characters in it.

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
    return unwrap(_CONTROLS.sub("", text).strip(_INVISIBLE))


def make_parser(field: Field, zone: tzinfo, time_formats: Sequence[str] = ()) -> Callable[[Cell, str], Any]:
    """Return the function that reads a filled cell of ``field``.

    It takes the cell and its cleaned text. It returns text, a float, a bool, a
    date in ISO form, or microseconds since 1970 in UTC, and raises `CellError`.

    Parameters
    ----------
    field
        Its kind, bounds, values and choices.
    zone
        What times without an offset are in.
    time_formats
        Tried first on dates and times.
    """
    match field.kind:
        case "number" | "integer":
            return lambda cell, text: parse_number(cell, text, field)
        case "flag":
            return lambda cell, text: parse_flag(text, field)
        case "date":
            return lambda cell, text: parse_date(cell, text, time_formats)
        case "time":
            return lambda cell, text: parse_time(cell, text, zone, time_formats)
    if field.format == CREDIT_CODE:
        return lambda cell, text: parse_credit_code(text)
    return lambda cell, text: parse_choice(text, field)


def parse_choice(text: str, field: Field) -> str:
    """Return the value that ``text`` means, ``text`` itself where any is allowed."""
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


def parse_number(cell: Cell, text: str, field: Field) -> float:
    """Return a number within the field's bounds; thousands commas and common units may stand with it."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        value = float(cell)
    else:
        value = float(text) if _PLAIN_NUMBER.fullmatch(text) else _decorated_number(text)
    if not math.isfinite(value):
        raise CellError(NOT_FINITE)
    if field.kind == "integer" and not value.is_integer():
        raise CellError(NOT_WHOLE)
    if (field.minimum is not None and value < field.minimum) or (
        field.maximum is not None and value > field.maximum
    ):
        raise CellError(OUT_OF_RANGE)
    return value


def _decorated_number(text: str) -> float:
    plain = unicodedata.normalize("NFKC", text)
    if _NOT_FINITE.fullmatch(plain):
        raise CellError(NOT_FINITE)
    found = _NUMBER.fullmatch(plain)
    if not found:
        raise CellError(NOT_A_NUMBER)
    try:
        return float(found[1].replace(",", ""))
    except ValueError as error:
        raise CellError(NOT_A_NUMBER) from error


def parse_flag(text: str, field: Field) -> bool:
    """Return whether ``text`` says yes."""
    word = field.values.get(text, text).casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise CellError(NOT_A_FLAG)


def _moment(cell: Cell, text: str, problem: Problem, formats: Sequence[str]) -> datetime:
    if isinstance(cell, datetime):
        moment: datetime | None = cell
    elif isinstance(cell, date):
        moment = datetime(cell.year, cell.month, cell.day)
    else:
        moment = _by_formats(text, formats) or _by_form(text)
    if moment is None:
        raise CellError(problem)
    if moment.year < FIRST_YEAR:
        raise CellError(OUT_OF_RANGE)
    return moment


def parse_date(cell: Cell, text: str, formats: Sequence[str] = ()) -> str:
    """Return a date in ISO form."""
    return _moment(cell, text, NOT_A_DATE, formats).date().isoformat()


def parse_time(cell: Cell, text: str, zone: tzinfo, formats: Sequence[str] = ()) -> int:
    """Return microseconds since 1970 in UTC; a time without offset is in ``zone``."""
    moment = _moment(cell, text, NOT_A_TIME, formats)
    if moment.year >= LAST_YEAR:
        raise CellError(OUT_OF_RANGE)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    return (moment - _EPOCH) // _MICROSECOND


def _by_formats(text: str, formats: Sequence[str]) -> datetime | None:
    for one in formats:
        try:
            return datetime.strptime(text, one)
        except ValueError:
            continue
    return None


def _by_form(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        plain = unicodedata.normalize("NFKC", text)
    found = _MOMENT.fullmatch(plain) or _DIGITS.fullmatch(plain)
    if not found:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]
    except ValueError:
        return None
