"""Reads of streets, their extent and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import Community, Street
from portal.place_names import street_name
from portal.terms import CommunityStatus

CHINA = (73.5, 18.0, 135.1, 53.6)  # what a map without any data shows
WORLD = (-180.0, -85.0, 180.0, 85.0)
CORNERS = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Extents:
    """Boxes of west, south, east, north in degrees, WGS 84.

    Parameters
    ----------
    shown
        Where the map opens: the viewer's own street, else the city.
    city
        The streets, else the communities, else China.
    data
        Streets and communities: outside of it no tile holds any; the world without data.
    """

    shown: Box
    city: Box
    data: Box


def extents(session: Session, own_street_id: int | None = None) -> Extents:
    """Return how far the city reaches, and the one street that the viewer answers for."""
    streets = select(func.ST_Extent(Street.outline)).scalar_subquery()
    communities = select(
        func.ST_Extent(func.coalesce(Community.outline, Community.location))
    ).scalar_subquery()
    own = select(box_of(Street.outline)).where(Street.id == own_street_id).scalar_subquery()
    row = session.execute(select(box_of(streets), box_of(communities), own)).one()
    boxes = [box for box in map(_box, row[:2]) if box is not None]
    if not boxes:
        return Extents(CHINA, CHINA, WORLD)
    west, south, east, north = zip(*boxes, strict=True)
    shown = _box(row[2]) if row[2] else None
    return Extents(shown or boxes[0], boxes[0], (min(west), min(south), max(east), max(north)))


def box_of(shape: Any) -> ColumnElement[Any]:
    """Return west, south, east, north of a shape as a list; of nulls without one."""
    return array([corner(shape) for corner in CORNERS])


def _box(corners: Sequence[float | None]) -> Box | None:
    west, south, east, north = corners
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north


def streets(session: Session) -> Sequence[Row[tuple[int, str, str]]]:
    """Return id, name and district of every street, by district and name."""
    return session.execute(
        select(Street.id, Street.name, Street.district).order_by(Street.district, Street.name)
    ).all()


@dataclass(frozen=True)
class StreetLine:
    """A street in a list: how many communities it has, and how many of them are not located."""

    id: int
    name: str
    district: str
    communities: int
    unlocated: int


def street_lines(session: Session) -> list[StreetLine]:
    """Return every street with its active communities counted, by district and name."""
    active = and_(Community.street_id == Street.id, Community.status == CommunityStatus.ACTIVE)
    rows = (
        select(
            Street.id,
            Street.name,
            Street.district,
            func.count(Community.id),
            func.count(Community.id).filter(Community.location.is_(None)),
        )
        .outerjoin(Community, active)
        .group_by(Street.id)
        .order_by(Street.district, Street.name)
    )
    return [StreetLine(*row) for row in session.execute(rows)]


@dataclass(frozen=True)
class StreetHead:
    """One street: names, land area, a point on it, its box (WGS 84 degrees)."""

    id: int
    name: str
    district: str
    area_m2: float
    lon: float
    lat: float
    box: Box


def street(session: Session, street_id: int) -> StreetHead:
    """Return one street.

    Raises
    ------
    NotFound
        There is no such street.
    """
    point = func.ST_PointOnSurface(Street.outline)
    row = session.execute(
        select(
            Street.id,
            Street.name,
            Street.district,
            Street.area_m2,
            func.ST_X(point),
            func.ST_Y(point),
            box_of(Street.outline),
        ).where(Street.id == street_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个街道"))
    return StreetHead(*row)


def street_id_by_name(session: Session, name: str) -> int:
    """Return the id of the street called ``name``, with or without 街道 or 办事处 behind it.

    Raises
    ------
    NotFound
        There is none, or there are several.
    """
    found = session.scalars(select(Street.id).where(Street.name == street_name(name))).all()
    if len(found) != 1:
        raise NotFound(N_("没有唯一的街道“{name}”"), name=name)
    return found[0]
