"""What may be forgotten is removed; what may not stays."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.accounts import LOGIN_LASTS, MEMORY
from portal.actions.operations import purge as keeping
from portal.models import Audit, Deed, EndedLogin, LoginAttempt


def test_old_attempts_go_and_fresh_ones_stay(session: Session) -> None:
    now = datetime.now(UTC)
    for username, age in (("old", timedelta(days=2)), ("fresh", MEMORY)):
        session.add(LoginAttempt(username_hash=username.encode(), address_hash=b"x", at=now - age))
    session.flush()
    removed = keeping.purge(session)
    assert {name: n for name, n in removed.items() if n} == {"login_attempts": 1}
    assert session.scalars(select(LoginAttempt.username_hash)).all() == [b"fresh"]
    assert session.scalars(select(Audit.action)).all() == ["purge"]


def test_ended_logins_are_kept_while_a_copy_of_their_cookie_may_live(session: Session) -> None:
    now = datetime.now(UTC)
    for key, age in ((b"old", timedelta(days=8)), (b"new", LOGIN_LASTS)):
        session.add(EndedLogin(key_hash=key, at=now - age))
    session.flush()
    assert keeping.purge(session)["ended_logins"] == 1
    assert session.scalars(select(EndedLogin.key_hash)).all() == [b"new"]


def test_nothing_to_remove_leaves_no_audit_row(session: Session) -> None:
    keeping.purge(session)
    assert session.scalars(select(Audit)).all() == []


def test_after_some_months_a_deed_cannot_be_taken_back(session: Session) -> None:
    now = datetime.now(UTC)
    for age in (timedelta(days=91), timedelta(days=89)):
        session.add(Deed(id=uuid.uuid4(), done_at=now - age, schema_version="1", subjects=[]))
    session.flush()
    assert keeping.purge(session)["deeds"] == 1
    assert session.scalars(select(Deed.done_at)).all() == [now - timedelta(days=89)]
