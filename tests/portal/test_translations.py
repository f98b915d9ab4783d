"""Every Chinese text has its English, with the same placeholders."""

from __future__ import annotations

import importlib.util
import re

import pytest

from portal.config import ROOT

_spec = importlib.util.spec_from_file_location("catalogue", ROOT / "scripts" / "catalogue.py")
assert _spec is not None
assert _spec.loader is not None
catalogue = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(catalogue)

PLACEHOLDER = re.compile(r"\{\w+(?::[^}]*)?\}|%\(\w+\)s|%%")


def test_every_text_has_english() -> None:
    assert catalogue.missing(catalogue.extract(), catalogue.load()) == []


def test_english_keeps_the_placeholders() -> None:
    broken = [
        message.id
        for message in catalogue.load()
        if message.id
        and sorted(PLACEHOLDER.findall(message.id)) != sorted(PLACEHOLDER.findall(message.string))
    ]
    assert broken == []


def test_english_has_no_marks_that_are_wide_in_chinese_fonts() -> None:
    wide = re.compile(r"[\u2018-\u201d\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
    # A cell that asks for 是 or 否 is the one text that must show Chinese.
    found = [str(message.string) for message in catalogue.load() if wide.search(str(message.string))]
    assert [text for text in found if "是" not in text] == []


@pytest.mark.parametrize("text", ["登录", "period：{value} 不是季度", "没有要去的小区"])
def test_known_texts_are_in_the_catalogue(text: str) -> None:
    assert catalogue.load().get(text).string
