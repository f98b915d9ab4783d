from __future__ import annotations

import pytest
from sqlalchemy import func, literal, select, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from portal.actions.transactions.staging import TEXT, WHOLE, stage
from portal.actions.transactions.upserts import (
    MANY_ROWS,
    count,
    insert_missing,
    rows_of,
    scalar,
    update_differing,
    upsert,
)
from portal.models import Firm


def firms(session: Session, names: dict[str, str]) -> object:
    staged = stage(session, {"source_key": (TEXT, names), "name": (TEXT, names.values())})
    return select(literal("register").label("source"), *staged.c).subquery()


def stored(session: Session) -> dict[str, str]:
    rows = session.execute(select(Firm.source_key, Firm.name).order_by(Firm.id))
    return dict(rows.tuples().all())


def test_an_upsert_writes_what_differs_and_nothing_else(session: Session) -> None:
    first = upsert(session, Firm, firms(session, {"1": "甲", "2": "乙"}), ("source", "source_key"))
    assert (first.new, first.changed, first.rows) == (2, 0, 2)
    versions = session.execute(text("SELECT id, xmin, ctid FROM firm ORDER BY id")).all()
    again = upsert(session, Firm, firms(session, {"1": "甲", "2": "乙"}), ("source", "source_key"))
    assert again.rows == 0
    assert session.execute(text("SELECT id, xmin, ctid FROM firm ORDER BY id")).all() == versions
    third = upsert(session, Firm, firms(session, {"2": "乙二", "3": "丙"}), ("source", "source_key"))
    assert (third.new, third.changed, third.rows) == (1, 1, 2)
    assert stored(session) == {"1": "甲", "2": "乙二", "3": "丙"}


def test_update_and_insert_can_be_had_apart(session: Session) -> None:
    given = firms(session, {"1": "甲"})
    assert update_differing(session, Firm, given, ("source", "source_key")) == 0
    assert insert_missing(session, Firm, given, ("source", "source_key")) == 1
    assert insert_missing(session, Firm, given, ("source", "source_key")) == 0


def test_identities_follow_the_order_asked_for(session: Session) -> None:
    given = firms(session, {"3": "c", "1": "a", "2": "b"})
    insert_missing(session, Firm, given, ("source", "source_key"), given.c.source_key)
    assert list(stored(session)) == ["1", "2", "3"]


def test_rows_are_counted(session: Session) -> None:
    given = stage(session, {"n": (WHOLE, range(5))})
    assert count(session, given) == 5
    assert scalar(session, select(func.max(given.c.n))) == 4
    assert scalar(session, select(func.max(given.c.n)).where(given.c.n > 9)) == 0
    assert rows_of(session, given.update().values(n=0).where(given.c.n > 2)) == 2


def test_what_the_table_does_not_have_is_left_out(session: Session) -> None:
    given = stage(
        session,
        {"source": (TEXT, ["s"]), "source_key": (TEXT, ["1"]), "name": (TEXT, ["甲"]), "n": (WHOLE, [7])},
    )
    assert upsert(session, Firm, given, ("source", "source_key"), given.c.n).new == 1
    session.execute(given.update().values(name="乙"))
    assert upsert(session, Firm, given, ("source", "source_key"), given.c.n).changed == 1
    assert stored(session) == {"1": "乙"}


def test_many_new_rows_of_a_table_known_to_be_empty_are_joined_by_their_number(session: Session) -> None:
    names = {str(n): f"{n} 号" for n in range(MANY_ROWS)}
    insert_missing(session, Firm, firms(session, names), ("source", "source_key"))
    session.execute(text("DELETE FROM firm"))
    session.execute(text("SELECT count_anew('firm')"))
    assert expected_rows(session) == 1
    insert_missing(session, Firm, firms(session, names), ("source", "source_key"))
    assert expected_rows(session) == MANY_ROWS


def expected_rows(session: Session) -> int:
    """Return how many rows the planner expects in the table of firms."""
    (plan,) = session.scalars(text("EXPLAIN (FORMAT JSON) SELECT * FROM firm")).one()
    return int(plan["Plan"]["Plan Rows"])


def test_only_who_may_write_to_a_table_has_it_counted_anew(session: Session) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT count_anew('alembic_version')"))
