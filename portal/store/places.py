"""Reads of streets, their extent and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, and_, func, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import Community, Street
from portal.terms import CommunityStatus

CHINA = (73.5, 18.0, 135.1, 53.6)  # what a map without any data shows


def bounds(session: Session) -> tuple[float, float, float, float]:
    """Return west, south, east, north of the streets, else of the communities, else of China."""
    for column in (Street.outline, Community.location):
        box = select(func.ST_Extent(column).label("box")).subquery()
        row = session.execute(
            select(
                func.ST_XMin(box.c.box),
                func.ST_YMin(box.c.box),
                func.ST_XMax(box.c.box),
                func.ST_YMax(box.c.box),
            )
        ).one()
        if row[0] is not None:
            return row[0], row[1], row[2], row[3]
    return CHINA


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
    """One street: names, land area, a point on it (WGS 84 degrees)."""

    id: int
    name: str
    district: str
    area_m2: float
    lon: float
    lat: float


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
            Street.id, Street.name, Street.district, Street.area_m2, func.ST_X(point), func.ST_Y(point)
        ).where(Street.id == street_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个街道"))
    return StreetHead(*row)


def street_id_by_name(session: Session, name: str) -> int:
    """Return the id of the street called ``name``, with or without the suffix 街道.

    Raises
    ------
    NotFound
        There is none, or there are several.
    """
    found = session.scalars(select(Street.id).where(Street.name == name.removesuffix("街道"))).all()
    if len(found) != 1:
        raise NotFound(N_("没有唯一的街道“{name}”"), name=name)
    return found[0]
