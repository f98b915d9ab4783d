"""Which of the first rows of a sheet or text file are the header: below titles, and of up to three rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

# A header stands in one of the first rows, below titles, and has at least two names we know.
HEADER_SEARCH_ROWS = 10
HEADERS_KNOWN = 2
MOST_HEADER_ROWS = 3
_BRACKETED = re.compile(r"\s*[（(\[【〔].*[)）\]】〕]\s*")
_UNIT = re.compile(
    r"\s*[万亿千百]?(?:元|分|㎡|m2|m²|平方米|平米|平方公里|公顷|亩|户|套|部|台|栋|幢|个|年)"
    r"(?:/.{1,8})?\s*",
    re.IGNORECASE,
)

Rows = Sequence[tuple[int, Sequence[Any]]]


@dataclass(frozen=True)
class Header:
    """Where the header is.

    Parameters
    ----------
    start, end
        Among the first filled rows, from 0; ``end`` is the first row of the table's body.
    cells
        One for each column, those of several rows joined.
    known
        How many of them are known.
    """

    start: int
    end: int
    cells: tuple[Any, ...]
    known: int = 0


def find_header(first: Rows, is_header: Callable[[str], bool], stated_row: int | None = None) -> Header:
    """Return the header among the first filled rows.

    The rows of which most cells are known; of equals the fewest, then the first. A row
    that holds nothing but units belongs to the header above it.

    Parameters
    ----------
    first
        Row numbers and cells.
    is_header
        Whether a cell is a header that is known.
    stated_row
        Its row as people count, None to find it.
    """
    if not first:
        return Header(0, 0, ())
    starts = range(len(first))
    if stated_row is not None:
        below = [at for at in starts if first[at][0] >= stated_row]
        starts = range(below[0], below[0] + 1) if below else range(1)
    options = [
        option
        for depth in range(1, MOST_HEADER_ROWS + 1)
        for start in starts
        if (option := _join(first, start, depth, is_header)) is not None
    ]
    best = max(options, key=lambda option: option.known)
    if best.known < HEADERS_KNOWN and not best.known:
        best = next(option for option in options if option.start == starts[0])
    return _with_units(best, first)


def _join(first: Rows, start: int, depth: int, is_header: Callable[[str], bool]) -> Header | None:
    """Return the header that begins at ``start``; None where further rows cannot be part of it."""
    if start + depth > len(first) or (depth > 1 and start + depth >= len(first)):
        return None
    cells = [_text(cell) for cell in first[start][1]]
    for _, below in first[start + 1 : start + depth]:
        texts = [_text(cell) for cell in below]
        width = max(len(cells), len(texts))
        cells, texts = _padded(cells, width), _padded(texts, width)
        beside = [not top and bool(bottom) for top, bottom in zip(cells, texts, strict=True)]
        under = [bool(top) and bool(bottom) for top, bottom in zip(cells, texts, strict=True)]
        # A group spans two columns at least: a row that fills what stands above it is the first of the body.
        if not any(beside) or sum(under) > sum(beside):
            return None
        cells = _combine(cells, texts, is_header)
    names = [cell for cell in cells if cell]
    if depth > 1 and len(set(names)) < len(names):
        return None
    return Header(start, start + depth, tuple(cells), sum(map(is_header, names)))


def _combine(tops: list[str], bottoms: list[str], is_header: Callable[[str], bool]) -> list[str]:
    combined, group = [], ""
    for top, bottom in zip(tops, bottoms, strict=True):
        group = top or group
        if not bottom:
            combined.append(top)
        else:
            joined = group + bottom
            combined.append(bottom if is_header(bottom) and not is_header(joined) else joined)
    return combined


def _with_units(header: Header, first: Rows) -> Header:
    if header.end >= len(first) - 1:
        return header
    texts = [_text(cell) for cell in first[header.end][1]]
    filled = [text for text in texts if text]
    if not all(_BRACKETED.fullmatch(text) or _UNIT.fullmatch(text) for text in filled):
        return header
    texts = _padded(texts, len(header.cells))
    units = [text if _BRACKETED.fullmatch(text) else f"（{text}）" if text else "" for text in texts]
    cells = tuple(_text(cell) + unit for cell, unit in zip(header.cells, units, strict=False))
    return Header(header.start, header.end + 1, cells, header.known)


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells, *[""] * (width - len(cells))]


def _text(cell: Any) -> str:
    return "" if cell is None else " ".join(str(cell).split())
