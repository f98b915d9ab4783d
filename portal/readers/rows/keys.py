"""The key of each row: from a column that tells rows apart, or from several fields together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.readers.problems import KEY_MISSING, KEY_REPEATS, NO_KEY, Problem, Reject, refuse, reject
from portal.readers.schema import KEY

SEPARATOR = "/"


def choose_key(
    candidates: Mapping[str, Sequence[Any]], groups: Sequence[Mapping[str, Sequence[Any]]]
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

    Raises
    ------
    FileRefused
        Nothing tells the rows apart.
    """
    single: list[tuple[tuple[str, ...], list[str | None]]] = [
        ((header,), list(values)) for header, values in candidates.items()
    ]
    joined = [(tuple(group), join_key(list(group.values()))) for group in groups if group]
    for options in (single, joined):
        if options:
            best = max(options, key=lambda option: _distinct(option[1]))
            if 2 * _distinct(best[1]) > len(best[1]):
                return best
    raise refuse(NO_KEY)


def join_key(columns: Sequence[Sequence[Any]]) -> list[str | None]:
    """Return the values of each row joined, None where the last is missing."""
    return [
        None if row[-1] is None else SEPARATOR.join("" if part is None else str(part) for part in row)
        for row in zip(*columns, strict=True)
    ]


def check_keys(keys: Sequence[str | None], numbers: Sequence[int]) -> list[Reject]:
    """Return the rows without a key, and those that repeat the key of an earlier one."""
    rejects = []
    seen: set[str] = set()
    for number, key in zip(numbers, keys, strict=True):
        problem: Problem | None = None
        if key is None:
            problem = KEY_MISSING
        elif key in seen:
            problem = KEY_REPEATS
        else:
            seen.add(key)
        if problem is not None:
            rejects.append(reject(number, KEY, key, problem, blocking=True))
    return rejects


def _distinct(keys: Sequence[str | None]) -> int:
    return len({key for key in keys if key is not None})
