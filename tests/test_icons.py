"""The icons that are copied are those that the pages draw."""

from __future__ import annotations

import re
from collections.abc import Iterator

from portal.config import ROOT
from scripts.vendor import read_icon_names

FOLDERS = {"templates": "*.html", "portal": "*.py", "static/app": "*.js"}


def found(pattern: str, folder: str) -> Iterator[str]:
    for file in (ROOT / folder).rglob(FOLDERS[folder]):
        yield from re.findall(pattern, file.read_text("utf-8"))


def test_every_icon_that_is_copied_is_used_and_the_other_way_round() -> None:
    listed = read_icon_names((ROOT / "scripts" / "icons.txt").read_text("utf-8"))
    copied = {name.replace("/", "-") for name in listed}
    # A name stands in quotes, or at the end of the sprite's address.
    written = {name for folder in FOLDERS for name in found(r"""['"#]([a-z0-9-]+)['"]""", folder)}
    drawn = set(found(r"""icon\(['"]([a-z0-9-]+)['"]""", "templates"))
    assert copied - written == set()
    assert len(drawn) > 30
    assert drawn - copied == set()
