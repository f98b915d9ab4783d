"""Vector tiles cut in PostGIS: geometry kept in 3857, properties few, nothing silently left out."""

from __future__ import annotations

import math
from typing import Any

from sqlalchemy import ColumnElement, Select, case, cast, func, literal, or_, select
from sqlalchemy.orm import Session
from sqlalchemy.types import REAL, LargeBinary

from portal.models import Community
from portal.scope import Scope
from portal.store.communities import unnamed_keys
from portal.store.communities.scores import band
from portal.store.maps.features import visible_points, with_scores

EXTENT = 4096
BUFFER = 128  # so that strokes and labels meet across tiles
MAX_ZOOM = 22
LEVELS = 2  # the map draws a tile of zoom z at zoom z + LEVELS, 1024 px wide: few requests
DEEPEST = 15  # below it the map enlarges tiles
LABELS_FROM = 13
SMALL_PX = 4
WORLD = 2 * math.pi * 6378137  # width of EPSG:3857
TILE_PX = 256 << LEVELS


def pixel(z: int) -> float:
    """Return the side of a pixel of a tile of zoom ``z``, in units of EPSG:3857."""
    return WORLD / (TILE_PX << z)


def envelope(z: int, x: int, y: int, *, margin: float = 0.0) -> ColumnElement[Any]:
    """Return the tile's square in EPSG:3857, widened by ``margin`` of its side."""
    return func.ST_TileEnvelope(z, x, y, func.ST_TileEnvelope(0, 0, 0), margin)


def touches(geometry: Any, z: int, x: int, y: int) -> ColumnElement[bool]:
    """Return whether a column in EPSG:3857 touches the tile with its buffer, by its spatial index."""
    found: ColumnElement[bool] = geometry.op("&&")(envelope(z, x, y, margin=BUFFER / EXTENT))
    return found


def cut(
    rows: Select[Any], name: str, shape: Any, z: int, x: int, y: int, *, buffer: int = BUFFER
) -> ColumnElement[bytes]:
    """Return an expression: the rows of a SELECT as one tile layer called ``name``.

    Parameters
    ----------
    rows
        SELECT of the features' properties; a column ``id`` becomes the feature's id.
        It must keep to what touches the tile.
    shape
        Geometry in EPSG:3857.
    buffer
        Kept around the tile, in units of `EXTENT`; 0 for labels, which belong to one tile.
    """
    clipped = func.ST_AsMVTGeom(shape, envelope(z, x, y), EXTENT, buffer, True).label("geom")
    if "id" in rows.selected_columns:
        # A tile says nothing of the order of rows in the table: that changes with what nobody may see.
        rows = rows.order_by(rows.selected_columns["id"])
    tile = rows.add_columns(clipped).subquery("tile")
    arguments = [tile.table_valued(), literal(name), literal(EXTENT), literal("geom")]
    if "id" in tile.c:
        arguments.append(literal("id"))
    made = select(func.ST_AsMVT(*arguments)).where(tile.c.geom.is_not(None))
    return func.coalesce(made.scalar_subquery(), literal(b"", LargeBinary))


def join(session: Session, *layers: ColumnElement[bytes]) -> bytes:
    """Return one tile of several layers: protocol buffers join by concatenation."""
    tile = layers[0]
    for layer in layers[1:]:
        tile = tile.op("||")(layer)
    return bytes(session.scalar(select(tile)) or b"")


def communities(
    session: Session, scope: Scope, details_street_id: int | None, z: int, x: int, y: int
) -> bytes:
    """Return communities with name, key, band and visible points: outlines, or points where too small.

    An unknown outline is a point as well; ``key`` is that of a community without a name.
    From zoom `LABELS_FROM` a layer ``community_labels`` holds a point for each name.
    """
    located = with_scores(
        scope,
        Community.id,
        Community.name,
        unnamed_keys.key().label("key"),
        band().label("band"),
        cast(visible_points(details_street_id), REAL).label("points"),
    ).where(or_(touches(Community.outline_3857, z, x, y), touches(Community.location_3857, z, x, y)))
    layers = [cut(located, "communities", _visible_shape(z), z, x, y)]
    if z >= LABELS_FROM:
        named = with_scores(scope, Community.id, Community.name).where(
            Community.name.is_not(None), touches(Community.location_3857, z, x, y)
        )
        layers.append(cut(named, "community_labels", Community.location_3857, z, x, y, buffer=0))
    return join(session, *layers)


def _visible_shape(z: int) -> ColumnElement[Any]:
    outline = Community.outline_3857
    width = func.ST_XMax(outline) - func.ST_XMin(outline)
    height = func.ST_YMax(outline) - func.ST_YMin(outline)
    return case(
        (outline.is_(None), Community.location_3857),
        (func.greatest(width, height) < SMALL_PX * pixel(z), Community.location_3857),
        else_=func.ST_Simplify(outline, pixel(z) / 2, True),
    )
