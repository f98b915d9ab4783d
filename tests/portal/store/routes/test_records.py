"""Reads of routes: candidates and their gates, lists, what is known of a stop."""

from __future__ import annotations

import uuid
from datetime import date

import pytest
from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.roads.network import Note
from portal.errors import NotFound
from portal.models import Community, CommunityIdentity
from portal.store.routes import records as store
from tests.conftest import Statements
from tests.portal import route_days, waiting_city
from tests.portal.route_days import DAY, NAMES, OFFICE


def test_candidates_come_in_the_order_asked_for_with_gate_and_street(session: Session) -> None:
    ids = route_days.add_communities(session)
    lost = Community(name="未定位园", street_how="not_found")
    session.add(lost)
    session.flush()
    found = store.candidates(session, [ids[2], lost.id, 10**9, ids[0], ids[2]])
    assert [c.place.name for c in found] == [NAMES[2], "未定位园", NAMES[0]]
    assert [c.located for c in found] == [True, False, True]
    assert [(c.street, c.gate) for c in found] == [("云岭", None), (None, None), ("云岭", "南门")]
    assert (found[2].place.lon, found[2].place.lat) == (118.0022, 26.0048)


def test_a_candidate_without_a_name_is_called_by_its_key(session: Session) -> None:
    town = waiting_city.build(session)
    number = town.communities["large"]
    identity = {"source": "轮廓", "source_key": "8466", "community_id": number}
    session.add(CommunityIdentity(**identity, matched_by="created"))
    session.flush()
    assert [c.place.name for c in store.candidates(session, [number])] == ["未命名小区 8466"]
    session.get_one(Community, number).status = "split"
    session.flush()
    assert store.candidates(session, [number]) == []
    session.get_one(Community, number).status = "active"
    session.flush()
    english = store.candidates(session, [number], lambda text, **params: f"Unnamed community {params['key']}")
    assert [c.place.name for c in english] == ["Unnamed community 8466"]


def test_list_is_newest_day_first_and_ones_own(session: Session, city: City) -> None:
    ids = route_days.add_communities(session)
    mine, other = route_days.add_inspector(session), route_days.add_inspector(session, "i2")
    earlier = route_days.plan(session, city, mine, ids[:1], day=date(2099, 6, 2))
    later = route_days.plan(session, city, mine, ids)
    foreign = route_days.plan(session, city, other, ids, visit_minutes=100)
    lines = store.lines(session, mine.user_id, city.zone)
    assert [line.id for line in lines] == [later, earlier]
    assert [(line.stops, line.dropped) for line in lines] == [(3, 0), (1, 0)]
    assert lines[0].owner == "王检查"
    assert lines[0].note is Note.STRAIGHT_LINE
    assert f"{lines[0].departs:%H:%M %z}" == "09:00 +0800"
    everyone = store.lines(session, None, city.zone)
    assert {line.id for line in everyone} == {later, earlier, foreign}


def test_list_takes_one_statement(session: Session, city: City, statements: Statements) -> None:
    viewer = route_days.add_inspector(session)
    route_days.plan(session, city, viewer, route_days.add_communities(session))
    session.expunge_all()
    before = len(statements)
    store.lines(session, viewer.user_id, city.zone)
    assert len(statements) - before == 1


def test_newest_start_is_offered_again(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    assert store.last_start(session, viewer.user_id) is None
    route_days.plan(session, city, viewer, route_days.add_communities(session))
    assert store.last_start(session, viewer.user_id) == OFFICE


def test_a_stop_knows_its_street_and_the_gate_driven_to(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    ids = route_days.add_communities(session)
    route_id = route_days.plan(session, city, viewer, ids)
    plan = store.load(session, route_id, city.zone).plan
    facts = store.facts(session, route_id)
    known = {stop.stop.name: facts[stop.order] for stop in plan.stops}
    assert known[NAMES[0]] == store.StopFacts("云岭", "南门")
    assert known[NAMES[1]] == store.StopFacts("云岭", None)


def test_a_route_is_loaded_with_its_own_way_and_what_it_left_out(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    ids = route_days.add_communities(session)
    short = route_days.plan(session, city, viewer, ids[:1], end=None)
    long = route_days.plan(session, city, viewer, ids, visit_minutes=200)  # one fits before lunch, none after

    one = store.load(session, short, city.zone).plan
    assert ([stop.stop.name for stop in one.stops], one.dropped) == ([NAMES[0]], ())
    assert (one.end, one.end_leg) == (None, None)
    assert len(one.legs) == 1 and one.totals.travel_m == one.legs[0].metres > 0

    day = store.load(session, long, city.zone).plan
    assert {stop.stop.name for stop in day.stops} | {drop.stop.name for drop in day.dropped} == set(NAMES)
    assert day.dropped and day.end is not None and day.end.name == OFFICE.name
    assert day.end_leg is not None
    assert day.end_leg.metres == pytest.approx(day.totals.travel_m - sum(s.leg.metres for s in day.stops))


def test_a_route_has_a_number_an_owner_and_an_age(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    route_id = route_days.plan(session, city, viewer, route_days.add_communities(session))
    stored = store.load(session, route_id, city.zone)
    assert stored.number == f"{DAY:%Y%m%d}-{route_id.hex[:6].upper()}"
    assert stored.owner == "王检查"
    assert stored.planned_at.utcoffset() == stored.plan.departs.utcoffset()
    with pytest.raises(NotFound):
        store.load(session, uuid.uuid4(), city.zone)
