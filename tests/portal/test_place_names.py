from __future__ import annotations

import pytest

from portal.place_names import (
    district_key,
    loose_street_key,
    name_key,
    neighbourhood_key,
    pinyin,
    pinyin_initials,
    street_name,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("京基滨河时代广场（北区）", "京基滨河时代广场(北区)"),
        ("京基滨河时代广场 北区", "京基滨河时代广场(北区)"),
        ("Ａ区１栋", "a区1栋"),
        ("天安·高尔夫-花园", "天安高尔夫花园"),
        ("\u2ed3青\u2f54苑", "长青水苑"),
        ("阳光花园〔一期〕", "阳光花园【一期】"),
    ],
)
def test_spellings_of_one_name_are_alike(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), [("阳光花园一期", "阳光花园二期"), ("梅园", "梅苑")])
def test_different_names_stay_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_name_of_signs_is_not_empty() -> None:
    assert name_key("（）") != ""


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("龙田街道", "龙田"),
        ("龙田街道办事处", "龙田"),
        ("龙田街道办", "龙田"),
        ("龙田办事处", "龙田"),
        ("公明", "公明"),
        ("南大街街道", "南大街"),
        ("街道口街道", "街道口"),
        ("城关镇", "城关镇"),
        ("城关镇人民政府", "城关镇"),
        ("\u2ec4山街道", "西山"),
        ("街道", "街道"),
    ],
)
def test_streets_lose_their_suffix(written: str, name: str) -> None:
    assert street_name(written) == name


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("坪山区", "坪山"),
        ("坪山", "坪山"),
        ("大鹏新区", "大鹏"),
        ("城区", "城区"),
        ("高新区", "高新"),
        ("深汕特别合作区", "深汕"),
        ("昆山市", "昆山"),
        ("郊区", "郊区"),
        ("", ""),
    ],
)
def test_districts_lose_their_suffix_if_a_name_is_left(written: str, key: str) -> None:
    assert district_key(written) == key


@pytest.mark.parametrize(
    "written", ["南布社区", "南布社区居委会", "南布居委会", "南布", "南布社区居民委员会"]
)
def test_neighbourhoods_are_known_with_and_without_suffix(written: str) -> None:
    assert neighbourhood_key(written) == "南布"


def test_a_neighbourhood_called_by_its_suffix_keeps_it() -> None:
    assert neighbourhood_key("社区") == "社区"


def test_pinyin_knows_words() -> None:
    assert pinyin("重庆花园A区") == "chongqinghuayuanaqu"
    assert pinyin_initials("重庆花园(2期)") == "cqhy2q"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("石牌街", "石牌街道"),
        ("沙东街道办", "沙东"),
        ("城关", "城关镇"),
        ("龙山乡人民政府", "龙山乡"),
        ("龙山", "龙山乡"),
    ],
)
def test_short_forms_of_streets_are_loosely_alike(one: str, other: str) -> None:
    assert loose_street_key(one) == loose_street_key(other)


def test_streets_of_two_characters_keep_them() -> None:
    assert loose_street_key("东街街道") != loose_street_key("东街道")
