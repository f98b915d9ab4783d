"""Reads of the streets' territory as a frame, for `geo.outlines.jurisdictions`."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import NamedTuple

import geopandas as gpd
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Text,
    cast,
    column,
    func,
    literal,
    select,
    true,
    values,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models import Street
from portal.store.places.known import WGS84, holding_streets


def by_id(session: Session) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the outline of every street in WGS 84 under its id, and the names.

    Returns
    -------
    tuple
        A frame of ``source_key`` (the id, as text), ``name`` and geometry; name by ``source_key``.
    """
    frame = _frame(session, cast(Street.id, Text))
    return frame, dict(zip(frame["source_key"], frame["name"], strict=True))


def by_source_key(session: Session) -> gpd.GeoDataFrame:
    """Return ``source_key``, ``name`` and outline of every street, in WGS 84."""
    return _frame(session, Street.source_key)


def _frame(session: Session, key: ColumnElement[str] | InstrumentedAttribute[str]) -> gpd.GeoDataFrame:
    outline = func.ST_AsBinary(Street.outline)
    rows = session.execute(select(key, Street.name, outline).order_by(Street.id)).all()
    shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
    told = {"source_key": [row[0] for row in rows], "name": [row[1] for row in rows]}
    return gpd.GeoDataFrame(told, geometry=list(shapes), crs=WGS84)


def street_at(session: Session, lon: float, lat: float) -> str | None:
    """Return the name of the street that holds a place (WGS 84 degrees), None where none does."""
    point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326).label("point")
    place = select(literal(0).label("n"), point).subquery()
    holding = holding_streets(place, "n", "point")
    return session.scalar(select(Street.name).join(holding, holding.c.street_id == Street.id))


class Place(NamedTuple):
    """The street that holds a place, and its district, "" where it is not known."""

    name: str
    district: str


def streets_at(session: Session, places: Sequence[tuple[float, float]]) -> list[Place | None]:
    """Return the street that holds each place (WGS 84 degrees), None where none does or it is NaN."""
    known = [(n, lon, lat) for n, (lon, lat) in enumerate(places) if isfinite(lon) and isfinite(lat)]
    if not known:
        return [None] * len(places)
    columns = (column("n", Integer), column("lon", Double), column("lat", Double))
    given = values(*columns, name="given").data(known)
    point = func.ST_SetSRID(func.ST_MakePoint(given.c.lon, given.c.lat), 4326).label("point")
    holding = holding_streets(select(given.c.n, point).subquery(), "n", "point")
    rows = select(holding.c.n, Street.name, Street.district).join(Street, Street.id == holding.c.street_id)
    found = {n: Place(name, district) for n, name, district in session.execute(rows)}
    return [found.get(n) for n in range(len(places))]


def is_near(session: Session, west: float, south: float, east: float, north: float) -> bool:
    """Whether a box (WGS 84 degrees) lies within the box around all streets; True without streets."""
    around = func.ST_SetSRID(cast(func.ST_Extent(Street.outline), Geometry), 4326)
    inside = func.ST_Covers(around, func.ST_MakeEnvelope(west, south, east, north, 4326))
    return bool(session.scalar(select(func.coalesce(inside, true()))))


def bounds_of(session: Session, street_id: int) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of a street in WGS 84 degrees, None where there is no such street."""
    sides = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    row = session.execute(
        select(*(side(Street.outline) for side in sides)).where(Street.id == street_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3])
