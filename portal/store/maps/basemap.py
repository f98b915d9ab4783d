"""Tiles of the default base map: imported roads, street boundaries and names."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from portal.models import Road, Street
from portal.store.maps.tiles import WORLD, cut, join, pixel, touches

# OpenStreetMap's classes by rank; a class that is not listed ranks last but one, before service roads.
RANKS = (
    ("motorway", "trunk"),
    ("primary", "motorway_link", "trunk_link"),
    ("secondary", "primary_link"),
    ("tertiary", "secondary_link"),
)
MINOR, SERVICE = 5, 6
# Lowest rank that is still drawn, by zoom of the tile: 12 draws everything.
DRAWN_FROM = {0: 1, 8: 3, 10: 4, 11: 5, 12: 6}
NAMED_FROM = {11: 2, 12: 4, 13: 6}
NAME_PX = 70  # a line shorter than this carries no name
CELLS = 4  # lines of a rank are joined within a 4th of a tile, so that drawing can skip what is out of sight


def tile(session: Session, z: int, x: int, y: int, *, with_roads: bool) -> bytes:
    """Return layers ``streets`` (outlines), ``street_labels`` and, asked for, ``roads`` and ``road_names``.

    Roads carry their ``rank`` (1 motorway … 6 service), those of a higher rank come last. Low zooms
    leave out low ranks.
    """
    layers = [_streets(z, x, y), _street_labels(z, x, y)]
    if with_roads:
        layers.append(_roads(z, x, y))
        if z >= min(NAMED_FROM):
            layers.append(_road_names(z, x, y))
    return join(session, *layers)


def _streets(z: int, x: int, y: int) -> ColumnElement[bytes]:
    rows = select(Street.id, Street.name).where(touches(Street.outline_3857, z, x, y))
    return cut(rows, "streets", func.ST_Simplify(Street.outline_3857, pixel(z) / 2, True), z, x, y)


def _street_labels(z: int, x: int, y: int) -> ColumnElement[bytes]:
    rows = select(Street.id, Street.name).where(touches(Street.outline_3857, z, x, y))
    # The label's place must not depend on the zoom: one tolerance for all.
    place = func.ST_PointOnSurface(func.ST_Simplify(Street.outline_3857, 100.0, True))
    return cut(rows, "street_labels", place, z, x, y, buffer=0)


def _roads(z: int, x: int, y: int) -> ColumnElement[bytes]:
    cell = WORLD / 2**z / CELLS
    rank = _rank().label("rank")
    column = func.floor(func.ST_XMin(Road.line_3857) / cell)
    row = func.floor(func.ST_YMin(Road.line_3857) / cell)
    lines = func.ST_LineMerge(func.ST_Collect(Road.line_3857)).label("lines")
    joined = (
        select(rank, lines)
        .where(touches(Road.line_3857, z, x, y), *_drawn(z, DRAWN_FROM))
        .group_by(rank, column, row)
        .subquery("joined")
    )
    rows = select(joined.c.rank).order_by(joined.c.rank.desc())
    return cut(rows, "roads", func.ST_Simplify(joined.c.lines, pixel(z) / 2), z, x, y)


def _road_names(z: int, x: int, y: int) -> ColumnElement[bytes]:
    lines = func.ST_Dump(func.ST_LineMerge(func.ST_Collect(Road.line_3857))).geom.label("line")
    named: Select[Any] = (
        select(Road.name, func.min(_rank()).label("rank"), lines)
        .where(touches(Road.line_3857, z, x, y), Road.name.is_not(None), *_drawn(z, NAMED_FROM))
        .group_by(Road.name)
    )
    pieces = named.subquery("pieces")
    rows = (
        select(pieces.c.name)
        .where(func.ST_Length(pieces.c.line) > NAME_PX * pixel(z))
        .order_by(pieces.c.rank, func.ST_Length(pieces.c.line).desc())
    )
    return cut(rows, "road_names", func.ST_Simplify(pieces.c.line, 2 * pixel(z)), z, x, y)


def _rank() -> ColumnElement[int]:
    found = [(Road.highway.in_(classes), rank) for rank, classes in enumerate(RANKS, start=1)]
    return case(*found, (Road.highway == "service", SERVICE), else_=MINOR)


def _drawn(z: int, lowest: dict[int, int]) -> list[ColumnElement[bool]]:
    """Return the conditions that leave out roads ranked below what ``lowest`` says for this zoom."""
    rank = next(rank for zoom, rank in sorted(lowest.items(), reverse=True) if z >= zoom)
    if rank >= SERVICE:
        return []
    if rank == MINOR:
        return [Road.highway != "service"]
    return [Road.highway.in_([name for classes in RANKS[:rank] for name in classes])]
