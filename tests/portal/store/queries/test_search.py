"""Search: by name, letters, alias, firm; best first; two statements at most."""

from __future__ import annotations

import pytest
from sqlalchemy import text as text_
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, CommunityIdentity, Street
from portal.store.queries import search
from tests.conftest import Statements
from tests.portal import map_city
from tests.portal.small_city import TODAY, SmallCity


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def names(session: Session, text: str, street_id: int | None = None) -> list[str | None]:
    return [match.name for match in search.find(session, text, TODAY, street_id)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("安华", ["安华苑"]),
        ("苑", ["安华苑"]),
        ("ahy", ["安华苑"]),
        ("AH", ["安华苑"]),
        ("anhua", ["安华苑"]),
        ("an hua", ["安华苑"]),
        ("老春", ["春晖园"]),
        ("未定位", ["未定位园"]),
        ("东街道", ["东"]),
        ("没有的", []),
    ],
)
def test_by_name_letters_alias_street(session: Session, town: SmallCity, text: str, found: list[str]) -> None:
    assert names(session, text) == found


def test_an_alias_says_what_matched(session: Session, town: SmallCity) -> None:
    match = search.find(session, "老春", TODAY, None)[0]
    assert (match.kind, match.matched, match.street) == ("community", "老春晖", "西")
    assert search.find(session, "春晖园", TODAY, None)[0].matched is None


def test_a_firm_is_followed_by_what_it_serves_today(session: Session, town: SmallCity) -> None:
    found = search.find(session, "长城", TODAY, None)
    assert [(match.kind, match.name) for match in found] == [("firm", "长城物业"), ("community", "安华苑")]
    assert found[1].firm_id == found[0].id
    assert names(session, "ccwy") == ["长城物业", "安华苑"]


def test_contracts_of_other_streets_are_not_told(session: Session, town: SmallCity) -> None:
    assert names(session, "长城", town.streets["西"]) == ["长城物业"]
    assert names(session, "长城", town.streets["东"]) == ["长城物业", "安华苑"]


def test_a_street_is_found_by_its_letters(session: Session, town: SmallCity) -> None:
    session.get_one(Street, town.streets["东"]).pinyin_initials = "dj"
    session.flush()
    assert [match.name for match in search.find(session, "dj", TODAY, None) if match.kind == "street"] == [
        "东"
    ]


def test_exact_comes_before_longer(session: Session, town: SmallCity) -> None:
    for name in ("安华苑二期", "新安华苑"):
        session.add(Community(name=name, street_how="name"))
    session.flush()
    assert names(session, "安华苑") == ["安华苑", "安华苑二期", "新安华苑"]


def test_names_come_before_aliases_and_an_alias_that_is_the_text_before_longer_names(
    session: Session, town: SmallCity
) -> None:
    for name, alias in (("甲园", "安华"), ("乙", "安华里"), ("老安华苑", None), ("安华大厦", "安华苑")):
        community = Community(name=name, street_how="name")
        session.add(community)
        session.flush()
        if alias:
            session.add(CommunityAlias(community_id=community.id, alias=alias))
    session.flush()
    assert names(session, "安华") == ["安华苑", "安华大厦", "甲园", "老安华苑", "乙"]
    assert names(session, "安华苑") == ["安华苑", "安华大厦", "老安华苑"]


def test_kinds_keep_their_order_whatever_the_plan(session: Session, town: SmallCity) -> None:
    session.get_one(Street, town.streets["东"]).name = "长城"
    session.add(Community(name="新长城", street_how="name"))
    session.flush()
    for setting in ("on", "off"):
        session.execute(text_(f"SET LOCAL enable_sort = {setting}"))
        assert [match.kind for match in search.find(session, "长城", TODAY, None)] == [
            "community",
            "street",
            "firm",
            "community",
        ]


def test_what_has_no_name_is_found_by_its_key_after_names(session: Session, town: SmallCity) -> None:
    number = town.communities["None"]
    identity = {"source": "轮廓", "source_key": "QH-8466", "community_id": number}
    session.add(CommunityIdentity(**identity, matched_by="created"))
    session.add(Community(name="未命名园8466", street_how="name"))
    session.flush()
    for text in ("8466", "未命名"):
        found = search.find(session, text, TODAY, None)
        assert [(match.name, match.key) for match in found] == [("未命名园8466", None), (None, "QH-8466")]
    exact = search.find(session, "qh-8466", TODAY, None)[0]
    assert (exact.id, exact.key) == (number, "QH-8466")
    assert exact.lon == pytest.approx(114.3, abs=0.01)
    session.add(CommunityAlias(community_id=town.communities["百花里"], alias="QH-8466旁"))
    session.flush()
    assert [match.key for match in search.find(session, "QH-8466", TODAY, None)] == ["QH-8466", None]


@pytest.mark.parametrize("text", ["%", "_", "\\", "'", "安%苑", "<b>"])
def test_wildcards_and_quotes_are_letters_like_others(session: Session, town: SmallCity, text: str) -> None:
    assert names(session, text) == []


def test_what_is_not_located_has_no_place(session: Session, town: SmallCity) -> None:
    match = search.find(session, "未定位园", TODAY, None)[0]
    assert (match.lon, match.lat) == (None, None)
    street = search.find(session, "东街道", TODAY, None)[0]
    assert street.lon == pytest.approx(114.06)


def test_two_statements_at_most(session: Session, town: SmallCity, statements: Statements) -> None:
    session.get_one(Street, town.streets["东"]).name = "长城"
    session.flush()
    before = len(statements)
    assert {match.kind for match in search.find(session, "长城", TODAY, None)} == {
        "street",
        "firm",
        "community",
    }
    assert len(statements) - before == 2
