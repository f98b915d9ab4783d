from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.characters import plain, steers, unify, without_steering


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("\u2ed3青水苑", "长青水苑"),
        ("\u2ec4山", "西山"),
        ("\u2f54", "水"),
        ("\uf9dc", "隆"),
        ("长\u200b青\ufe00", "长青"),
    ],
)
def test_look_alikes_are_what_they_mean(written: str, meant: str) -> None:
    assert unify(written) == meant


@pytest.mark.parametrize(
    "sign", "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u061c\x07\x9f\u2028\U000e0041"
)
def test_what_steers_how_a_text_is_shown_is_removed(sign: str) -> None:
    assert steers(f"阳光{sign}花园") and without_steering(f"阳光{sign}花园") == "阳光花园"


@pytest.mark.parametrize("text", ["阳光花园", "a\tb\nc", " 甲\u200b", "\ufeff甲", "👨\u200d👩\u200d👧"])
def test_what_steers_nothing_is_not_counted(text: str) -> None:
    assert not steers(text)


@pytest.mark.parametrize("name", ["京基１００（Ａ区）", "〇五小区", "阳光·花园", "Sunny-Garden", "𠮷屋", ""])
def test_what_is_shown_stays(name: str) -> None:
    assert unify(name) == name


def test_every_radical_has_its_ideograph() -> None:
    unassigned_or_without = {0x2E80, 0x2E9A}
    for code in range(0x2E80, 0x2EF4):
        if code not in unassigned_or_without:
            # Of the newer planes this Python may have no names: they are ideographs all the same.
            meant = unify(chr(code))
            assert ord(meant) > 0x20000 or "CJK UNIFIED IDEOGRAPH" in unicodedata.name(meant), hex(code)


def test_radicals_of_one_name_have_its_ideograph() -> None:
    """The simplified forms are named for what they are: spot checks of the table."""
    assert "".join(map(unify, "⺠⻅⻋⻔⻘⻛⻜⻢⻥⻦⻩⻬⻮⻰")) == "民见车门青风飞马鱼鸟黄齐齿龙"


def test_comparing_forgets_width() -> None:
    assert plain("Ａ区（一）") == "A区(一)"


@given(st.text())
def test_unifying_twice_changes_nothing_more(text: str) -> None:
    assert unify(unify(text)) == unify(text)
