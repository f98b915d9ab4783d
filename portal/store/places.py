"""Reads of streets, their extent and their names."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import Community, Street

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
