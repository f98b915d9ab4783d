"""The frame of every write: one transaction, raised data versions, one audit row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal import logs
from portal.models import Audit, DataVersion
from portal.terms import Subject


@contextmanager
def committed(session: Session) -> Iterator[None]:
    """Commit what the block did; undo all of it when it raises."""
    try:
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise


def touch(session: Session, subjects: Iterable[Subject], at: datetime | None = None) -> None:
    """Raise the data version of ``subjects``, so that no cache outlives the write.

    Parameters
    ----------
    at
        When what was written was true, None for now: not the transaction's beginning,
        which may lie before that of one for which it has waited.
    """
    moment = func.clock_timestamp() if at is None else literal(at)
    for subject in subjects:
        statement = insert(DataVersion).values(subject=subject, version=1, changed_at=moment)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["subject"],
                set_={"version": DataVersion.version + 1, "changed_at": moment},
            )
        )


def audit(
    session: Session,
    user_id: int | None,
    action: str,
    subject: Subject,
    subject_id: object = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Add the audit row of this write; ``detail`` must hold no personal data."""
    session.add(
        Audit(
            user_id=user_id,
            action=action,
            subject=subject,
            subject_id=str(subject_id),
            detail=dict(detail or {}),
            request_id=logs.request_id.get(),
        )
    )
