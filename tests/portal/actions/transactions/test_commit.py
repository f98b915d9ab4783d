"""The frame of every write: all or nothing, versions raised, one audit row."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal import logs
from portal.actions.transactions.commit import audit, committed, touch
from portal.models import Audit, StoredArea
from portal.store import data_versions
from portal.terms import Subject


def test_what_raises_leaves_nothing(session: Session) -> None:
    with pytest.raises(KeyError), committed(session):
        touch(session, [Subject.STREETS])
        audit(session, None, "x", Subject.STREETS)
        raise KeyError
    assert data_versions.current(session) == {}
    assert session.scalars(select(Audit)).all() == []


def test_what_is_written_stays_when_the_session_is_rolled_back_later(session: Session) -> None:
    with committed(session):
        touch(session, [Subject.STREETS])
    session.rollback()
    assert data_versions.current(session) == {"streets": 1}


def test_versions_rise_by_one_each_write(session: Session) -> None:
    for _ in range(3):
        with committed(session):
            touch(session, [Subject.STREETS, Subject.ROADS])
    assert data_versions.current(session) == {"streets": 3, "roads": 3}


def test_audit_row_carries_the_request(session: Session) -> None:
    token = logs.request_id.set("abc12345")
    with committed(session):
        audit(session, None, "draw", Subject.COMMUNITIES, 7, {"corners": 5})
    logs.request_id.reset(token)
    (row,) = session.scalars(select(Audit))
    assert (row.action, row.subject, row.subject_id) == ("draw", "communities", "7")
    assert (row.detail, row.request_id) == ({"corners": 5}, "abc12345")


def test_session_is_usable_after_a_failed_write(session: Session) -> None:
    with pytest.raises(Exception, match="null value"), committed(session):
        session.add(StoredArea(key="k", user_id=None))  # type: ignore[arg-type]
        session.flush()
    with committed(session):
        touch(session, [Subject.ROADS])
    assert data_versions.current(session) == {"roads": 1}
