"""A policy as TOML text: `tomllib` reads it and writes none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any

_DELETE = "\x7f"  # the one character that JSON leaves as it is and TOML does not


def write_toml(document: Mapping[str, Any], note: Callable[[str], str] = lambda path: "") -> str:
    """Return a document as TOML, in the order of its keys.

    Parameters
    ----------
    note
        Asked for a remark beside the value at a path, "" for none.
    """
    own, inner = _own_and_inner(document, "", "", note)
    return "\n".join([*own, *inner]).strip("\n") + "\n"


def write_rows(name: str, rows: list[Mapping[str, Any]]) -> str:
    """Return rows as an array of tables, one ``[[name]]`` each."""
    return write_toml({name: rows})


def _own_and_inner(
    table: Mapping[str, Any], path: str, head: str, note: Callable[[str], str]
) -> tuple[list[str], list[str]]:
    """Return the lines of a table's own values, and those of the tables in it, which come after them.

    Parameters
    ----------
    path, head
        Where the table stands: as remarks are asked for, and as its heads are written.
    """
    own, inner = [], []
    for name, value in table.items():
        here, below = f"{path}.{name}" if path else name, f"{head}.{_key(name)}" if head else _key(name)
        if isinstance(value, Mapping):
            inner += ["", f"[{below}]", *chain(*_own_and_inner(value, here, below, note))]
        elif not head and _is_rows(value):
            for row in value:
                inner += ["", f"[[{below}]]", *(f"{_key(cell)} = {_value(row[cell])}" for cell in row)]
        else:
            said = note(here)
            own.append(f"{_key(name)} = {_value(value)}" + (f"  # {said}" if said else ""))
    return own, inner


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(inner)}" for name, inner in value.items()) + " }"
    if _is_rows(value):
        return "[\n" + "".join(f"  {_value(row)},\n" for row in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return repr(value)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else _quoted(name)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace(_DELETE, "\\u007f")
