"""Columns of texts that repeat, as words and codes: smaller to hand over, and shared in memory after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def pack_words(values: Sequence[Any]) -> Any:
    """Return texts or None as ``{"words", "codes"}`` where that is shorter, else ``values`` as a list."""
    index: dict[str | None, int] = {}
    codes = [index.setdefault(value, len(index)) for value in values if value is None or type(value) is str]
    if len(codes) < len(values) or 2 * len(index) > len(values):
        return list(values)
    return {"words": list(index), "codes": codes}


def unpack_words(packed: Any) -> list[Any]:
    """Return what `pack_words` packed; equal texts are one object."""
    if isinstance(packed, list):
        return packed
    words = packed["words"]
    return [words[code] for code in packed["codes"]]
