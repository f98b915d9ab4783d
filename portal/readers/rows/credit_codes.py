"""Unified social credit codes (GB 32100): 18 characters, of which the last checks the others."""

from __future__ import annotations

import re
import unicodedata

from portal.readers.problems import CODE_CHECK, CODE_FORM, Problem

# Without I, O, S, V, Z, which look like digits.
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_FORM = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")


def clean_code(text: str) -> str:
    """Return a code as it is kept: capital letters and digits, without width, blanks and dashes.

    >>> clean_code("91440300 ma5da1234x"), clean_code("９１４４")
    ('91440300MA5DA1234X', '9144')
    """
    return re.sub(r"[\s-]+", "", unicodedata.normalize("NFKC", text)).upper()


def doubt(code: str) -> Problem | None:
    """Return what is wrong with a cleaned code; None where it may be one.

    >>> doubt("91350100M000100Y43"), doubt("91350100M000100Y44") is CODE_CHECK, doubt("1家") is CODE_FORM
    (None, True, True)
    """
    if not _FORM.fullmatch(code):
        return CODE_FORM
    total = sum(_ALPHABET.index(letter) * weight for letter, weight in zip(code, _WEIGHTS, strict=False))
    return None if _ALPHABET[-total % 31] == code[-1] else CODE_CHECK
