"""A text as digits are looked for in it: half-width, without what nobody sees, and its runs of digits."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# The last four are letters by their category, and yet nobody sees them.
BETWEEN = r"[\s\-‐‑‒–—―−_.·•・/\\()\[\]~*|…\u115f\u1160\u3164\u2800]"
_JOINT = re.compile(rf"{BETWEEN}{{1,3}}")
# A decimal point, a comma of thousands or of a list: in a number only where the groups are those of one.
_WEAK_JOINT = re.compile(r"[.,，、]")
_CHINESE = dict(zip("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0001234567891123456789", strict=True))
_POWERS = "²³"  # m², m³
_UNSEEN = ("Cf", "Mn", "Me")
_LEAST_DIGITS = 5
_OTHER_SIGNS = re.compile(r"[@＠A-Za-zａ-ｚＡ-Ｚ信企扣]")


@dataclass(frozen=True)
class Group:
    """Digits with nothing between them, and where they stand."""

    start: int
    end: int
    digits: str


@dataclass(frozen=True)
class Run:
    """Groups with only separators between them; ``weak`` are the gaps that may be a decimal point."""

    groups: list[Group]
    weak: list[bool]


@dataclass(frozen=True)
class Plain:
    """A text with half-width digits and signs, without what nobody sees, and where each sign stood."""

    text: str
    places: list[int]
    size: int

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the original that ``text[start:end]`` was."""
        return self.places[start], self.places[end] if end < len(self.places) else self.size


def may_hold(text: str) -> bool:
    """Whether a text is worth a closer look."""
    digits = sum(sign.isnumeric() or sign in _CHINESE for sign in text)
    return digits >= _LEAST_DIGITS or bool(_OTHER_SIGNS.search(text))


def make_plain(text: str) -> Plain:
    """Return a text as digits are looked for in it."""
    seen = [
        (at, _half_width(sign)) for at, sign in enumerate(text) if unicodedata.category(sign) not in _UNSEEN
    ]
    return Plain("".join(sign for _, sign in seen), [at for at, _ in seen], len(text))


def _half_width(sign: str) -> str:
    if unicodedata.category(sign) == "Nd":
        return str(unicodedata.digit(sign))
    plain = unicodedata.normalize("NFKC", sign)
    # ① is no 1 yet: it may be a bullet before a number.
    return plain if len(plain) == 1 and not plain.isdigit() else sign


def digits_of(text: str) -> str:
    """Return a text with digits for Chinese numerals and circled ones: 1380013八018 is 13800138018."""
    return "".join(_value(sign) for sign in text)


def _value(sign: str) -> str:
    digit = None if sign in _POWERS else unicodedata.digit(sign, None)
    return _CHINESE.get(sign, sign) if digit is None else str(digit)


def runs_of(text: str) -> Iterator[Run]:
    """Return the digits of a text, those together that only separators part."""
    groups: list[Group] = []
    gaps: list[str] = []
    for hit in re.finditer(r"\d+", text):
        gap = text[groups[-1].end : hit.start()] if groups else ""
        if groups and not (_WEAK_JOINT.fullmatch(gap) or _JOINT.fullmatch(gap)):
            yield _make_run(groups, gaps)
            groups, gaps = [], []
        elif groups:
            gaps.append(gap)
        groups.append(Group(hit.start(), hit.end(), hit[0]))
    if groups:
        yield _make_run(groups, gaps)


def _make_run(groups: list[Group], gaps: list[str]) -> Run:
    """Return a run; several points in a row are separators, one is a decimal point: 138.0013.8000, 138.5."""
    beside = [{*gaps[max(at - 1, 0) : at], *gaps[at + 1 : at + 2]} for at in range(len(gaps))]
    weak = [
        bool(_WEAK_JOINT.fullmatch(gap)) and not (gap == "." and "." in near)
        for gap, near in zip(gaps, beside, strict=True)
    ]
    return Run(groups, weak)
