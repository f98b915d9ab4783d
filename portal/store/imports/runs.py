"""Reads of imports for people: runs with who ran them, the remarks of one run, paged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import ImportReject, ImportRun, UserAccount
from portal.models.imports import SEVERITIES
from portal.store.paging import Page, page_of


def listed(session: Session, page: int, rows: int, subject: str | None = None) -> Page:
    """Return one page of import runs and who ran them, newest first; of one subject where it is given."""
    chosen = [ImportRun.subject == subject] if subject else []
    newest = _runs().where(*chosen).order_by(ImportRun.at.desc(), ImportRun.id)
    total = session.scalar(select(func.count()).select_from(ImportRun).where(*chosen)) or 0
    return Page(session.execute(page_of(newest, page, rows)).all(), total)


def one(session: Session, run_id: UUID) -> Row[tuple[ImportRun, str]]:
    """Return one import run and the name of who ran it, None for the command line.

    Raises
    ------
    NotFound
        There is no such run.
    """
    row = session.execute(_runs().where(ImportRun.id == run_id)).one_or_none()
    if row is None:
        raise NotFound(N_("没有这次导入"))
    return row


def tally(session: Session, run_id: UUID) -> dict[str, int]:
    """Return the number of remarks of each severity."""
    rows = session.execute(
        select(ImportReject.severity, func.count())
        .where(ImportReject.import_run_id == run_id)
        .group_by(ImportReject.severity)
    ).all()
    found = {row[0]: row[1] for row in rows}
    return {severity: found.get(severity, 0) for severity in SEVERITIES}


def remarks(
    session: Session,
    run_id: UUID,
    severity: str | None = None,
    page: int = 1,
    rows: int | None = None,
) -> Sequence[Row[Any]]:
    """Return a run's remarks in the order of the file: row, field, severity, reason, remedy.

    Those of one severity where it is given; one page of so many ``rows``, or all.
    """
    chosen = [ImportReject.severity == severity] if severity else []
    listed = (
        select(
            ImportReject.row,
            ImportReject.field,
            ImportReject.severity,
            ImportReject.reason,
            ImportReject.remedy,
        )
        .where(ImportReject.import_run_id == run_id, *chosen)
        .order_by(ImportReject.row.nulls_first(), ImportReject.id)
    )
    if rows is not None:
        listed = page_of(listed, page, rows)
    return session.execute(listed).all()


def _runs() -> Select[tuple[ImportRun, str]]:
    return select(ImportRun, UserAccount.display_name).outerjoin(
        UserAccount, UserAccount.id == ImportRun.user_id
    )
