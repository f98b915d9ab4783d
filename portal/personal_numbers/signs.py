"""Numbers told by signs in or before them: mail, plates, accounts, passports, what a spreadsheet rounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from portal.personal_numbers.kinds import is_landline, is_named
from portal.personal_numbers.plain import Plain

_MAIL = re.compile(r"([A-Za-z0-9._%+-]+)@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使][A-Z]([\s·•・.\-]?"
    r"(?=(?:[A-Z]*\d){2})(?:[A-HJ-NP-Z0-9]{5,6}|[A-HJ-NP-Z0-9]{4}[挂学警港澳领]))(?![A-Z0-9])",
    re.IGNORECASE,
)
_ACCOUNTS = (
    re.compile(
        r"(?:QQ|扣扣|企鹅|\bQ(?=[号群:：]))(?:号码|[号群])?[\s:：是为=]{0,3}([1-9]\d{4,11})", re.IGNORECASE
    ),
    re.compile(
        r"(?:微信|薇信|威信|we\s?chat|weixin|v信|\bvx|\bwx)(?:号码|号|id)?[\s:：是为=]{0,3}([a-z0-9][a-z0-9_-]{5,19})",
        re.IGNORECASE,
    ),
)
_PASSPORT = re.compile(
    r"(?<![A-Z0-9])((?:E[A-Z]\d{7}|[EGDSPCHMW]\d{8}|[HM]\d{10}))(?![A-Z0-9])", re.IGNORECASE
)
_SCIENTIFIC = re.compile(r"(?<![\d.])(\d(?:\.\d+)?)[Ee]\+?\d{1,2}(?!\d)")
_LEAST_EXACT = 7  # significant digits that still tell whose number it was


def mask_digits(digits: str) -> str:
    """Return a number with its middle masked."""
    head, tail = (3, 4) if len(digits) >= 11 else (1, 4)
    return digits[:head] + "*" * (len(digits) - head - tail) + digits[-tail:]


def find_signs(plain: Plain) -> Iterator[tuple[int, int, str]]:
    """Return start and end, in the original, and what is to stand there."""
    taken: list[tuple[int, int]] = []
    for start, end, masked in _find(plain.text):
        if not any(one < end and start < other for one, other in taken):
            taken.append((start, end))
            yield (*plain.span(start, end), masked)


def _find(text: str) -> Iterator[tuple[int, int, str]]:
    for hit in _MAIL.finditer(text):
        yield (*hit.span(1), hit[1][0] + "***")
    for hit in _PLATE.finditer(text):
        yield (*hit.span(1), "*****")
    for pattern in _ACCOUNTS:
        for hit in pattern.finditer(text):
            yield (*hit.span(1), hit[1][0] + "****")
    for hit in _PASSPORT.finditer(text):
        yield (*hit.span(1), hit[1][0] + "*" * (len(hit[1]) - 3) + hit[1][-2:])
    for hit in _SCIENTIFIC.finditer(text):
        digits = f"{Decimal(hit[0]):f}"
        exact = len(hit[1].replace(".", "")) >= _LEAST_EXACT
        if exact and (is_named(digits) or is_landline(digits)):
            yield (*hit.span(), mask_digits(digits))
