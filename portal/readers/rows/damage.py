"""Numbers that a spreadsheet or a program damaged before they arrived: their last digits are gone.

A spreadsheet keeps 15 digits of a number, a double 17. A key of more digits that
passed through one ends in zeros, or is written as 3.41501E+16: several rows then have
one key. None of them may be taken for a key, since they would overwrite each other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from portal.readers.formats.raw import DIGITS_KEPT, LARGEST_KEPT, Cell

LARGEST_IN_DOUBLE = 2**53
# Keys end in zeros by chance: only so many zeros together, over the rows, are evidence.
ZEROS_PROVE = 3
_SCIENTIFIC = re.compile(r"[-+]?\d(?:[.,]\d*)?e\+\d{1,3}", re.IGNORECASE)
_LONG = re.compile(rf"\d{{{DIGITS_KEPT + 1},}}")


def is_damaged(cell: Cell) -> bool:
    """Whether a cell by itself shows that digits of it are lost.

    >>> is_damaged("3.41501E+16"), is_damaged(3.415e17), is_damaged("341501202405000101"), is_damaged("1E5")
    (True, True, False, False)
    """
    if isinstance(cell, float):
        return bool(abs(cell) >= LARGEST_KEPT)
    return isinstance(cell, str) and _SCIENTIFIC.fullmatch(cell) is not None


def find_damaged(cells: Sequence[Cell]) -> list[bool]:
    """Return for each cell of a column of keys whether digits of it are lost.

    Digits that end in zeros where a spreadsheet or a program cuts are judged together: most of the
    long ones must end so, and with more zeros than by chance.

    Parameters
    ----------
    cells
        Cleaned texts, numbers or None.
    """
    cut = {cell for cell in cells if _looks_cut(cell)}
    whole = {cell for cell in cells if _is_long(cell)} - cut
    zeros = sum(_lost_digits(cell) for cell in cut)
    told = cut if zeros >= ZEROS_PROVE and len(cut) >= len(whole) else frozenset()
    return [is_damaged(cell) or cell in told for cell in cells]


def _is_long(cell: Cell) -> bool:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return abs(cell) > LARGEST_IN_DOUBLE
    return isinstance(cell, str) and _LONG.fullmatch(cell) is not None


def _looks_cut(cell: Cell) -> bool:
    """Whether a long number says exactly what is left of it after 15 digits, or in a double."""
    if not _is_long(cell):
        return False
    if isinstance(cell, int):
        return int(Decimal(repr(float(cell)))) == cell
    return not str(cell)[DIGITS_KEPT:].strip("0")


def _lost_digits(cell: Cell) -> int:
    digits = str(cell)
    if isinstance(cell, int):
        return max(1, len(digits) - len(digits.rstrip("0")))
    return len(digits) - DIGITS_KEPT
