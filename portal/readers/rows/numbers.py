"""Numbers as people write them: with units, 万, 约 and 余, and as ranges."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from portal.readers.formats.raw import Cell
from portal.readers.problems import (
    IS_A_RANGE,
    IS_ROUNDED,
    MAYBE_A_SHARE,
    NOT_A_NUMBER,
    NOT_FINITE,
    NOT_WHOLE,
    OTHER_UNIT,
    OUT_OF_RANGE,
)
from portal.readers.rows.outcomes import CellError, Noted
from portal.readers.rows.units import Told, Unit, parse_unit
from portal.readers.schema import Field

_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?(?:nan|inf|infinity|∞)", re.IGNORECASE)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
_AMOUNT = re.compile(
    rf"(?P<about>约|大约|大概|近|将近|超过?|逾|达|共计?|不到|不足|至少|不低于|不超过|≈|~|>|<|≥|≤)?\s*[¥￥]?\s*"
    rf"(?P<number>[-+]?{_DIGITS})\s*(?P<more>[余多来+])?\s*(?P<scale>[百千万亿]+)?\s*(?P<more2>[余多来+])?\s*"
    r"(?P<unit>(?:[^\d~—–至到-]|(?<=m)2)*?)\s*(?P<more3>左右|上下|以上|以内|以下)?",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?P<low>[^\d]*{_DIGITS}[^~—–至到-]*?)\s*(?:-|~|—+|–|至|到)\s*(?P<high>{_DIGITS}.*)", re.IGNORECASE
)
# What may stand behind a number of a field that has no unit of its own.
_ANY_UNIT = re.compile(
    r"年|户|套|部|台|元|元/(?:m2|平方米|平米)(?:[.·*/]月)?|m2|平方米|平米|°|度|分|%", re.IGNORECASE
)
_SCALES = {"百": 1e2, "千": 1e3, "万": 1e4, "亿": 1e8}
_NOT_EXACT = frozenset(
    {"约", "大约", "大概", "近", "将近", "超", "超过", "逾", "不到", "不足", "≈", "~", ">", "<"}
)
_YEAR = re.compile(
    r"(?P<about>约)?(?:始?建[于成]?于?|竣工于?|建成于)?\s*(?P<year>1[89]\d\d|20\d\d)"
    r"(?:年?[-/.年]\d{1,2}(?:月|[-/.月]\d{1,2}日?)?(?:\s+\d{1,2}:\d\d(?::\d\d)?)?)?年?"
    r"(?:建成|建造|修建|竣工|交付|建|完工|投入使用)?(?P<more>前后|左右)?"
)
_YEARS = re.compile(r"(?:1[89]\d\d|20\d\d)\D{1,3}(?:1[89]|20)?\d\d\D{0,4}")


@dataclass(frozen=True)
class Amount:
    """A number in the field's unit, and whether it is only about so much."""

    value: float
    rounded: bool = False


def parse_number(
    cell: Cell, text: str, field: Field, unit: Unit | None = None, *, high: bool = False
) -> float | None | Noted:
    """Return a number within the field's bounds, in the field's unit.

    Parameters
    ----------
    cell, text
        The cell, and its cleaned text.
    field
        Its unit and bounds, and whether another field takes the upper end of a range.
    unit
        What the header says that numbers are in.
    high
        Return the upper end of a range, None for a single number.

    Raises
    ------
    CellError
        It is no number, one in a unit that cannot be converted, or a range that has no second field.
    """
    text = field.values.get(text, text)
    if field.unit == "years":
        return _checked(_year(cell, text), field)
    unit = unit or Unit()
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return None if high else _checked(Amount(_in_header_unit(float(cell), unit, field)), field)
    if _PLAIN_NUMBER.fullmatch(text):
        return None if high else _checked(Amount(_in_header_unit(float(text), unit, field)), field)
    plain = unicodedata.normalize("NFKC", text).strip()
    if _NOT_FINITE.fullmatch(plain):
        raise CellError(NOT_FINITE)
    found = _AMOUNT.fullmatch(plain)
    if found is None and (ends := _RANGE.fullmatch(plain)):
        return _end((ends["low"], ends["high"]), field, unit, high=high)
    if found is None:
        raise CellError(NOT_A_NUMBER)
    return None if high else _checked(_amount(found, field, unit), field)


def _end(texts: tuple[str, str], field: Field, unit: Unit, *, high: bool) -> float | Noted | None:
    """Return one end of a range; a unit that stands only behind the upper end is that of both."""
    upper = _AMOUNT.fullmatch(texts[1])
    lower = _AMOUNT.fullmatch(texts[0])
    if upper is None or lower is None:
        raise CellError(NOT_A_NUMBER)
    if not lower["scale"] and not lower["unit"]:
        behind = texts[1].removeprefix(upper["about"] or "")[len(upper["number"]) :]
        lower = _AMOUNT.fullmatch(texts[0].strip() + behind)
    if lower is None:
        raise CellError(NOT_A_NUMBER)
    ends = _amount(lower, field, unit), _amount(upper, field, unit)
    if ends[0].value > ends[1].value:
        raise CellError(NOT_A_NUMBER)
    if not field.has_high and not high:
        raise CellError(IS_A_RANGE)
    return _checked(ends[high], field)


def _amount(found: re.Match[str], field: Field, unit: Unit) -> Amount:
    try:
        number = float(found["number"].replace(",", ""))
    except ValueError as error:
        raise CellError(NOT_A_NUMBER) from error
    if written := found["unit"].strip():
        value = _times(number, _factor(found["scale"] or "", written, field))
    elif found["scale"]:
        value = _times(number, math.prod(_SCALES[word] for word in found["scale"]) * unit.size)
    else:
        value = _in_header_unit(number, unit, field)
    more = found["more"] or found["more2"] or found["more3"]
    return Amount(value, rounded=bool(more) or found["about"] in _NOT_EXACT)


def _in_header_unit(number: float, unit: Unit, field: Field) -> float:
    """Return a number without a unit of its own, in the header's.

    Spreadsheets keep 86 % as 0.86: in a column of percents that may be 86 % as well as 0.86 %.
    """
    if field.unit == "share" and unit.factor != 1 and 0 < number <= 1:
        raise CellError(MAYBE_A_SHARE)
    return _times(number, unit.factor)


def _times(number: float, factor: float) -> float:
    # 1.13 of 10,000 are 11,300, and not 11,299.999999999998.
    return number if factor == 1 else float(f"{number * factor:.12g}")


def _factor(scale: str, written: str, field: Field) -> float:
    if not field.unit and _ANY_UNIT.fullmatch(written):
        return math.prod(_SCALES[word] for word in scale)
    own = parse_unit(scale + written, field.unit)
    if isinstance(own, Unit):
        return own.factor
    raise CellError(OTHER_UNIT if own is Told.ANOTHER else NOT_A_NUMBER)


def _year(cell: Cell, text: str) -> Amount:
    """Return the year in which something was built, however the text says so."""
    if isinstance(cell, date):  # a datetime is one
        return Amount(float(cell.year))
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Amount(float(cell))
    plain = unicodedata.normalize("NFKC", text)
    if _PLAIN_NUMBER.fullmatch(plain) and not _YEAR.fullmatch(plain):
        return Amount(float(plain))
    found = _YEAR.fullmatch(plain)
    if found is None:
        raise CellError(IS_A_RANGE if _YEARS.fullmatch(plain) else NOT_A_NUMBER)
    return Amount(float(found["year"]), rounded=bool(found["about"] or found["more"]))


def _checked(amount: Amount, field: Field) -> float | Noted:
    value = amount.value
    if not math.isfinite(value):
        raise CellError(NOT_FINITE)
    if field.kind == "integer":
        # 1.2345万 is whole, and floating point must not deny it.
        if abs(value - round(value)) > 1e-6:
            raise CellError(NOT_WHOLE)
        value = float(round(value))
    if (field.minimum is not None and value < field.minimum) or (
        field.maximum is not None and value > field.maximum
    ):
        raise CellError(OUT_OF_RANGE)
    return Noted(value, IS_ROUNDED) if amount.rounded else value
