"""Streets as areas with a class and a value that were computed from figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Double, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from portal.models import Street
from portal.store.maps.features import collection
from portal.store.maps.tiles import cut, join, pixel, touches


@dataclass(frozen=True)
class Shade:
    """What one street shows: class of the legend, value (None where it is not told)."""

    street_id: int
    code: str
    value: float | None


def features(session: Session, shades: Sequence[Shade]) -> bytes:
    """Return the streets as a FeatureCollection: name, class, value."""
    table = _table(shades)
    rows = select(Street.id).join(table, table.c.id == Street.id)
    properties = {"name": Street.name, "class": table.c.code, "value": table.c.value}
    return collection(session, rows, Street.id, properties, Street.outline)


def tile(session: Session, shades: Sequence[Shade], z: int, x: int, y: int) -> bytes:
    """Return one tile of a layer ``streets``: name, class, value."""
    table = _table(shades)
    rows = (
        select(Street.id, Street.name, table.c.code.label("class"), table.c.value)
        .join(table, table.c.id == Street.id)
        .where(touches(Street.outline_3857, z, x, y))
    )
    return join(
        session, cut(rows, "streets", func.ST_Simplify(Street.outline_3857, pixel(z) / 2, True), z, x, y)
    )


def _table(shades: Sequence[Shade]) -> Any:
    return (
        func.unnest(
            cast([shade.street_id for shade in shades], ARRAY(BigInteger)),
            cast([shade.code for shade in shades], ARRAY(Text)),
            cast([shade.value for shade in shades], ARRAY(Double)),
        )
        .table_valued(column("id", BigInteger), column("code", Text), column("value", Double), name="shade")
        .render_derived()
    )
