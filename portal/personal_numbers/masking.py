"""What is found in a text is masked, and nothing else of it changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from portal.personal_numbers import kinds
from portal.personal_numbers.plain import BETWEEN, Plain, Run, digits_of, make_plain, may_hold, runs_of
from portal.personal_numbers.signs import find_signs, mask_digits

_Found = tuple[int, int, str]
_MOST_DIGITS = 19
_BESIDE = 16  # signs that are read before and behind a number
_MIXED_SIZES = (18, 15, 13, 12, 11, 10, 19, 17, 16, 8, 7)
_CHECK_LETTER = re.compile(r"[\s-]{0,2}[xX](?![A-Za-z])")
_ONLY_NUMBERS = re.compile(rf"(?:{BETWEEN}|[\d+,;，；、])+")


def mask_numbers(text: str, *, telephone: bool = False) -> str:
    """Return a text with the numbers of persons in it masked, others as they are.

    Parameters
    ----------
    telephone
        Whether 7 or 8 digits alone are a telephone number: in a column of telephones, or of names.

    Examples
    --------
    >>> mask_numbers("幸福花园 １３８-0013-八000，277,600.5 m²，2024-01-02")
    '幸福花园 138****8000，277,600.5 m²，2024-01-02'
    """
    if not may_hold(text):
        return text
    # What one way of looking has masked, the next does not find.
    text = _replace(text, find_signs(make_plain(text)))
    plain = make_plain(text)
    alone = telephone and bool(_ONLY_NUMBERS.fullmatch(plain.text))
    text = _replace(text, _find_digits(plain, alone=alone))
    return _replace(text, _find_mixed(make_plain(text)))


def _replace(text: str, found: Iterator[_Found]) -> str:
    for start, end, masked in sorted(found, reverse=True):
        text = text[:start] + masked + text[end:]
    return text


def _find_digits(plain: Plain, *, alone: bool) -> Iterator[_Found]:
    """Find numbers in digits."""
    for run in runs_of(plain.text):
        at = 0
        while at < len(run.groups):
            hit = _longest(plain.text, run, at, alone=alone)
            if hit is None:
                at += 1
                continue
            upto, end, digits = hit
            start = run.groups[at].start
            start -= plain.text[start - 1 : start] == "+"
            yield (*plain.span(start, end), mask_digits(digits))
            at = upto + 1


def _longest(text: str, run: Run, at: int, *, alone: bool) -> tuple[int, int, str] | None:
    """Return last group, end and digits of the longest number that begins with a group."""
    for upto in reversed(range(at, min(at + _MOST_DIGITS, len(run.groups)))):
        groups = run.groups[at : upto + 1]
        digits, end = "".join(group.digits for group in groups), groups[-1].end
        if len(digits) > _MOST_DIGITS and upto > at:
            continue
        check = _CHECK_LETTER.match(text, end) if len(digits) == 17 else None
        if check:
            digits, end = digits + "X", check.end()
        sizes = tuple(len(group.digits) for group in groups)
        weak, whole = any(run.weak[at:upto]), len(groups) == len(run.groups)
        if kinds.is_number(digits, sizes, weak=weak, whole=whole):
            return upto, end, kinds.own_digits(digits)
        first, last = groups[0].start, groups[-1].end
        before, behind = text[max(first - _BESIDE, 0) : first], text[last : last + _BESIDE]
        if kinds.is_local(digits, sizes, before, behind, alone=alone):
            return upto, end, digits
    return None


def _find_mixed(plain: Plain) -> Iterator[_Found]:
    """Find numbers in Chinese or circled digits, or with some of them among others."""
    text = digits_of(plain.text)
    for run in runs_of(text):
        mixed = _Mixed.from_run(run, text, plain.text)
        if not mixed.words or text[max(mixed.places[0] - 1, 0)] == "*":
            continue
        at = 0
        while at < len(mixed.digits):
            size = next((n for n in _MIXED_SIZES if mixed.has_number(at, n)), 0)
            if size:
                start, end = plain.span(mixed.places[at], mixed.places[at + size - 1] + 1)
                yield start, end, mask_digits(kinds.own_digits(mixed.digits[at : at + size]))
            at += size or 1


@dataclass(frozen=True)
class _Mixed:
    """The digits of a run, their places, which may also be words, and where groups begin and end."""

    digits: str
    places: list[int]
    words: set[int]
    firsts: set[int]
    lasts: set[int]

    @classmethod
    def from_run(cls, run: Run, text: str, written: str) -> _Mixed:
        """Return what a run of ``text`` is, whose digits were ``written`` otherwise."""
        places = [place for group in run.groups for place in range(group.start, group.end)]
        return cls(
            "".join(text[place] for place in places),
            places,
            {place for place in places if text[place] != written[place]},
            {group.start for group in run.groups},
            {group.end - 1 for group in run.groups},
        )

    def has_number(self, at: int, size: int) -> bool:
        """Whether so many digits, from there, are a person's number."""
        part, own = self.digits[at : at + size], self.places[at : at + size]
        if len(part) < size or self.words.isdisjoint(own):
            return False
        # A numeral beside a number is a word: 一三八零零一三八零零八一直不通.
        parted = {own[0], own[0] - 1} & self.words or own[0] in self.firsts
        ended = {own[-1], own[-1] + 1} & self.words or own[-1] in self.lasts
        if not (parted and ended):
            return False
        if kinds.is_mobile_or_identity(part):
            return True
        apart = own[0] in self.firsts and own[-1] in self.lasts
        return apart and (kinds.is_named(part) or kinds.is_landline(part))
