"""The queue of named communities that lack a place or an outline."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import SetAside
from portal.store.communities import set_aside, unlocated
from portal.store.communities.unlocated import Lack, Wanted
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def names(session: Session, wanted: Wanted, page: int = 1, rows: int = 50) -> list[str]:
    return [row.name for row in unlocated.find(session, wanted, page, rows).rows]


def test_those_with_complaints_come_first_then_by_street(session: Session, town: WaitingCity) -> None:
    assert names(session, Wanted()) == ["无位园", "西山居", "前海里"]
    assert names(session, Wanted(), page=2, rows=2) == ["前海里"]
    assert unlocated.find(session, Wanted(), 2, 2).total == 3
    nobody = unlocated.find(session, Wanted(text="查无此园"), 1, 50)
    assert (nobody.total, nobody.rows) == (0, [])


def test_a_pin_is_a_place_but_no_outline(session: Session, town: WaitingCity) -> None:
    assert names(session, Wanted(Lack.OUTLINE)) == ["晨光苑"]
    row = unlocated.find(session, Wanted(Lack.OUTLINE), 1, 50).rows[0]
    assert (row.lon, row.lat) == (114.05, 22.5)


def test_filters_find_by_street_name_alias_address_and_letters(session: Session, town: WaitingCity) -> None:
    assert names(session, Wanted(street_id=town.streets["西"])) == ["西山居"]
    for text in ("位园", "无位花", "东一路", "WWY"):
        assert names(session, Wanted(text=text)) == ["无位园"]
    assert names(session, Wanted(text="_")) == []


def test_districts_are_counted_and_asked_for_where_no_street_is_known(
    session: Session, town: WaitingCity
) -> None:
    counts = unlocated.by_district(session, Wanted(district="南山区"))
    assert [(count.name, count.n) for count in counts] == [("中区", 2), ("南山区", 1)]
    found = unlocated.find(session, Wanted(district="南山区"), 1, 50)
    assert (found.total, [row.name for row in found.rows]) == (1, ["前海里"])
    assert (
        unlocated.next_after(session, Wanted(district="中区"), town.communities["无位园"])
        == (town.communities["西山居"])
    )
    assert unlocated.by_street(session, Wanted(district="南山区"))[0].n == 1


def test_a_row_says_how_many_complaints_it_has(session: Session, town: WaitingCity) -> None:
    found = {row.name: row.complaints for row in unlocated.find(session, Wanted(), 1, 50).rows}
    assert found == {"无位园": 2, "西山居": 0, "前海里": 0}


def test_streets_are_counted(session: Session, town: WaitingCity) -> None:
    counts = unlocated.by_street(session, Wanted(street_id=town.streets["西"]))
    assert [(count.name, count.n) for count in counts] == [("东", 1), ("西", 1), (None, 1)]


def test_the_queue_is_worked_off_one_after_the_other(session: Session, town: WaitingCity) -> None:
    ids = town.communities
    order = [ids["无位园"], ids["西山居"], ids["前海里"]]
    assert [unlocated.next_after(session, Wanted(), one) for one in order] == [*order[1:], order[0]]
    assert unlocated.next_after(session, Wanted(), ids["晨光苑"]) == order[0]  # one that has left
    assert unlocated.next_after(session, Wanted(text="西山"), ids["西山居"]) is None
    assert unlocated.waits(session, Lack.LOCATION, order[0])
    assert not unlocated.waits(session, Lack.LOCATION, ids["晨光苑"])


def test_what_was_set_aside_waits_no_more(session: Session, town: WaitingCity) -> None:
    session.add(SetAside(community_id=town.communities["西山居"], reason="已拆迁"))
    pair = sorted((town.communities["无位园"], town.communities["前海里"]))
    session.add(SetAside(community_id=pair[0], other_id=pair[1], reason="两个小区"))
    session.flush()
    assert names(session, Wanted()) == ["无位园", "前海里"]
    assert set_aside.one(session, town.communities["西山居"]).reason == "已拆迁"  # type: ignore[union-attr]
    assert set_aside.one(session, pair[0]) is None
