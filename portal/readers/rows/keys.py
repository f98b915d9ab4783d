"""The key of each row: from a column that tells rows apart, or from several fields together."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from portal.readers.problems import (
    IS_MISSING,
    KEY_DAMAGED,
    KEY_MISSING,
    KEY_REPEATS,
    NO_KEY,
    Problem,
    Reject,
    refuse,
    reject,
)
from portal.readers.schema import KEY

SEPARATOR = "/"
_DAMAGED = "\0"


def choose_key(
    candidates: Mapping[str, Sequence[Any]],
    groups: Sequence[Mapping[str, Sequence[Any]]],
    left_out: Collection[int] = (),
    last: Sequence[Mapping[str, Sequence[Any]]] = (),
) -> tuple[tuple[str, ...], list[str | None]]:
    """Return the columns that make the key, and the key of each row.

    The candidate with most different values wins if it tells more than half of
    the rows apart: a column that always says 1 is no key. Otherwise the group
    with most different values does, by the same rule.

    Parameters
    ----------
    candidates
        Header to texts, best first.
    groups
        Field to values, for each group of fields that may identify a row. A
        row has the group's key if it has the last of them.
    left_out
        Places of rows that need no key, since they are left out anyway.
    last
        As ``groups``, for where neither candidates nor groups tell rows apart.

    Raises
    ------
    FileRefused
        Nothing tells the rows apart.
    """
    single: list[tuple[tuple[str, ...], list[str | None]]] = [
        ((header,), list(values)) for header, values in candidates.items()
    ]
    joined, final = (
        [(tuple(group), join_key(list(group.values()))) for group in listed if group]
        for listed in (groups, last)
    )
    for options in (single, joined, final):
        if options:
            best = max(options, key=lambda option: _distinct(option[1]))
            if _tells_apart(best[1]) or _tells_apart(_without(best[1], left_out)):
                return best
    raise refuse(NO_KEY)


def join_key(columns: Sequence[Sequence[Any]]) -> list[str | None]:
    """Return the values of each row joined, None where the last is missing."""
    return [
        None if row[-1] is None else SEPARATOR.join("" if part is None else str(part) for part in row)
        for row in zip(*columns, strict=True)
    ]


def tell_apart(keys: Sequence[str | None], damaged: Sequence[bool]) -> list[str | None]:
    """Return the keys with the damaged ones made different: what several rows were cut down to tells nothing.

    So a damaged column is still chosen where it is the key, and its rows are refused for the true reason.
    """
    return [
        f"{key}{_DAMAGED}{at}" if lost else key
        for at, (key, lost) in enumerate(zip(keys, damaged, strict=True))
    ]


def check_keys(
    keys: Sequence[str | None], numbers: Sequence[int], damaged: Sequence[bool] = ()
) -> list[Reject]:
    """Return the rows without a key, with a damaged one, and those that repeat the key of an earlier one."""
    rejects = []
    seen: set[str] = set()
    for number, key, lost in zip(numbers, keys, damaged or [False] * len(keys), strict=True):
        problem: Problem | None = None
        if key is not None and lost:
            key, problem = re.sub(f"{_DAMAGED}\\d+", "", key), KEY_DAMAGED
        elif key is None:
            problem = KEY_MISSING
        elif key in seen:
            problem = KEY_REPEATS
        else:
            seen.add(key)
        if problem is not None:
            rejects.append(reject(number, KEY, key, problem, blocking=True))
    return rejects


def name_lacking(
    faults: Sequence[Reject],
    name: str,
    numbers: Sequence[int],
    cells: Sequence[Any],
    told: Sequence[Reject],
) -> list[Reject]:
    """Return ``faults`` of keys that fields make, a missing key told as the field ``name`` that lacks.

    Rows whose field was refused already, as ``told`` says, are not told again.
    """
    known = {item.row for item in told if item.blocking and item.field == name}
    lacking = {item.row for item in faults if item.reason == KEY_MISSING.reason}
    return [item for item in faults if item.row not in lacking] + [
        reject(number, name, cell, IS_MISSING, blocking=True)
        for number, cell in zip(numbers, cells, strict=True)
        if number in lacking - known
    ]


def _distinct(keys: Sequence[str | None]) -> int:
    return len({key for key in keys if key is not None})


def _tells_apart(keys: Sequence[str | None]) -> bool:
    return not keys or 2 * _distinct(keys) > len(keys)


def _without(keys: Sequence[str | None], left_out: Collection[int]) -> list[str | None]:
    return [key for at, key in enumerate(keys) if at not in left_out]
