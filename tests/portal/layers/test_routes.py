"""The layer of routes: the viewer's own, with the label that their times carry."""

from __future__ import annotations

from datetime import date

import orjson
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.layers.base import LayerRequest
from portal.layers.routes import Routes
from portal.scope import Period, Scope
from tests.portal import route_days


def ask(session: Session, viewer: Viewer, city: City) -> LayerRequest:
    return LayerRequest(session, Scope(Period(2025, 3)), viewer, city)


def test_layer_shows_the_viewers_coming_routes(session: Session, city: City) -> None:
    viewer, other = route_days.add_inspector(session), route_days.add_inspector(session, "i2")
    ids = route_days.add_communities(session)
    route_days.plan(session, city, viewer, ids)
    route_days.plan(session, city, viewer, ids, day=date(2001, 1, 1))
    layer = Routes()
    features = orjson.loads(layer.load(ask(session, viewer, city)))["features"]
    assert len(features) == 4
    assert orjson.loads(layer.load(ask(session, other, city)))["features"] == []


def test_legend_says_what_the_times_are_not(session: Session, city: City) -> None:
    viewer = route_days.add_inspector(session)
    route_days.plan(session, city, viewer, route_days.add_communities(session))
    legend = Routes().legend(ask(session, viewer, city))
    assert [(c.code, c.label, c.pattern, c.n) for c in legend.classes] == [
        ("no_traffic", "不含实时路况", "line", 0),
        ("straight_line", "直线估算，非路网", "dashed", 1),
    ]
    assert legend.n == 1
    assert legend.changed_at
