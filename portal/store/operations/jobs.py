"""Reads of the worker's jobs, and of the worker itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, or_, select, text
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer
from portal.errors import N_, NotFound
from portal.models import Job, UserAccount
from portal.store.paging import Page, page_of

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


def _jobs() -> Any:
    now = func.clock_timestamp().label("now")
    return select(Job, UserAccount.display_name, now).outerjoin(UserAccount, UserAccount.id == Job.user_id)
