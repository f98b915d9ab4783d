"""Routes as features: one line a route, one point a stop, nobody else's."""

from __future__ import annotations

from datetime import timedelta

import orjson
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.store.routes import features as route_features
from tests.portal import route_days
from tests.portal.route_days import DAY


def test_a_route_is_a_line_and_its_stops(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    route_id = route_days.plan(session, city, viewer, route_days.add_communities(session))
    features = orjson.loads(route_features.collection(session, viewer.user_id, DAY))["features"]
    line, *stops = features
    assert line["id"] == str(route_id)
    assert line["geometry"]["type"] == "MultiLineString"
    assert len(line["geometry"]["coordinates"]) == 4  # three stops and the way back
    assert line["properties"] == {"name": "2099-06-03 住建局", "value": 3, "class": "straight_line"}
    assert [stop["id"] for stop in stops] == [f"{route_id}?stop={n}" for n in (1, 2, 3)]
    assert {stop["geometry"]["type"] for stop in stops} == {"Point"}


def test_a_day_without_a_way_back_has_its_line_too(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    ids = route_days.add_communities(session)
    route_days.plan(session, city, viewer, ids, end=None)
    line = orjson.loads(route_features.collection(session, viewer.user_id, DAY))["features"][0]
    assert len(line["geometry"]["coordinates"]) == 3


def test_past_days_and_other_users_are_left_out(session: Session, city: City) -> None:
    viewer, other = route_days.add_inspector(session), route_days.add_inspector(session, "i2")
    ids = route_days.add_communities(session)
    route_days.plan(session, city, viewer, ids, day=DAY - timedelta(days=1))
    route_days.plan(session, city, other, ids)
    assert orjson.loads(route_features.collection(session, viewer.user_id, DAY))["features"] == []
    assert route_features.counts(session, viewer.user_id, DAY) == {}
    assert route_features.counts(session, other.user_id, DAY) == {"straight_line": 1}
