"""Housekeeping: what may be forgotten is removed, on a day that the policy of retention states."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from portal.actions.accounts import LOGIN_LASTS, MEMORY, WINDOW
from portal.actions.transactions.commit import audit, committed
from portal.models import Deed, EndedLogin, Job, LoginAttempt, StoredArea
from portal.terms import Subject

KEEP_LOGIN_ATTEMPTS = MEMORY + WINDOW  # what still locks is still there
KEEP_ENDED_LOGINS = LOGIN_LASTS + timedelta(days=7)  # longer than any cookie lives, and a clock may be wrong
KEEP_AREAS = timedelta(days=730)
KEEP_JOBS = timedelta(days=90)
KEEP_UNDO = timedelta(days=90)


def purge(session: Session) -> dict[str, int]:
    """Remove logins of past days, jobs and ways back of past months, areas of past years; return how many."""
    with committed(session):
        removed = {
            "login_attempts": _remove(session, LoginAttempt, LoginAttempt.at, KEEP_LOGIN_ATTEMPTS),
            "ended_logins": _remove(session, EndedLogin, EndedLogin.at, KEEP_ENDED_LOGINS),
            "stored_areas": _remove(session, StoredArea, StoredArea.created_at, KEEP_AREAS),
            "jobs": _remove(session, Job, Job.finished_at, KEEP_JOBS),
            "deeds": _remove(session, Deed, Deed.done_at, KEEP_UNDO),
        }
        if any(removed.values()):
            audit(session, None, "purge", Subject.ACCOUNTS, detail=removed)
    return removed


def _remove(
    session: Session,
    table: type[LoginAttempt] | type[EndedLogin] | type[StoredArea] | type[Job] | type[Deed],
    column: Any,
    age: timedelta,
) -> int:
    done = session.execute(delete(table).where(column < func.now() - age).returning(1))
    return len(done.all())
