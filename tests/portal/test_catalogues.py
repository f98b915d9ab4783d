"""Catalogues are compiled once, and again when they change."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

from geo.texts import fill
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


def test_one_is_said_in_the_singular_and_other_texts_as_ever(tmp_path: Path) -> None:
    english = gettext.translation("messages", catalogues.compile_catalogues(tmp_path), ["en"])
    translate = catalogues.translate_by(english)
    text = "{n:,} 个小区"
    assert [fill(text, {"n": n}, translate) for n in (0, 1, 1200)] == [
        "0 communities",
        "1 community",
        "1,200 communities",
    ]
    # A text that counts without two forms of its own, one whose number nobody gave, and one without English.
    assert fill("未定位 {n:,}", {"n": 1}, translate) == "1 not located"
    assert translate(text) == "{n:,} community"
    assert fill("没有英文 {n}", {"n": 1}, translate) == "没有英文 1"
    assert fill(text, {"n": 1}, catalogues.translate_by(gettext.NullTranslations())) == "1 个小区"
