"""The queue of named communities that lack a place or an outline."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.store.communities import unlocated
from portal.store.communities.unlocated import Lack, Wanted
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def names(session: Session, wanted: Wanted, page: int = 1, rows: int = 50) -> list[str]:
    return [row.name for row in unlocated.find(session, wanted, page, rows).rows]


def test_they_come_by_street_those_under_none_last(session: Session, town: WaitingCity) -> None:
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


def test_a_row_says_how_many_complaints_it_has(session: Session, town: WaitingCity) -> None:
    found = {row.name: row.complaints for row in unlocated.find(session, Wanted(), 1, 50).rows}
    assert found == {"无位园": 2, "西山居": 0, "前海里": 0}


def test_streets_are_counted(session: Session, town: WaitingCity) -> None:
    counts = unlocated.by_street(session, Wanted(street_id=town.streets["西"]))
    assert [(count.name, count.n) for count in counts] == [("东", 1), ("西", 1), (None, 1)]
