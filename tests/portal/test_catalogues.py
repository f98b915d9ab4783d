"""Catalogues are compiled once, and again when they change."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from portal import catalogues


def test_english_is_compiled_and_read_back(tmp_path: Path) -> None:
    folder = catalogues.compile_catalogues(tmp_path)
    english = gettext.translation("messages", folder, ["en"])
    assert english.gettext("登录") == "Log in"


def test_compiled_once_until_the_source_changes(tmp_path: Path) -> None:
    compiled = catalogues.compile_catalogues(tmp_path) / "en" / "LC_MESSAGES" / "messages.mo"
    first = compiled.stat().st_ino
    catalogues.compile_catalogues(tmp_path)
    assert compiled.stat().st_ino == first
    os.utime(compiled, (0, 0))
    catalogues.compile_catalogues(tmp_path)
    assert compiled.stat().st_ino != first
    assert [file.name for file in compiled.parent.iterdir()] == ["messages.mo"]
