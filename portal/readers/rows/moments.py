"""Dates and times as people, spreadsheets and programs write them."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import IntEnum

from portal.readers.formats.raw import Cell
from portal.readers.problems import (
    FROM_A_SERIAL,
    NO_END,
    NOT_A_DATE,
    NOT_A_QUARTER,
    NOT_A_TIME,
    OUT_OF_RANGE,
    TO_THE_MONTH,
    TO_THE_QUARTER,
    Problem,
)
from portal.readers.rows.outcomes import CellError, Noted
from portal.readers.schema import Field

FIRST_YEAR, LAST_YEAR = 1900, 2200
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# Day 0 of spreadsheets that count from 1900, which hold 1900 for a leap year. From 1950 to 2099.
_SERIAL_EPOCH = datetime(1899, 12, 30)
_SERIALS = (18_264, 73_050)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_SECONDS_SINCE_1970 = re.compile(r"(1[0-8]\d{8})(\d{3})?")

_WEEKDAY = re.compile(r"\s*[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?\s*")
_DAY = r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*[日号]?"
_MORNING = ("凌晨", "清晨", "早晨", "早上", "上午", "am", "a.m.")
_NOON = ("中午", "正午")
_EVENING = ("下午", "午后", "傍晚", "晚上", "夜间", "晚", "pm", "p.m.")
_HALF = "|".join(map(re.escape, (*_MORNING, *_NOON, *_EVENING)))
_TIME = (
    rf"(?P<half>{_HALF})?\s*(?P<hour>\d{{1,2}})\s*(?:[:.时点]|点钟)\s*"
    rf"(?:(?P<minute>\d{{1,2}})\s*(?:[:.分]\s*(?:(?P<second>\d{{1,2}})(?:\.(?P<fraction>\d{{1,9}}))?\s*秒?)?)?)?"
    rf"\s*(?P<half_after>am|pm|a\.m\.|p\.m\.)?"
)
_WRITTEN = re.compile(rf"{_DAY}(?:[\sT]*{_TIME})?", re.IGNORECASE)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[\sT]*(\d\d):?(\d\d):?(\d\d)?)?")
_MONTH = re.compile(r"((?:19|20|21)\d\d)(?:\s*[-/.年]\s*(\d{1,2})\s*月?|(0[1-9]|1[0-2]))")
_YEAR = re.compile(r"((?:19|20|21)\d\d)\s*年?")
_QUARTER = re.compile(
    r"(?P<year>(?:19|20|21)\d\d)\s*(?:年度?|[-/._])?\s*"
    r"(?:(?:第?\s*(?P<word>[1-4一二三四])\s*季度?)|(?:[qQ]\s*(?P<short>[1-4])))"
)
# The fourth quarter, or April?
_MONTH_OR_QUARTER = re.compile(r"\d{4}\s*[-/.年]\s*[1-4]")
_PERIOD = re.compile(r"(.*?\d日?)\s*(?:至|到|—+|–|~|--+|\s-\s|-(?=\d{4}))\s*(.*)", re.DOTALL)
_OPEN_END = frozenset({"长期", "长期有效", "至今", "今", "无固定期限", "永久", "不限", "未约定", "未定"})
_CHINESE_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_NUMBER = re.compile(r"[〇零○一二三四五六七八九十]+(?=[年月日号])")


class Precision(IntEnum):
    """How much of a moment is written."""

    YEAR = 1
    MONTH = 2
    DAY = 3
    TIME = 4


@dataclass(frozen=True)
class Moment:
    """What a cell says: a moment, how much of it is written, and whether it was a spreadsheet's number."""

    at: datetime
    precision: Precision = Precision.TIME
    serial: bool = False


def parse_date(
    cell: Cell, text: str, field: Field, zone: tzinfo, formats: Sequence[str] = (), *, high: bool = False
) -> str | None | Noted:
    """Return a date in ISO form; of an instant with an offset, its day in ``zone``.

    Where only month or year are written, it is the first day, or the last one where the field is a
    last day. Of a period in one cell it is the first day; with ``high`` its last one, None of a date.
    """
    period = _PERIOD.fullmatch(unicodedata.normalize("NFKC", text)) if isinstance(cell, str) else None
    if period is not None and (high or field.has_high):
        end = period[2 if high else 1].strip()
        return _day(end, end, zone, formats, last=high)
    return None if high else _day(cell, text, zone, formats, last=field.last_day)


def parse_time(cell: Cell, text: str, zone: tzinfo, formats: Sequence[str] = ()) -> int | Noted:
    """Return microseconds since 1970 in UTC; a time without offset is in ``zone``."""
    moment = _read(cell, text, formats)
    if moment is None or moment.precision < Precision.DAY:
        raise CellError(NOT_A_TIME)
    at = moment.at
    if not FIRST_YEAR <= at.year < LAST_YEAR:
        raise CellError(OUT_OF_RANGE)
    if at.tzinfo is None:
        at = at.replace(tzinfo=zone)
    micros = (at - _EPOCH) // _MICROSECOND
    return Noted(micros, FROM_A_SERIAL) if moment.serial else micros


def parse_quarter(cell: Cell, text: str) -> str | Noted:
    """Return a quarter as ``2025-Q4``; of a day or month, the one that holds it."""
    plain = unicodedata.normalize("NFKC", text).strip()
    found = _QUARTER.fullmatch(plain)
    if found is not None:
        number = (found["word"] or found["short"]).translate(_CHINESE_DIGITS)
        return f"{found['year']}-Q{number}"
    moment = _read(cell, text, ())
    if moment is None or moment.precision < Precision.MONTH or _MONTH_OR_QUARTER.fullmatch(plain):
        raise CellError(NOT_A_QUARTER)
    return Noted(f"{moment.at.year:04d}-Q{(moment.at.month + 2) // 3}", TO_THE_QUARTER)


def _day(cell: Cell, text: str, zone: tzinfo, formats: Sequence[str], *, last: bool) -> str | None | Noted:
    if last and text in _OPEN_END:
        return Noted(None, NO_END)
    moment = _read(cell, text, formats)
    if moment is None:
        raise CellError(NOT_A_DATE)
    if moment.at.year < FIRST_YEAR:
        raise CellError(OUT_OF_RANGE)
    at = moment.at if moment.at.tzinfo is None else moment.at.astimezone(zone)
    day, problem = at.date(), _doubt(moment)
    if last and moment.precision < Precision.DAY:
        month = 12 if moment.precision is Precision.YEAR else day.month
        day = date(day.year, month, calendar.monthrange(day.year, month)[1])
    return day.isoformat() if problem is None else Noted(day.isoformat(), problem)


def _doubt(moment: Moment) -> Problem | None:
    if moment.serial:
        return FROM_A_SERIAL
    return TO_THE_MONTH if moment.precision < Precision.DAY else None


def _read(cell: Cell, text: str, formats: Sequence[str]) -> Moment | None:
    if isinstance(cell, datetime):
        return Moment(cell)
    if isinstance(cell, date):
        return Moment(datetime(cell.year, cell.month, cell.day), Precision.DAY)
    return _by_formats(text, formats) or _by_iso(text) or _by_form(text)


def _by_formats(text: str, formats: Sequence[str]) -> Moment | None:
    for one in formats:
        try:
            return Moment(datetime.strptime(text, one))
        except ValueError:
            continue
    return None


def _by_iso(text: str) -> Moment | None:
    try:
        return Moment(datetime.fromisoformat(text))
    except ValueError:
        return None


def _by_form(text: str) -> Moment | None:
    plain = _WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    plain = _CHINESE_NUMBER.sub(_to_digits, plain)
    try:
        return _by_words(plain) or _by_digits(plain)
    except (ValueError, OverflowError):
        return None


def _by_words(plain: str) -> Moment | None:
    if found := _WRITTEN.fullmatch(plain):
        year, month, day = (int(found[name]) for name in ("year", "month", "day"))
        if found["hour"] is None:
            return Moment(datetime(year, month, day), Precision.DAY)
        hour = _hour(int(found["hour"]), (found["half"] or found["half_after"] or "").casefold())
        minute, second = int(found["minute"] or 0), int(found["second"] or 0)
        micros = int((found["fraction"] or "0")[:6].ljust(6, "0"))
        if (hour, minute, second, micros) == (24, 0, 0, 0):
            return Moment(datetime(year, month, day) + timedelta(days=1))
        return Moment(datetime(year, month, day, hour, minute, second, micros))
    if found := _MONTH.fullmatch(plain):
        return Moment(datetime(int(found[1]), int(found[2] or found[3]), 1), Precision.MONTH)
    if found := _YEAR.fullmatch(plain):
        return Moment(datetime(int(found[1]), 1, 1), Precision.YEAR)
    return None


def _hour(hour: int, half: str) -> int:
    """Return the hour of the day from that of a half: 下午2 is 14, 上午12 is 0, 中午1 is 13."""
    if not half:
        return hour
    if hour > 12:
        if half in _MORNING:
            raise ValueError("no hour of the morning")
        return hour
    if half in _MORNING:
        return hour % 12
    if half in _NOON:
        return hour if hour >= 10 else hour + 12
    if half in ("晚上", "晚", "夜间") and hour in (12, 0):
        raise ValueError("midnight of which day?")
    return hour % 12 + 12


def _by_digits(plain: str) -> Moment | None:
    if found := _COMPACT.fullmatch(plain):
        parts = [int(part or 0) for part in found.groups()]
        return Moment(datetime(*parts), Precision.TIME if found[4] else Precision.DAY)  # type: ignore[arg-type]
    if _SERIAL.fullmatch(plain) and _SERIALS[0] <= float(plain) < _SERIALS[1]:
        seconds = round(float(plain) * 86_400)
        return Moment(_SERIAL_EPOCH + timedelta(seconds=seconds), serial=True)
    if found := _SECONDS_SINCE_1970.fullmatch(plain):
        return Moment(_EPOCH + timedelta(seconds=int(found[1]), milliseconds=int(found[2] or 0)))
    return None


def _to_digits(found: re.Match[str]) -> str:
    text = found[0]
    if "十" not in text:
        return text.translate(_CHINESE_DIGITS)
    tens, _, ones = text.partition("十")
    return (tens.translate(_CHINESE_DIGITS) or "1") + (ones.translate(_CHINESE_DIGITS) or "0")
