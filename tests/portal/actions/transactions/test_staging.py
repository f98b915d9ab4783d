from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import func, literal, select, text
from sqlalchemy.orm import Session

from portal.actions.transactions.staging import (
    BYTES,
    FLAG,
    NUMBER,
    SHAPE,
    TEXT,
    TEXTS,
    TIME,
    WHOLE,
    count,
    insert_missing,
    materialise,
    stage,
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


def test_every_kind_of_value_arrives_and_missing_ones_are_null(session: Session) -> None:
    at = datetime(2025, 3, 1, 8, tzinfo=UTC)
    table = stage(
        session,
        {
            "whole": (WHOLE, pd.Series([1.0, np.nan])),
            "number": (NUMBER, pd.Series([0.5, np.nan])),
            "flag": (FLAG, [True, None]),
            "word": (TEXT, ['小区, "甲"\n\\N\t', None]),
            "words": (TEXTS, [["a", "b,c"], []]),
            "time": (TIME, pd.Series([at, pd.NaT])),
            "octets": (BYTES, [b"\x00\xff", None]),
            "shape": (SHAPE, [shapely.Point(114, 22), None]),
        },
    )
    row, empty = session.execute(select(*table.c).with_only_columns(*list(table.c)[:-1])).all()
    assert tuple(row[:6]) == (1, 0.5, True, '小区, "甲"\n\\N\t', ["a", "b,c"], at)
    assert bytes(row[6]) == b"\x00\xff"
    assert [value for value in empty if value != []] == [None] * 6
    assert session.scalars(select(func.ST_AsEWKT(table.c.shape))).all() == ["SRID=4326;POINT(114 22)", None]


def test_columns_of_different_length_are_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="zip"):
        stage(session, {"a": (TEXT, ["x"]), "b": (TEXT, [])})


def test_an_upsert_writes_what_differs_and_nothing_else(session: Session) -> None:
    first = upsert(session, Firm, firms(session, {"1": "甲", "2": "乙"}), ("source", "source_key"))
    assert (first.new, first.changed, first.rows) == (2, 0, 2)
    versions = session.execute(text("SELECT id, xmin, ctid FROM firm ORDER BY id")).all()
    again = upsert(session, Firm, firms(session, {"1": "甲", "2": "乙"}), ("source", "source_key"))
    assert again.rows == 0
    assert session.execute(text("SELECT id, xmin, ctid FROM firm ORDER BY id")).all() == versions
    third = upsert(session, Firm, firms(session, {"2": "乙二", "3": "丙"}), ("source", "source_key"))
    assert (third.new, third.changed) == (1, 1)
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


def test_a_result_can_be_kept(session: Session) -> None:
    table = stage(
        session, {"n": (WHOLE, range(5)), "shape": (SHAPE, [shapely.Point(n, 0) for n in range(5)])}
    )
    kept = materialise(session, select(table.c.n, table.c.shape).where(table.c.n > 2))
    assert count(session, kept) == 2
    assert session.scalar(select(func.max(func.ST_X(kept.c.shape)))) == 4
