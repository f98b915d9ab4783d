"""The queue of complaints whose community is not known."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from portal.models import Complaint, SetAside
from portal.store.complaints import unplaced
from portal.store.complaints.unplaced import Wanted
from portal.terms import PlaceLevel
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def keys(session: Session, wanted: Wanted, page: int = 1, rows: int = 50) -> list[str]:
    return [row.source_key for row in unplaced.find(session, wanted, page, rows).rows]


def test_property_complaints_without_a_community_newest_first(session: Session, town: WaitingCity) -> None:
    assert keys(session, Wanted()) == ["lost", "near", "again", "named"]
    assert keys(session, Wanted(property_related=False)) == ["enquiry", "lost", "near", "again", "named"]


def test_filters_narrow(session: Session, town: WaitingCity) -> None:
    assert keys(session, Wanted(street_id=town.streets["东"])) == ["near", "again", "named"]
    assert keys(session, Wanted(level=PlaceLevel.NONE)) == ["lost"]
    assert keys(session, Wanted(category="lift")) == ["lost", "near"]
    assert keys(session, Wanted(text="晨光")) == ["again", "named"]
    assert keys(session, Wanted(text="东一社")) == ["near"]
    assert keys(session, Wanted(text="东街")) == ["again", "named"]
    assert keys(session, Wanted(text="%")) == []


def test_what_was_received_first_is_last_however_late_it_was_imported(
    session: Session, town: WaitingCity
) -> None:
    session.get_one(Complaint, town.complaints["lost"]).received_at = datetime(2025, 8, 1, tzinfo=UTC)
    session.flush()
    assert keys(session, Wanted()) == ["near", "again", "named", "lost"]


def test_pages_follow_each_other_and_say_how_many(session: Session, town: WaitingCity) -> None:
    assert keys(session, Wanted(), page=2, rows=3) == ["named"]
    assert unplaced.find(session, Wanted(), 2, 3).total == 4


def test_rows_say_what_was_reported_and_what_was_found(session: Session, town: WaitingCity) -> None:
    found = {row.source_key: row for row in unplaced.find(session, Wanted(), 1, 50).rows}
    assert (found["near"].street, found["near"].neighbourhood) == ("东", "东一")
    assert found["again"].repeat_of_id == town.complaints["named"]
    assert found["named"].reported_community == "晨光花园"
    assert (found["lost"].street, found["lost"].place_how) == (None, "not_found")


def test_streets_are_counted_whichever_is_asked_for(session: Session, town: WaitingCity) -> None:
    counts = unplaced.by_street(session, Wanted(street_id=town.streets["西"], property_related=False))
    assert [(count.name, count.n) for count in counts] == [("东", 3), ("西", 1), (None, 1)]


def test_those_that_word_their_place_alike_are_a_group(session: Session, town: WaitingCity) -> None:
    (group,) = unplaced.groups(session, Wanted(), 5)
    assert (group.called, group.street, group.n) == ("晨光花园", "东", 2)
    assert keys(session, Wanted(called="晨光花园", street_id=group.street_id)) == ["again", "named"]
    assert keys(session, Wanted(called="晨光", street_id=group.street_id)) == []
    assert keys(session, Wanted(nowhere=True)) == ["lost"]
    ids = {town.complaints["named"], town.complaints["again"]}
    assert set(unplaced.ids_of_group(session, "晨光花园", group.street_id)) == ids
    assert unplaced.ids_of_group(session, "晨光花园", None) == []


def test_what_was_set_aside_waits_no_more_and_says_why(session: Session, town: WaitingCity) -> None:
    session.add(SetAside(complaint_id=town.complaints["named"], reason="地址不详"))
    session.flush()
    assert keys(session, Wanted()) == ["lost", "near", "again"]
    assert keys(session, Wanted(aside=True)) == ["named"]
    assert unplaced.find(session, Wanted(aside=True), 1, 5).rows[0].reason == "地址不详"
    assert unplaced.count(session, Wanted(aside=True)) == 1
    assert unplaced.groups(session, Wanted(), 5) == []
