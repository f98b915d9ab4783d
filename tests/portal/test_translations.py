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
        text
        for message in catalogue.load()
        if (text := catalogue.first_of(message.id))
        for form in catalogue.forms(message)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(form))
    ]
    assert broken == []


def test_english_does_not_say_1_communities() -> None:
    """A number right before things that are counted: the text is marked so that it has a form for one."""
    counts = r"(?<!least )(?<!most )(?<!than )(?<!limit of )(?:\{(\w+)(?::,)?\}|%\((\w+)\)s) (?:[a-z-]+ )?"
    things = (
        "communities|complaints|streets|households|stops|routes|jobs|rows|members|scores|tables|days|files"
    )
    always_many = {
        "您已有 {n} 个文件等待处理",
        "压缩包内有 {entries} 个文件，超过上限 {limit}",
        "{streets}等 {n} 个街道内",
        "全部 {rows:,} 行在本市范围之外，其中 {without:,} 行没有坐标",
    }
    found = {
        text
        for message in catalogue.load()
        if isinstance(text := message.id, str) and re.search(rf"{counts}(?:{things})\b", str(message.string))
    }
    assert found - always_many == set()


def test_a_text_that_counts_has_two_forms() -> None:
    counting = [message for message in catalogue.load() if not isinstance(message.id, str)]
    assert len(counting) > 20
    assert [message.id[0] for message in counting if len(set(catalogue.forms(message))) != 2] == []


def test_english_has_no_marks_that_are_wide_in_chinese_fonts() -> None:
    wide = re.compile(r"[\u2018-\u201d\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
    # A cell that asks for 是 or 否 is the one text that must show Chinese.
    forms = [form for message in catalogue.load() for form in catalogue.forms(message)]
    found = [form for form in forms if wide.search(form)]
    assert [text for text in found if "是" not in text] == []


@pytest.mark.parametrize("text", ["登录", "period：{value} 不是季度", "没有要去的小区"])
def test_known_texts_are_in_the_catalogue(text: str) -> None:
    assert catalogue.load().get(text).string
