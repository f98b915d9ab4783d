"""Streets as a frame under their ids."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Street
from portal.store.places import territory
from tests.portal import waiting_city


def test_outlines_come_under_the_ids_of_their_streets(session: Session) -> None:
    town = waiting_city.build(session)
    frame, names = territory.by_id(session)
    assert names == {str(number): name for name, number in town.streets.items()}
    assert list(frame["source_key"]) == list(names)
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.iloc[0].bounds == (114.0, 22.4, 114.1, 22.6)


def test_a_city_without_streets_gives_an_empty_frame(session: Session) -> None:
    frame, names = territory.by_id(session)
    assert (len(frame), names) == (0, {})


def test_a_place_is_in_the_street_that_holds_it(session: Session) -> None:
    town = waiting_city.build(session)
    assert territory.street_at(session, 114.05, 22.5) == "东"
    assert territory.street_at(session, 114.3, 22.5) is None
    assert territory.bounds_of(session, town.streets["东"]) == (114.0, 22.4, 114.1, 22.6)
    assert territory.bounds_of(session, 0) is None


def test_outlines_come_under_the_keys_of_their_source(session: Session) -> None:
    assert len(territory.by_source_key(session)) == 0
    town = waiting_city.build(session)
    keys = dict(session.execute(select(Street.source_key, Street.name)).tuples().all())
    frame = territory.by_source_key(session)
    assert dict(zip(frame["source_key"], frame["name"], strict=True)) == keys
    assert set(frame["name"]) == set(town.streets)
    assert frame.crs.to_epsg() == 4326


def test_near_is_within_the_box_around_all_streets(session: Session) -> None:
    assert territory.is_near(session, 0, 0, 1, 1)  # no streets: nothing to go by
    waiting_city.build(session)
    assert territory.is_near(session, 114.1, 22.5, 114.1, 22.5)
    assert not territory.is_near(session, 114.1, 22.5, 114.3, 22.5)
