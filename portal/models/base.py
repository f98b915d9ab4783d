"""What every table shares: naming of constraints, column shorthands, checks from vocabularies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from numbers import Integral, Real
from typing import Annotated, Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    Dialect,
    Identity,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

from geo.texts import Phrase

Id = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Stamp = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]


class PhraseColumn(TypeDecorator[Phrase]):
    """A `geo.texts.Phrase` as JSON: its text in the source language, and what fills it."""

    impl = JSONB
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> Any:
        """Return what the database keeps; a plain text is a phrase without parameters."""
        return None if value is None else pack(value if isinstance(value, Phrase) else Phrase(value))

    def process_result_value(self, value: Any, dialect: Dialect) -> Phrase | None:
        """Return the phrase that the database kept."""
        return None if value is None else _phrase(value)


def pack(value: object) -> Any:
    """Return a phrase, or what fills one, as JSON."""
    if isinstance(value, Phrase):
        return {"text": value.msgid, "params": {name: pack(part) for name, part in value.params.items()}}
    if isinstance(value, (list, tuple)):
        return [pack(part) for part in value]
    if isinstance(value, Integral):
        return int(value)
    return float(value) if isinstance(value, Real) else str(value)


def unpack(value: Any) -> Any:
    """Return what `pack` was given."""
    if isinstance(value, dict) and value.keys() == {"text", "params"}:
        return _phrase(value)
    if isinstance(value, dict):
        return {name: unpack(part) for name, part in value.items()}
    return [unpack(part) for part in value] if isinstance(value, list) else value


def _phrase(packed: Any) -> Phrase:
    # A parameter may be called "text" too, so what fills a phrase is told part by part.
    return Phrase(packed["text"], **{name: unpack(part) for name, part in packed["params"].items()})


class Base(DeclarativeBase):
    """Declarative base; names of constraints are deterministic so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {str: Text, datetime: DateTime(timezone=True), int: BigInteger}


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """Return a check that ``column`` holds one of ``values``."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def geometry(kind: str, *, srid: int = 4326, nullable: bool = True, computed: str = "") -> Any:
    """Return a geometry column, stored as ``computed`` where that is given.

    Its spatial index is declared with the table, by name.
    """
    column_type = Geometry(kind, srid=srid, spatial_index=False)
    if computed:
        return mapped_column(column_type, Computed(computed, persisted=True), nullable=True)
    return mapped_column(column_type, nullable=nullable)


def may_exchange(*columns: str) -> UniqueConstraint:
    """Return the constraint that rows differ in ``columns``; one statement may let them change places."""
    return UniqueConstraint(*columns, deferrable=True, initially="IMMEDIATE")


QUARTER = r"^\d{4}-Q[1-4]$"


def quarter_check(column: str = "period") -> CheckConstraint:
    """Return a check that ``column`` names a quarter such as ``2025-Q3``."""
    return CheckConstraint(f"{column} ~ '{QUARTER}'", name=f"{column}_quarter")
