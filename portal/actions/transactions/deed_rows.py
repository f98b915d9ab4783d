"""What a deed does, row by row: examples of what it adds and what it changes, before anybody keeps it."""

# ruff: noqa: S608 - names of tables and columns are those of the models, never from a request
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import Column, LargeBinary, Table, text
from sqlalchemy.orm import Session

from portal.actions.transactions.upserts import table_of
from portal.models import Base

# What a row is called, by what it has.
_NAMES = ("name", "source_key", "id")
SHAPE_CHANGED = "…"


@dataclass(frozen=True)
class Change:
    """One value of a row that a deed changes; of geometry only that it does."""

    column: str
    was: Any
    becomes: Any


@dataclass(frozen=True)
class Example:
    """A row that a deed adds or changes, by its name, with what it changes."""

    name: str
    values: Mapping[str, Any]
    changes: Sequence[Change] = ()


def list_added(session: Session, deed_id: UUID, model: type[Base], most: int = 10) -> list[Example]:
    """Return the first rows of a table that a deed has added, as far as it has gone.

    Encrypted columns, geometry and what is empty are left out.
    """
    table = table_of(model)
    rows = session.execute(
        text(
            f"SELECT {_values(table, 't')} FROM {table.name} AS t "
            f"JOIN ({_written(table, 'insert')}) AS given USING ({_key(table)}) "
            f"ORDER BY {_key(table)} LIMIT :most"
        ),
        {"deed": deed_id, "table": table.name, "most": most},
    ).scalars()
    return [Example(_name(table, row), _filled(row)) for row in rows]


def list_changed(session: Session, deed_id: UUID, model: type[Base], most: int = 10) -> list[Example]:
    """Return the first rows of a table that a deed has changed, each with the values before and after."""
    table = table_of(model)
    rows = session.execute(
        text(
            f"SELECT {_values(table, 'b')}, {_values(table, 't')} FROM {table.name} AS t JOIN ("
            f"SELECT DISTINCT ON ({_key(table)}) r.* FROM undo_step AS s, "
            f"unnest(s.before) AS one(line), LATERAL (SELECT (one.line::{table.name}).*) AS r "
            "WHERE s.deed_id = :deed AND s.table_name = :table AND s.operation = 'update' "
            f"ORDER BY {_key(table)}, s.step) AS b USING ({_key(table)}) ORDER BY {_key(table)}"
        ),
        {"deed": deed_id, "table": table.name},
    )
    found: list[Example] = []
    for was, becomes in rows:
        changes = [
            Change(column, *_told(table, column, was, becomes))
            for column in (each.name for each in table.columns)
            if was.get(column) != becomes.get(column)
        ]
        if changes:
            found.append(Example(_name(table, becomes), _filled(becomes), changes))
        if len(found) == most:
            break
    return found


def count_written(session: Session, deed_id: UUID) -> dict[str, int]:
    """Return how many rows of each table a deed has written, each row once."""
    rows = session.execute(
        text(
            "SELECT table_name, count(DISTINCT key) FROM undo_step, jsonb_array_elements(keys) AS key "
            "WHERE deed_id = :deed GROUP BY table_name ORDER BY table_name"
        ),
        {"deed": deed_id},
    )
    return {str(row[0]): int(row[1]) for row in rows}


def count_moved(
    session: Session, deed_id: UUID, model: type[Base], column: str
) -> dict[tuple[Any, Any], int]:
    """Return how many known rows a deed has moved from one value of a column to another, by both."""
    table = table_of(model)
    rows = session.execute(
        text(
            f"SELECT b.{column}, t.{column}, count(*) FROM {table.name} AS t JOIN ("
            f"SELECT DISTINCT ON ({_key(table)}) {_key(table)}, r.{column} FROM undo_step AS s, "
            f"unnest(s.before) AS one(line), LATERAL (SELECT (one.line::{table.name}).*) AS r "
            "WHERE s.deed_id = :deed AND s.table_name = :table AND s.operation = 'update' "
            f"ORDER BY {_key(table)}, s.step) AS b USING ({_key(table)}) "
            f"WHERE b.{column} IS DISTINCT FROM t.{column} GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2"
        ),
        {"deed": deed_id, "table": table.name},
    )
    return {(was, becomes): int(n) for was, becomes, n in rows}


def _key(table: Table) -> str:
    return ", ".join(column.name for column in table.primary_key)


def _written(table: Table, operation: str) -> str:
    return (
        f"SELECT DISTINCT {_key(table)} FROM undo_step, jsonb_populate_recordset(NULL::{table.name}, keys) "
        f"WHERE deed_id = :deed AND table_name = :table AND operation = '{operation}'"
    )


def _values(table: Table, alias: str) -> str:
    """Return the expression of a row's plain values as JSON; a digest stands for geometry."""
    parts = []
    for column in table.columns:
        if isinstance(column.type, LargeBinary) or column.computed is not None:
            continue
        value = f"{alias}.{column.name}"
        parts.append(f"'{column.name}', " + (f"md5({value}::text)" if _is_shape(column) else value))
    return f"jsonb_build_object({', '.join(parts)})"


def _is_shape(column: Column[Any]) -> bool:
    return isinstance(column.type, Geometry)


def _told(table: Table, column: str, was: Mapping[str, Any], becomes: Mapping[str, Any]) -> tuple[Any, Any]:
    if _is_shape(table.c[column]):
        before, after = (None if row[column] is None else SHAPE_CHANGED for row in (was, becomes))
        return before, after
    return was[column], becomes[column]


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if value is not None}


def _name(table: Table, row: Mapping[str, Any]) -> str:
    keys = (*_NAMES, *(column.name for column in table.primary_key))
    return next(str(row[key]) for key in keys if row.get(key))
