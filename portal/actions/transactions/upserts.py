"""Writes of whole sets: what is staged is written only where it differs.

So a second import of the same file touches no row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Table,
    Text,
    Update,
    and_,
    cast,
    exists,
    func,
    insert,
    literal,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.orm import Session

from portal.models import Base

MANY_ROWS = 1_000


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
    table = table_of(target)
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
    table = table_of(target)
    columns = [name for name in _names(given) if name in table.c]
    known = exists().where(and_(*(table.c[name] == given.c[name] for name in key)))
    rows = select(*(given.c[name] for name in columns)).where(~known)
    if order_by is not None:
        rows = rows.order_by(order_by)
    n = rows_of(session, insert(table).from_select(columns, rows))
    if n >= MANY_ROWS:
        # What was emptied, by a preview or an undo, may be known to be empty: every join with its new rows
        # would compare each with each.
        session.execute(select(func.count_anew(cast(table.name, REGCLASS))))
    return n


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


def table_of(model: type[Base]) -> Table:
    """Return the table of a model."""
    table = model.__table__
    assert isinstance(table, Table)
    return table


def _names(rows: FromClause) -> list[str]:
    return [column.key for column in rows.columns]
