"""What calls a community: its name, its pinyin, an alias, and the key of one without a name."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.as_of import choose
from portal.models import Community, CommunityAlias, CommunityIdentity, Street
from portal.query import CommunityQuery
from portal.store.communities import candidates, names, unlocated, unnamed
from portal.store.communities.names import Named
from portal.store.communities.unlocated import Wanted
from portal.store.queries import search
from portal.store.queries.conditions import conditions
from tests.portal import small_city, waiting_city
from tests.portal.small_city import LAST_COMPLAINT_DAY, TODAY, ZONE, SmallCity


@pytest.fixture
def town(session: Session) -> SmallCity:
    town = small_city.build(session)
    spring = town.communities["春晖园"]
    session.add(CommunityAlias(community_id=spring, alias="春晖花园", pinyin_initials="chhy"))
    given = {"source": "轮廓", "source_key": "8466", "matched_by": "created", "supplied": []}
    session.add(CommunityIdentity(community_id=town.communities["None"], **given))
    session.flush()
    return town


CALLED = [
    ("安华", ["安华苑"]),
    ("ahy", ["安华苑"]),
    ("AN HUA", ["安华苑"]),
    ("老春", ["春晖园"]),
    ("chhy", ["春晖园"]),
    ("8466", [None]),
    ("未命名小区 84", [None]),
    ("%", []),
]


@pytest.mark.parametrize(("text", "found"), CALLED)
def test_a_text_calls_a_community(
    session: Session, town: SmallCity, text: str, found: list[str | None]
) -> None:
    assert session.scalars(select(Community.name).where(names.is_called(text))).all() == found


@pytest.mark.parametrize(("text", "found"), CALLED)
def test_query_and_search_find_the_same(
    session: Session, town: SmallCity, text: str, found: list[str | None]
) -> None:
    query = conditions(CommunityQuery(text=text), choose(LAST_COMPLAINT_DAY, {}, ZONE))
    assert session.scalars(select(Community.name).where(*query)).all() == found
    assert [match.name for match in search.find(session, text, TODAY, None)] == found
    named = [name for name in found if name is not None]
    assert [row.name for row in candidates.called(session, text, street_id=None)] == named


def test_the_queues_find_the_same(session: Session) -> None:
    town = waiting_city.build(session)
    session.get_one(Community, town.communities["无位园"]).pinyin = "wuweiyuan"
    session.flush()
    for text in ("位园", "无位花", "WWY", "wu wei"):
        assert [row.name for row in unlocated.find(session, Wanted(text=text), 1, 9).rows] == ["无位园"]
        assert [row.name for row in unnamed.names_for(session, town.communities["large"], text)] == ["无位园"]


def test_the_alias_that_is_the_text_matches_before_shorter_ones(session: Session, town: SmallCity) -> None:
    def of_spring(column: object) -> object:
        return session.scalar(select(column).where(Community.name == "春晖园"))  # type: ignore[call-overload]

    assert of_spring(names.alias("春晖")) == "老春晖"
    assert of_spring(names.alias("春晖花园")) == "春晖花园"
    assert of_spring(names.matched("春晖花园")) == "春晖花园"
    assert of_spring(names.matched("春晖园")) is None
    assert of_spring(names.alias("安华")) is None


def test_a_named_community_says_where_it_is(session: Session, town: SmallCity) -> None:
    east = town.streets["东"]
    rows = select(*names.named()).outerjoin(Street, Street.id == Community.street_id)
    found = {row.id: Named(**row._mapping) for row in session.execute(rows)}
    home = town.communities["安华苑"]
    assert found[home] == Named(home, "安华苑", None, "active", None, east, "东", "中区")
    lost = town.communities["None"]
    assert found[lost] == Named(lost, None, "8466", "active", None, None, None, None)


def test_of_aliases_as_long_as_each_other_the_first_by_its_letters_matches(
    session: Session, town: SmallCity
) -> None:
    spring = town.communities["春晖园"]
    session.add_all(CommunityAlias(community_id=spring, alias=name) for name in ("B春晖", "A春晖"))
    session.flush()
    called = session.scalar(select(names.alias("春晖")).where(Community.id == spring))
    assert called == "A春晖"
