"""The reject file: what could not be taken from a file, and what the clerk can do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from portal.errors import N_
from portal.readers.problems import Reject
from portal.tables import write_csv

_TITLES = {
    "row": N_("行"),
    "field": N_("字段"),
    "value": N_("原值"),
    "reason": N_("原因"),
    "remedy": N_("处理办法"),
}


def write_rejects(path: Path, rejects: Iterable[Reject], say: Callable[[str], str] = str) -> None:
    """Write the reject file: CSV in UTF-8 with BOM, formulas neutralised.

    Parameters
    ----------
    path
        File to write; replaced if it exists.
    rejects
        In the order to be written.
    say
        Translates a marked text; by default it stays Chinese.
    """
    rows = (
        {
            "row": item.row,
            "field": item.field,
            "value": item.value,
            "reason": say(item.reason),
            "remedy": say(item.remedy),
        }
        for item in rejects
    )
    with path.open("wb") as stream:
        write_csv(stream, rows, [(name, say(title)) for name, title in _TITLES.items()])
