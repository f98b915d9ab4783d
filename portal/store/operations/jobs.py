"""Reads of the worker's jobs, and of the worker itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, text
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer
from portal.errors import N_, NotFound
from portal.models import DataVersion, Job, UserAccount
from portal.store.data_versions import SCORED, current, scores_outdated
from portal.store.paging import Page, page_of
from portal.terms import JobState, Subject

# The worker says every ten seconds that it lives.
SILENT_S = 60

Listed = Row[tuple[Job, str | None, datetime]]


def seen_by(viewer: Viewer) -> list[ColumnElement[bool]]:
    """Return which jobs ``viewer`` may see: the own ones; who sees imports, also the portal's."""
    if viewer.may(Permission.MANAGE_JOBS):
        return []
    own = Job.user_id == viewer.user_id
    return [or_(own, Job.user_id.is_(None)) if viewer.may(Permission.SEE_IMPORTS) else own]


def listed(session: Session, viewer: Viewer, page: int, rows: int) -> Page:
    """Return a page of the jobs that ``viewer`` may see, newest first, who began each, and the time."""
    seen = seen_by(viewer)
    newest = _jobs().where(*seen).order_by(Job.created_at.desc(), Job.id)
    total = session.scalar(select(func.count()).select_from(Job).where(*seen)) or 0
    return Page(session.execute(page_of(newest, page, rows)).all(), total)


def one(session: Session, viewer: Viewer, job_id: UUID) -> Listed:
    """Return a job, who began it, and the present moment.

    Raises
    ------
    NotFound
        There is no such job, or the viewer may not see it.
    """
    row = session.execute(_jobs().where(Job.id == job_id, *seen_by(viewer))).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个任务"))
    return row


def worker_lives(session: Session) -> bool:
    """Return whether a worker was heard of lately."""
    found = session.scalar(
        text(
            "SELECT EXISTS (SELECT FROM procrastinate_workers "
            "WHERE last_heartbeat > clock_timestamp() - make_interval(secs => :silent))"
        ),
        {"silent": SILENT_S},
    )
    return bool(found)


def scores_wanted(session: Session, kind: str, quiet_s: float) -> bool:
    """Return whether scores are out of date, or were never computed, and nobody has asked for them since.

    Parameters
    ----------
    kind
        Of the jobs that compute them.
    quiet_s
        For how long nothing they are made of may have changed: more may be to come.
    """
    if not _outdated(session):
        return False
    changed = select(func.max(DataVersion.changed_at)).where(DataVersion.subject.in_(SCORED))
    newest = changed.scalar_subquery()
    # What waits reads whatever comes before it runs. What began since, and failed, would fail again.
    asked = select(Job.id).where(
        Job.kind == kind, or_(Job.state == JobState.WAITING, Job.created_at > newest)
    )
    quiet = newest < func.clock_timestamp() - timedelta(seconds=quiet_s)
    return bool(session.scalar(select(and_(quiet, ~asked.exists()))))


def _outdated(session: Session) -> bool:
    if scores_outdated(session):
        return True
    written = current(session)
    evidence = Subject.COMPLAINTS in written or Subject.EVIDENCE in written
    return Subject.SCORES not in written and Subject.COMMUNITIES in written and evidence


def _jobs() -> Any:
    now = func.clock_timestamp().label("now")
    return select(Job, UserAccount.display_name, now).outerjoin(UserAccount, UserAccount.id == Job.user_id)
