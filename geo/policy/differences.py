"""What one version of a policy says otherwise than another, place by place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Difference:
    """A place of the document, and what stands there in each version; None for nothing.

    Rows with codes are found by them: ``scores.bands.good.at_least``.
    """

    path: str
    before: Any
    after: Any


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return where two documents differ, in the order of the first.

    Examples
    --------
    >>> differences({"fees": {"a": 1}}, {"fees": {"a": 1.5, "b": 2}})
    [Difference(path='fees.a', before=1, after=1.5), Difference(path='fees.b', before=None, after=2)]
    """
    old, new = _leaves(before, ""), _leaves(after, "")
    paths = [*old, *(path for path in new if path not in old)]
    return [
        Difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)
    ]


def arranged(value: Any, like: Any) -> Any:
    """Return a document with its keys in the order of another: the database keeps none."""
    if isinstance(value, Mapping):
        model = like if isinstance(like, Mapping) else {}
        names = [*(name for name in model if name in value), *(name for name in value if name not in model)]
        return {name: arranged(value[name], model.get(name)) for name in names}
    if isinstance(value, list) and isinstance(like, list) and like:
        return [arranged(one, like[0]) for one in value]
    return value


def _leaves(value: Any, path: str) -> dict[str, Any]:
    if isinstance(value, Mapping):
        parts = value.items()
    elif isinstance(value, list) and value and all(isinstance(row, Mapping) for row in value):
        coded = all("code" in row for row in value)
        rows = {row["code"] if coded else str(number): row for number, row in enumerate(value, 1)}
        if len(rows) < len(value):
            return {path: value}
        parts = rows.items()
    else:
        return {path: value}
    found: dict[str, Any] = {}
    for name, inner in parts:
        found |= _leaves(inner, f"{path}.{name}" if path else str(name))
    if isinstance(value, list) and coded:
        found[path] = list(rows)  # their order
    return found
