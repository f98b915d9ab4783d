"""Versions of the data: what pages and caches hang on; are scores older than what they are made of?"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import DataVersion
from portal.store.policy import on_city_clock
from portal.terms import Subject

# What scores are made of.
SCORED = (Subject.COMMUNITIES, Subject.COMPLAINTS, Subject.EVIDENCE, Subject.POLICY)


def current(session: Session) -> dict[str, int]:
    """Return the version of each subject that has ever been written."""
    rows = session.execute(select(DataVersion.subject, DataVersion.version))
    return {row.subject: row.version for row in rows}


def version_tag(session: Session, subjects: Iterable[Subject]) -> str:
    """Return a short text that changes whenever one of ``subjects`` is written.

    It holds the time of writing too: a restored database counts on from an older version,
    and must not be answered for with what was kept of the one before.
    """
    rows = session.execute(select(DataVersion.subject, DataVersion.version, DataVersion.changed_at)).tuples()
    found = {subject: f"{version}@{changed_at.timestamp():.3f}" for subject, version, changed_at in rows}
    return "|".join(found.get(subject, "0") for subject in subjects)


def changed_at(session: Session, subjects: Iterable[Subject]) -> str:
    """Return when one of ``subjects`` was last written, as ``2025-03-01 14:05`` in the city; "" if never."""
    newest = func.max(DataVersion.changed_at)
    local = func.to_char(on_city_clock(newest), "YYYY-MM-DD HH24:MI")
    return session.scalar(select(local).where(DataVersion.subject.in_(list(subjects)))) or ""


def scores_outdated(session: Session) -> str:
    """Return the day on which scores were computed, if what they are made of has changed since; else "".

    The day is written ``2025-03-01``, in the city. Scores never computed are not outdated.
    """
    computed = select(DataVersion.changed_at).where(DataVersion.subject == Subject.SCORES).scalar_subquery()
    day = func.to_char(on_city_clock(computed), "YYYY-MM-DD")
    newer = select(day).where(DataVersion.subject.in_(SCORED), DataVersion.changed_at > computed)
    return session.scalar(newer.limit(1)) or ""
