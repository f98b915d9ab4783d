"""Staging: COPY rows into a temporary table, then compare and write whole sets.

A staged row is written only where it differs, so that a second import of the
same file touches no row.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from geoalchemy2 import Geometry as GeoAlchemyGeometry
from psycopg import sql
from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    FromClause,
    MetaData,
    Select,
    Table,
    Update,
    and_,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Boolean, Date, DateTime, Double, Integer, Text, UserDefinedType

from portal.actions.transactions import copy_text
from portal.models import Base


class Geometry(UserDefinedType[Any]):
    """PostGIS geometry that passes through statements untouched; staged as hexadecimal EWKB."""

    cache_ok = True

    def get_col_spec(self, **options: Any) -> str:
        """Return the type's name in SQL."""
        return "geometry"


TEXT, TEXTS, FLAG, WHOLE, SMALL = Text(), ARRAY(Text()), Boolean(), BigInteger(), Integer()
NUMBER: Double[float] = Double()
DAY, TIME, BYTES, SHAPE = Date(), DateTime(timezone=True), BYTEA(), Geometry()

_WRITTEN_AS: dict[Any, Callable[[Iterable[Any]], list[str]]] = {
    TEXT: copy_text.texts,
    TEXTS: copy_text.text_arrays,
    FLAG: copy_text.flags,
    WHOLE: copy_text.whole_numbers,
    SMALL: copy_text.whole_numbers,
    NUMBER: copy_text.numbers,
    DAY: copy_text.texts,
    TIME: copy_text.times,
    BYTES: copy_text.binaries,
    SHAPE: copy_text.shapes,
}

Columns = Mapping[str, tuple[Any, Iterable[Any]]]


def _create(session: Session, columns: Mapping[str, Any]) -> Table:
    name = f"staged_{uuid.uuid4().hex[:12]}"
    parts = [Column(column, kind) for column, kind in columns.items()]
    table = Table(name, MetaData(), *parts, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    table.create(session.connection())
    return table


def _analyze(cursor: psycopg.Cursor[Any], table: Table) -> None:
    # A sample of 3,000 rows, not of 30,000: enough to plan a join, and reading geometry is slow.
    cursor.execute("SET LOCAL default_statistics_target = 10")
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))


def _driver(session: Session) -> psycopg.Connection[Any]:
    driver = session.connection().connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def stage(session: Session, columns: Columns) -> Table:
    """Copy columns of equal length into a temporary table and return it.

    Parameters
    ----------
    session
        Inside the import's transaction; the table goes with it.
    columns
        Name to SQL type and values. NaN, NaT and None are NULL; whole numbers
        may come as floats; shapes are shapely geometries in WGS 84.
    """
    table = _create(session, {name: kind for name, (kind, _) in columns.items()})
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    values = [_WRITTEN_AS[kind](given) for kind, given in columns.values()]
    with _driver(session).cursor() as cursor:
        with cursor.copy(statement) as copy:
            for lines in copy_text.write_rows(values):
                copy.write(lines)
        _analyze(cursor, table)
    return table


def materialise(session: Session, rows: Select[Any] | CompoundSelect[Any]) -> Table:
    """Keep the result of a SELECT in a temporary table and return it."""
    columns = {column.name: SHAPE if _is_shape(column) else column.type for column in rows.selected_columns}
    table = _create(session, columns)
    session.execute(insert(table).from_select(list(columns), rows))
    with _driver(session).cursor() as cursor:
        _analyze(cursor, table)
    return table


def _is_shape(column: Any) -> bool:
    return isinstance(column.type, GeoAlchemyGeometry | Geometry)


@dataclass(frozen=True)
class Written:
    """Rows that an upsert added and changed."""

    new: int
    changed: int

    @property
    def rows(self) -> int:
        """Rows written."""
        return self.new + self.changed


def differing(target: type[Base], given: FromClause, key: Sequence[str]) -> Update:
    """Return the UPDATE that brings rows of ``target`` to the values in ``given``, where they differ.

    Parameters
    ----------
    target
        Model of the table.
    given
        Rows with the columns of ``key``, each key at most once, and the columns to be
        written, named as in ``target``; others are left out.
    """
    table = _table(target)
    columns = [name for name in _names(given) if name in table.c and name not in key]
    return (
        update(table)
        .values({table.c[name]: given.c[name] for name in columns})
        .where(
            and_(*(table.c[name] == given.c[name] for name in key)),
            tuple_(*(table.c[name] for name in columns)).is_distinct_from(
                tuple_(*(given.c[name] for name in columns))
            ),
        )
    )


def update_differing(session: Session, target: type[Base], given: FromClause, key: Sequence[str]) -> int:
    """Execute `differing` and return how many rows it changed."""
    return rows_of(session, differing(target, given, key))


def insert_missing(
    session: Session, target: type[Base], given: FromClause, key: Sequence[str], order_by: Any = None
) -> int:
    """Add the rows of ``given`` whose key ``target`` does not have; return how many.

    ``order_by`` is a column of ``given``: identities are handed out in its order.
    """
    table = _table(target)
    columns = [name for name in _names(given) if name in table.c]
    known = exists().where(and_(*(table.c[name] == given.c[name] for name in key)))
    rows = select(*(given.c[name] for name in columns)).where(~known)
    if order_by is not None:
        rows = rows.order_by(order_by)
    return rows_of(session, insert(table).from_select(columns, rows))


def upsert(
    session: Session, target: type[Base], given: FromClause, key: Sequence[str], order_by: Any = None
) -> Written:
    """Update the rows of ``target`` that differ from ``given``, add those it lacks."""
    changed = update_differing(session, target, given, key)
    return Written(insert_missing(session, target, given, key, order_by), changed)


def rows_of(session: Session, statement: Any) -> int:
    """Execute a write and return how many rows it touched."""
    # Without the option an INSERT does not say.
    result = session.execute(statement, execution_options={"preserve_rowcount": True})
    return int(result.rowcount)  # type: ignore[attr-defined]


def scalar(session: Session, statement: Any) -> int:
    """Return the single number that a SELECT gives."""
    return int(session.scalar(statement) or 0)


def count(session: Session, rows: FromClause) -> int:
    """Return the number of rows."""
    return scalar(session, select(func.count()).select_from(rows))


def term(value: str) -> ColumnElement[str]:
    """Return a word of a closed vocabulary for use in a SELECT."""
    return literal(value, Text())


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _names(rows: FromClause) -> list[str]:
    return [column.key for column in rows.columns]
