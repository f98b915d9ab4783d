"""The shipped policy as a document, to be changed at one place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

TEXT = (Path(__file__).parents[3] / "data" / "city.toml").read_text("utf-8")


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the shipped policy with the value at a dotted path replaced, or removed where it is None."""
    document = tomllib.loads(TEXT)
    *parents, last = path.split(".")
    table = document
    for name in parents:
        table = table[name]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return document
