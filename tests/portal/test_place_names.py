from __future__ import annotations

import pytest

from portal.place_names import (
    core_firm_name,
    core_name,
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


@pytest.mark.parametrize(
    ("one", "other"),
    [("阳光花园一期", "阳光花园二期"), ("梅园", "梅苑"), ("1-2号院", "12号院"), ("阳光一期", "阳光1期")],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("阳光花园小区", "阳光苑"),
        ("翠湖花园（一期）", "翠湖1期"),
        ("翠湖Ⅱ期", "翠湖二期"),
        ("翠湖第十二期", "翠湖12期"),
        ("和平路一号院", "和平路１号"),
        ("一〇一小区", "101院"),
        ("一百零一院", "101小区"),
        ("翠湖花园一期东区", "翠湖1期（东区）"),
        ("\u2ed3青花园贰期", "长青2期"),
        ("一-二号院", "1-2号院"),
        ("翠湖01栋", "翠湖1栋"),
    ],
)
def test_names_that_may_mean_one_community_have_one_core(one: str, other: str) -> None:
    assert core_name(one) == core_name(other)
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("翠湖一期", "翠湖二期"),
        ("翠湖花园", "翠湖花园一期"),
        ("翠湖东区", "翠湖西区"),
        ("翠湖A区", "翠湖B区"),
        ("百花里", "花里"),
        ("新村一村", "新村二村"),
        ("1-2号院", "12号院"),
        ("二十一小区", "二一〇小区"),
        ("花园", "新村"),
    ],
)
def test_phases_parts_and_short_names_keep_what_tells_them_apart(one: str, other: str) -> None:
    assert core_name(one) != core_name(other)


def test_numerals_are_not_read_out_of_words() -> None:
    assert core_name("百花里") == "百花里" and core_name("vx期") == "vx期"


def test_legal_forms_of_firms_are_taken_off() -> None:
    names = (
        "安居物业管理有限公司",
        "安居物业服务（集团）股份有限公司",
        "安居物业",
        "安居物业管理有限责任公司",
    )
    assert {core_firm_name(name) for name in names} == {"安居"}
    assert core_firm_name("安居一物业") == core_firm_name("安居1物业公司")
    assert core_firm_name("有限公司") == "有限公司"


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
