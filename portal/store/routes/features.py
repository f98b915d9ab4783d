"""Routes as features of a map layer."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Route, RouteStop


def collection(session: Session, user_id: int, since: date) -> bytes:
    """Return a user's routes from ``since`` on as a GeoJSON FeatureCollection.

    A route is one MultiLineString (id: the route's; ``value``: its stops) and one
    Point for each stop (id: the route's with ``?stop=n``, so that an id is also the
    end of the page's address). ``class`` is the code of the label that stands beside
    the times.
    """
    features = [*_lines(session, user_id, since), *_stops(session, user_id, since)]
    return orjson.dumps({"type": "FeatureCollection", "features": features})


def counts(session: Session, user_id: int, since: date) -> dict[str, int]:
    """Return how many routes of a user from ``since`` on carry each label."""
    rows = session.execute(
        select(Route.note, func.count())
        .where(Route.user_id == user_id, Route.day >= since)
        .group_by(Route.note)
    )
    return {row[0]: row[1] for row in rows}


def _lines(session: Session, user_id: int, since: date) -> list[dict[str, Any]]:
    ways = (
        select(func.ST_Collect(RouteStop.leg).label("legs"), func.count().label("n"))
        .where(RouteStop.route_id == Route.id)
        .lateral()
    )
    whole = func.ST_CollectionExtract(func.ST_Collect(ways.c.legs, Route.end_leg), 2)
    rows = session.execute(
        select(Route.id, Route.day, Route.start_name, Route.note, ways.c.n, func.ST_AsGeoJSON(whole, 6))
        .where(Route.user_id == user_id, Route.day >= since, ~func.ST_IsEmpty(whole))
        .order_by(Route.day, Route.id)
    )
    return [
        _feature(str(route_id), shape, name=f"{day} {start}", value=stops, **{"class": note})
        for route_id, day, start, note, stops, shape in rows
    ]


def _stops(session: Session, user_id: int, since: date) -> list[dict[str, Any]]:
    rows = session.execute(
        select(
            Route.id, Route.note, RouteStop.position, RouteStop.name, func.ST_AsGeoJSON(RouteStop.point, 6)
        )
        .join(RouteStop, RouteStop.route_id == Route.id)
        .where(Route.user_id == user_id, Route.day >= since)
        .order_by(Route.day, Route.id, RouteStop.position)
    )
    return [
        _feature(f"{route_id}?stop={position}", shape, name=f"{position} {name}", **{"class": note})
        for route_id, note, position, name, shape in rows
    ]


def _feature(identifier: str, shape: str, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": orjson.Fragment(shape),
        "properties": properties,
    }
