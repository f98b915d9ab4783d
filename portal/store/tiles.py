"""Vector tiles cut in PostGIS: geometry kept in 3857, properties few, nothing silently left out."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from portal.models import Community
from portal.scope import Scope
from portal.store.features import band_of_community, visible_points, with_scores

EXTENT = 4096
BUFFER = 128  # so that strokes and labels meet across tiles
MAX_ZOOM = 22


def envelope(z: int, x: int, y: int, *, margin: float = 0.0) -> ColumnElement[Any]:
    """Return the tile's square in EPSG:3857, widened by ``margin`` of its side."""
    return func.ST_TileEnvelope(z, x, y, func.ST_TileEnvelope(0, 0, 0), margin)


def cut(session: Session, rows: Select[Any], name: str, geometry: Any, z: int, x: int, y: int) -> bytes:
    """Return the rows of a SELECT as one tile layer called ``name``.

    Parameters
    ----------
    rows
        SELECT of the tile's properties.
    geometry
        Column in EPSG:3857 with a spatial index.
    """
    shape = func.ST_AsMVTGeom(geometry, envelope(z, x, y), EXTENT, BUFFER, True).label("geom")
    inside = rows.add_columns(shape).where(
        geometry.op("&&")(envelope(z, x, y, margin=BUFFER / EXTENT)),
    )
    tile = inside.subquery("tile")
    made = session.scalar(
        select(func.ST_AsMVT(tile.table_valued(), literal(name), EXTENT, literal("geom"))).where(
            tile.c.geom.is_not(None)
        )
    )
    return bytes(made or b"")


def communities(
    session: Session, scope: Scope, details_street_id: int | None, z: int, x: int, y: int
) -> bytes:
    """Return communities with id, name, band and visible points: outlines where known, else points."""
    properties = (
        Community.id,
        Community.name,
        band_of_community().label("band"),
        visible_points(details_street_id).label("points"),
    )
    outlined = with_scores(scope, *properties).where(Community.outline_3857.is_not(None))
    pinned = with_scores(scope, *properties).where(
        Community.outline_3857.is_(None), Community.location_3857.is_not(None)
    )
    return cut(session, outlined, "communities", Community.outline_3857, z, x, y) + cut(
        session, pinned, "community_points", Community.location_3857, z, x, y
    )
