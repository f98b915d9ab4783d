"""How many of something each street has, for choosing a street from a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.models import Street


@dataclass(frozen=True)
class StreetCount:
    """A street and how many it has; ``id`` and ``name`` are None for what is under no street."""

    id: int | None
    name: str | None
    district: str
    n: int


def by_street(
    session: Session, street_id: InstrumentedAttribute[Any], conditions: Iterable[ColumnElement[bool]]
) -> list[StreetCount]:
    """Count rows of the table of ``street_id`` under each street that has any, by district and name."""
    rows = session.execute(
        select(Street.id, Street.name, func.coalesce(Street.district, ""), func.count())
        .select_from(street_id.class_)
        .outerjoin(Street, Street.id == street_id)
        .where(*conditions)
        .group_by(Street.id)
        .order_by(*street_order())
    )
    return [StreetCount(*row) for row in rows]


def street_order() -> tuple[ColumnElement[Any], ...]:
    """Return the order of streets in lists: by district and name, what is under none last."""
    return Street.district.asc().nulls_last(), Street.name.asc().nulls_last()
