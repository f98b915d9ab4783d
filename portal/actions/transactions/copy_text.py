r"""Columns as the text of PostgreSQL's COPY, whole columns at a time.

One row is one line, values are parted by tabs, ``\N`` is NULL. This costs less than
handing the driver one value after another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

NULL = r"\N"
WGS84_SRID = 4326
ROWS_AT_ONCE = 5_000

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_IN_ARRAY = str.maketrans({"\\": r"\\", '"': r"\""})

Texts = list[str]


def write_rows(columns: Sequence[Texts]) -> Iterator[str]:
    """Yield the lines of columns of equal length, some thousand at a time.

    Raises
    ------
    ValueError
        The columns differ in length.
    """
    for start in range(0, max(map(len, columns), default=0), ROWS_AT_ONCE):
        part = zip(*(column[start : start + ROWS_AT_ONCE] for column in columns), strict=True)
        yield "\n".join(map("\t".join, part)) + "\n"


def texts(values: Iterable[Any]) -> Texts:
    """Return words, numbers and dates as they are written, escaped."""
    return _known(values, lambda known: _escape(list(map(str, known))))


def whole_numbers(values: Iterable[Any]) -> Texts:
    """Return numbers without decimals; they may come as floats."""
    return _known(values, lambda known: [str(int(value)) for value in known])


def numbers(values: Iterable[Any]) -> Texts:
    """Return numbers, so that each is read back as the same one."""
    return _known(values, lambda known: list(map(repr, np.asarray(known, dtype=np.float64).tolist())))


def flags(values: Iterable[Any]) -> Texts:
    """Return truth values."""
    return _known(values, lambda known: ["t" if value else "f" for value in known])


def times(values: Iterable[Any]) -> Texts:
    """Return points in time, with their offset from UTC."""
    return _known(spell_times(values), lambda known: list(map(str, known)))


def binaries(values: Iterable[Any]) -> Texts:
    """Return bytes in hexadecimal."""
    return _known(values, lambda known: [rf"\\x{value.hex()}" for value in known])


def text_arrays(values: Iterable[Any]) -> Texts:
    """Return lists of words; None is NULL."""
    return [NULL if words is None else _escape_one(_array(words)) for words in values]


def shapes(values: Iterable[Any]) -> Texts:
    """Return shapely geometries in WGS 84 as hexadecimal EWKB."""
    known = shapely.set_srid(_cells(values), WGS84_SRID)
    return [NULL if text is None else text for text in shapely.to_wkb(known, hex=True, include_srid=True)]


def spell_times(values: Iterable[Any]) -> Iterable[Any]:
    """Return aware times as ``str`` spells them, a whole column in one go where that can be."""
    if not (isinstance(values, pd.Series) and isinstance(values.dtype, pd.DatetimeTZDtype)):
        return values
    wall = values.dt.tz_localize(None)
    offset = (wall - values.dt.tz_convert(None)).unique()
    seconds = wall.dt.floor("s")
    # Summer time and fractions are left to ``str``.
    if len(offset.dropna()) != 1 or not seconds.equals(wall):
        return values
    suffix = str(values.dropna().iloc[0])[len("2025-12-31 00:00:00") :]
    spelt = np.datetime_as_string(seconds.to_numpy("datetime64[s]")).tolist()
    return [text.replace("T", " ") + suffix if text != "NaT" else None for text in spelt]


def _known(values: Iterable[Any], write: Callable[[npt.NDArray[np.object_]], Texts]) -> Texts:
    """Return what ``write`` makes of the values that are there, NULL for None, NaN and NaT."""
    cells = _cells(values)
    missing = pd.isna(cells)
    if not missing.any():
        return write(cells)
    written = np.full(len(cells), NULL, dtype=object)
    written[~missing] = write(cells[~missing])
    return written.tolist()


def _cells(values: Iterable[Any]) -> npt.NDArray[np.object_]:
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=object)
    if isinstance(values, np.ndarray):
        return values.astype(object, copy=False)
    listed = list(values)
    cells = np.empty(len(listed), dtype=object)
    cells[:] = listed
    return cells


def _escape(words: Texts) -> Texts:
    # Hardly any column needs it, and one search over all of it is soon done.
    return list(map(_escape_one, words)) if _SPECIAL.search("\0".join(words)) else words


def _escape_one(text: str) -> str:
    return text.translate(_ESCAPES)


def _array(words: Iterable[str]) -> str:
    return "{" + ",".join(f'"{word.translate(_IN_ARRAY)}"' for word in words) + "}"
