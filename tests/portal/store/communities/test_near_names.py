"""Names that nearly agree make candidates of one place; nothing else does."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from portal.place_names import core_name
from portal.store.communities.near_names import Called, NearNames, known, may_be_one_place
from tests.portal import waiting_city

EAST, WEST = 1, 2


def called(number: int, name: str, street_id: int | None = EAST, district: str = "中区") -> Called:
    return Called(number, name, name, street_id, None if street_id is None else "东", district)


def test_only_what_may_be_in_the_place_is_near() -> None:
    names = NearNames(
        [
            called(1, "翠湖花园一期"),
            called(2, "翠湖1期", WEST),
            called(3, "翠湖（1期）", None),
            called(4, "翠湖小区1期", None, "北山区"),
            called(5, "翠湖二期"),
            called(6, "翠湖一期", None, ""),
        ]
    )
    assert [one.id for one in names.find("翠湖小区（一期）", EAST, "中区")] == [1, 3, 6]
    assert [one.id for one in names.find("翠湖1期", None, "北山")] == [4, 6]
    assert [one.id for one in names.find("翠湖1期")] == [1, 2, 3, 4, 6]
    assert names.find("翠湖") == names.find(None) == []
    assert names.find("翠湖1期", EAST)[0].said == "翠湖花园一期（东）"


@pytest.mark.parametrize(
    ("one", "other", "may"),
    [
        ((1, "中山区"), (1, ""), True),
        ((1, "中山区"), (2, "中山区"), False),
        ((1, "中山区"), (None, "中山"), True),
        ((1, "中山区"), (None, "北山区"), False),
        ((None, None), (2, "中山区"), True),
    ],
)
def test_what_is_not_known_of_a_place_may_be_any(
    one: tuple[int | None, str | None], other: tuple[int | None, str | None], may: bool
) -> None:
    assert may_be_one_place(one, other) is may_be_one_place(other, one) is may


def test_every_name_of_an_active_community_is_known_its_own_first(session: Session) -> None:
    town = waiting_city.build(session)
    found = [(one.name, one.called, one.street, one.district) for one in known(session)]
    assert found[:3] == [
        ("晨光苑", "晨光苑", "东", "中区"),
        ("无位园", "无位园", "东", "中区"),
        ("西山居", "西山居", "西", "中区"),
    ]
    assert found[-1] == ("无位园", "无位花园", "东", "中区")
    assert ("前海里", "前海里", None, "南山区") in found
    assert "并掉园" not in {name for name, *_ in found}
    assert len(found) == 5 and town.communities["并掉园"]


CORES = st.text(alphabet="翠湖阳光春晖和平安居明珠", min_size=2, max_size=4)
ADDITIONS = st.sampled_from(("", "小区", "花园", "花苑", "家园", "社区", "公寓", "大院", "花园小区"))
PARTS = st.integers(1, 130)


@given(CORES, ADDITIONS, ADDITIONS, PARTS)
def test_a_suffix_and_the_script_of_a_numeral_never_hide_a_candidate(
    core: str, one: str, other: str, part: int
) -> None:
    names = NearNames([called(1, f"{core}{one}{_in_chinese(part)}期")])
    assert [found.id for found in names.find(f"{core}{other}（第{part}期）", EAST)] == [1]
    assert names.find(f"{core}{other}{part + 1}期", EAST) == []
    assert core_name(core_name(f"{core}{one}{part}期")) == core_name(f"{core}{other}{part}期")


def _in_chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        said += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        said += "零"
    return said + (digits[ones] if ones else "")
