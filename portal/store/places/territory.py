"""Reads of the streets' territory as a frame, for `geo.outlines.jurisdictions`."""

from __future__ import annotations

import geopandas as gpd
import shapely
from geoalchemy2 import Geometry
from sqlalchemy import cast, func, select, true
from sqlalchemy.orm import Session

from portal.models import Street

WGS84 = "EPSG:4326"


def by_id(session: Session) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the outline of every street in WGS 84 under its id, and the names.

    Returns
    -------
    tuple
        A frame of ``source_key`` (the id, as text) and geometry; name by ``source_key``.
    """
    rows = session.execute(
        select(Street.id, Street.name, func.ST_AsBinary(Street.outline)).order_by(Street.id)
    ).all()
    keys = [str(row[0]) for row in rows]
    shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
    frame = gpd.GeoDataFrame({"source_key": keys}, geometry=list(shapes), crs=WGS84)
    return frame, dict(zip(keys, (row[1] for row in rows), strict=True))


def street_at(session: Session, lon: float, lat: float) -> str | None:
    """Return the name of the street that holds a place (WGS 84 degrees), None where none does."""
    place = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    holding = select(Street.name).where(Street.outline.op("&&")(place), func.ST_Covers(Street.outline, place))
    return session.scalar(holding.order_by(Street.id).limit(1))


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
