"""What the database holds, and what waits."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import Community, Contract, Firm, Neighbourhood, Road, Street
from portal.store.communities import unlocated, unnamed
from portal.store.imports import holdings
from portal.store.imports.holdings import LevelLine
from portal.terms import PlaceLevel, Subject
from tests.conftest import Statements
from tests.portal import small_city, waiting_city

MODELS = {
    "streets": Street,
    "neighbourhoods": Neighbourhood,
    "communities": Community,
    "firms": Firm,
    "contracts": Contract,
    "roads": Road,
}


def test_everything_is_counted_once_and_merged_records_not_at_all(session: Session) -> None:
    waiting_city.build(session)
    found = holdings.count(session, None, MODELS)
    assert found.rows == {
        "streets": 2,
        "neighbourhoods": 1,
        "communities": 7,
        "firms": 0,
        "contracts": 0,
        "roads": 0,
    }
    assert (found.located, found.unlocated, found.unnamed, found.nameless_street) == (4, 3, 3, 1)


def test_a_pin_without_name_waits_in_no_queue_and_is_not_counted_as_waiting(session: Session) -> None:
    waiting_city.build(session)
    before = holdings.count(session, None, MODELS)
    session.add(
        Community(name=None, street_how="outside", pin="SRID=4326;POINT(114.005 22.505)", status="active")
    )
    session.flush()
    found = holdings.count(session, None, MODELS)
    assert found.unnamed == before.unnamed == unnamed.find(session, None, 1, 50).total
    assert found.unlocated == before.unlocated == unlocated.find(session, unlocated.Wanted(), 1, 50).total


def test_a_street_has_only_its_own(session: Session) -> None:
    town = waiting_city.build(session)
    found = holdings.count(session, town.streets["西"], MODELS)
    assert found.rows == {"neighbourhoods": 0, "communities": 2, "firms": 0, "contracts": 0}
    assert (found.located, found.unlocated, found.unnamed, found.nameless_street) == (1, 1, 1, 0)


def test_firms_of_a_street_are_those_with_a_contract_in_it(session: Session) -> None:
    town = small_city.build(session)
    east = holdings.count(session, town.streets["东"], MODELS)
    west = holdings.count(session, town.streets["西"], MODELS)
    assert (east.rows["firms"], east.rows["contracts"]) == (2, 3)
    assert (west.rows["firms"], west.rows["contracts"]) == (0, 0)


def test_complaints_are_counted_by_level_from_exact_to_vague(session: Session) -> None:
    waiting_city.build(session)
    assert holdings.complaint_levels(session, None) == [
        LevelLine(PlaceLevel.POINT, 1, 1, 0),
        LevelLine(PlaceLevel.COMMUNITY, 2, 1, 0),
        LevelLine(PlaceLevel.NEIGHBOURHOOD, 1, 1, 1),
        LevelLine(PlaceLevel.STREET, 3, 2, 2),
        LevelLine(PlaceLevel.NONE, 1, 1, 1),
    ]


def test_each_read_is_one_statement(session: Session, statements: Statements) -> None:
    town = waiting_city.build(session)
    touch(session, [Subject.STREETS])
    before = len(statements)
    holdings.count(session, town.streets["东"], MODELS)
    holdings.complaint_levels(session, town.streets["东"])
    assert set(holdings.changes(session)) == {"streets"}
    assert len(statements) - before == 3
