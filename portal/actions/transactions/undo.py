"""Deeds that can be taken back: triggers keep what each row was before, `take_back` puts it there again.

A deed is recorded between `begin_deed` and `end_deed`, inside its transaction. Its
statements are reversed in reverse order, each of which was possible forwards, so
foreign keys hold on the way back too. Nothing is taken back where something builds
on it: a row that was written since, or one that refers to a row which would go.
"""

# ruff: noqa: S608 - names of tables and columns are those of the models, never from a request
from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy import Table, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.actions.transactions.deed_rows import count_written
from portal.db import newest_schema
from portal.errors import N_, Conflict
from portal.models import Base, Deed, UndoStep
from portal.terms import Subject

# Computed from the others, and computed again afterwards.
_DERIVED = {"community": (("service_score", "community_id"),)}


@dataclass(frozen=True)
class TakenBack:
    """What was taken back: rows put as they were, each counted once, by table, and the subjects concerned."""

    rows: dict[str, int]
    subjects: list[Subject]


def begin_deed(session: Session, deed_id: UUID, user_id: int | None) -> None:
    """Keep from now on, in this transaction, what every row was before it is written."""
    session.execute(
        insert(Deed).values(id=deed_id, user_id=user_id, schema_version=newest_schema(), subjects=[])
    )
    _record(session, str(deed_id))


def end_deed(session: Session, deed_id: UUID, subjects: set[Subject]) -> None:
    """Keep how the deed leaves its rows; one that wrote nothing is forgotten."""
    _record(session, "")
    left_as = {table: _digest(session, deed_id, table) for table in _tables(session, deed_id)}
    if left_as:
        values = {"subjects": sorted(subjects), "left_as": left_as}
        session.execute(update(Deed).where(Deed.id == deed_id).values(values))
    else:
        session.execute(text("DELETE FROM deed WHERE id = :id"), {"id": deed_id})


def find_obstacle(session: Session, deed_id: UUID) -> Conflict | None:
    """Return why a deed cannot be taken back, None where only its rows' references could still forbid it."""
    deed = session.get(Deed, deed_id, populate_existing=True)
    if deed is None:
        return Conflict(N_("这次写入没有留下可撤销的记录"))
    if deed.undone_at is not None:
        return Conflict(N_("这次写入已经撤销"))
    if deed.schema_version != newest_schema():
        return Conflict(N_("程序升级前的写入不能撤销"), remedy=N_("请恢复升级前的备份，或逐条更正"))
    changed = [table for table, left in deed.left_as.items() if _digest(session, deed_id, table) != left]
    if changed:
        return Conflict(N_("它写入的资料后来又有改动，不能整体撤销"), remedy=N_("请先撤销后来的导入和改动"))
    return None


def take_back(session: Session, deed_id: UUID) -> TakenBack:
    """Put every row that a deed wrote back as it was; inside the caller's transaction.

    Raises
    ------
    Conflict
        Something builds on it; the remedy says what to do.
    """
    obstacle = find_obstacle(session, deed_id)
    if obstacle is not None:
        raise obstacle
    steps = session.execute(
        select(UndoStep.step, UndoStep.part, UndoStep.table_name, UndoStep.operation)
        .where(UndoStep.deed_id == deed_id)
        .order_by(UndoStep.step.desc(), UndoStep.part)
    ).all()
    # Not step by step: several statements of a deed may have written the same row.
    rows = count_written(session, deed_id)
    try:
        for step in steps:
            table = Base.metadata.tables[step.table_name]
            at = {"deed": deed_id, "step": step.step, "part": step.part}
            reverse = {"insert": _remove, "update": _put_back, "delete": _bring_back}[step.operation]
            reverse(session, table, at)
        session.flush()
    except IntegrityError as error:
        if isinstance(error.orig, ForeignKeyViolation | UniqueViolation):
            raise _built_upon() from error
        raise
    deed = session.get_one(Deed, deed_id)
    deed.undone_at = session.scalars(select(func.clock_timestamp())).one()
    # What was before is of no use any more.
    session.execute(text("DELETE FROM undo_step WHERE deed_id = :id"), {"id": deed_id})
    return TakenBack(rows, [Subject(subject) for subject in deed.subjects])


def _remove(session: Session, table: Table, at: dict[str, object]) -> None:
    for child, column in _DERIVED.get(table.name, ()):
        session.execute(
            text(f"DELETE FROM {child} USING ({_keys(table)}) AS given WHERE {child}.{column} = given.id"), at
        )
    for child, column in _cascades_to(table):
        parent = next(iter(table.primary_key)).name
        found = text(
            f"SELECT EXISTS (SELECT 1 FROM {child} JOIN ({_keys(table)}) AS given "
            f"ON {child}.{column} = given.{parent})"
        )
        # Its own were inserted after it, and are gone by now.
        if session.scalar(found, at):
            raise _built_upon()
    session.execute(
        text(f"DELETE FROM {table.name} USING ({_keys(table)}) AS given WHERE {_same(table)}"), at
    )


def _put_back(session: Session, table: Table, at: dict[str, object]) -> None:
    keys = {column.name for column in table.primary_key}
    columns = [name for name in _written(table) if name not in keys]
    to = ", ".join(f"{name} = given.{name}" for name in columns)
    session.execute(
        text(f"UPDATE {table.name} SET {to} FROM ({_before(table)}) AS given WHERE {_same(table)}"), at
    )


def _bring_back(session: Session, table: Table, at: dict[str, object]) -> None:
    columns = ", ".join(_written(table))
    session.execute(
        text(
            f"INSERT INTO {table.name} ({columns}) OVERRIDING SYSTEM VALUE "
            f"SELECT {columns} FROM ({_before(table)}) AS given"
        ),
        at,
    )


_OF_PART = "deed_id = :deed AND step = :step AND part = :part"


def _keys(table: Table) -> str:
    keys = f"jsonb_populate_recordset(NULL::{table.name}, keys) AS key"
    return f"SELECT key.* FROM undo_step, {keys} WHERE {_OF_PART}"


def _before(table: Table) -> str:
    rows = f"SELECT unnest(before)::{table.name} AS r FROM undo_step WHERE {_OF_PART}"
    return f"SELECT (was.r).* FROM ({rows}) AS was"


def _same(table: Table) -> str:
    return " AND ".join(f"{table.name}.{column.name} = given.{column.name}" for column in table.primary_key)


def _written(table: Table) -> list[str]:
    return [column.name for column in table.columns if column.computed is None]


def _cascades_to(table: Table) -> list[tuple[str, str]]:
    return [
        (other.name, key.parent.name)
        for other in Base.metadata.sorted_tables
        for key in other.foreign_keys
        if key.column.table is table and key.ondelete == "CASCADE"
    ]


def _tables(session: Session, deed_id: UUID) -> list[str]:
    return list(
        session.scalars(
            select(UndoStep.table_name)
            .where(UndoStep.deed_id == deed_id)
            .distinct()
            .order_by(UndoStep.table_name)
        )
    )


def _digest(session: Session, deed_id: UUID, table_name: str) -> list[object]:
    """Return number and digest of the rows of a table that a deed wrote, as they stand now."""
    table = Base.metadata.tables[table_name]
    key = ", ".join(column.name for column in table.primary_key)
    found = session.execute(
        text(
            f"SELECT count(*), md5(coalesce(string_agg(md5(now_there::text), '' ORDER BY {key}), '')) "
            f"FROM {table_name} AS now_there JOIN (SELECT DISTINCT {key} "
            f"FROM undo_step, jsonb_populate_recordset(NULL::{table_name}, keys) "
            f"WHERE deed_id = :deed AND table_name = :table) AS given USING ({key})"
        ),
        {"deed": deed_id, "table": table_name},
    ).one()
    return [found[0], found[1]]


def _record(session: Session, deed: str) -> None:
    session.execute(text("SELECT set_config('atlas.deed', :deed, true)"), {"deed": deed})


def _built_upon() -> Conflict:
    return Conflict(
        N_("后来的资料以它写入的为依据，不能整体撤销"), remedy=N_("请先撤销后来的导入，或逐条更正")
    )
