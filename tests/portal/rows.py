"""Rows that the small cities of tests are made of."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from portal.models import Street


def add(session: Session, row: Any) -> int:
    """Add a row and return its id."""
    session.add(row)
    session.flush()
    return int(row.id)


def street(name: str, west: float, east: float) -> Street:
    """Return a street of the middle district between two meridians."""
    shape = f"MULTIPOLYGON((({west} 22.4, {east} 22.4, {east} 22.6, {west} 22.6, {west} 22.4)))"
    return Street(
        source_key=name,
        name=name,
        district="中区",
        outline=func.ST_GeomFromText(shape, 4326),
        area_m2=1e7,
        source_datum="wgs84",
    )
