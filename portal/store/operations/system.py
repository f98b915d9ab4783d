"""Reads of what the portal keeps about itself: policy in force, data versions, imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, cast, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from portal.errors import N_, Unavailable
from portal.models import CityPolicy, DataVersion
from portal.terms import Subject

_ZONE = CityPolicy.document["city"]["timezone"].astext
# What scores are made of.
SCORED = (Subject.COMMUNITIES, Subject.COMPLAINTS, Subject.EVIDENCE, Subject.POLICY)


def current_policy(session: Session) -> bytes:
    """Return the JSON document of the policy in force today.

    Raises
    ------
    Unavailable
        The database holds no policy yet.
    """
    document = session.scalar(_in_force_now(cast(CityPolicy.document, Text)))
    if document is None:
        raise _no_policy()
    return str(document).encode()


def today(session: Session) -> date:
    """Return today's date in the city, by which policies come into force; in UTC where there is no policy."""
    return session.scalars(select(cast(_local(func.now()), Date))).one()


def policies(session: Session) -> Sequence[CityPolicy]:
    """Return the versions of the policy by the day from which they hold; of one day only the highest."""
    return session.scalars(
        select(CityPolicy)
        .distinct(CityPolicy.effective_from)
        .order_by(CityPolicy.effective_from, CityPolicy.version.desc())
    ).all()


def in_force(versions: Sequence[CityPolicy], day: date) -> CityPolicy:
    """Return which of `policies` holds on a day: before the first day of all, the first.

    Raises
    ------
    Unavailable
        There is none.
    """
    if not versions:
        raise _no_policy()
    return versions[max(sum(version.effective_from <= day for version in versions) - 1, 0)]


def data_versions(session: Session) -> dict[str, int]:
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
    local = func.to_char(_local(newest), "YYYY-MM-DD HH24:MI")
    return session.scalar(select(local).where(DataVersion.subject.in_(list(subjects)))) or ""


def scores_outdated(session: Session) -> str:
    """Return the day on which scores were computed, if what they are made of has changed since; else "".

    The day is written ``2025-03-01``, in the city. Scores never computed are not outdated.
    """
    computed = select(DataVersion.changed_at).where(DataVersion.subject == Subject.SCORES).scalar_subquery()
    day = func.to_char(_local(computed), "YYYY-MM-DD")
    newer = select(day).where(DataVersion.subject.in_(SCORED), DataVersion.changed_at > computed)
    return session.scalar(newer.limit(1)) or ""


def schema_version(session: Session) -> str:
    """Return the version of the database's schema."""
    return str(session.scalar(text("SELECT version_num FROM alembic_version")))


def _in_force_now(column: Any) -> Select[Any]:
    """Return ``column`` of the policy in force; each begins with its day in the time zone that it gives."""
    now_there = cast(func.timezone(_ZONE, func.now()), Date)
    return (
        select(column)
        .where(CityPolicy.effective_from <= now_there)
        .order_by(CityPolicy.effective_from.desc(), CityPolicy.version.desc())
        .limit(1)
    )


def _local(moment: Any) -> ColumnElement[Any]:
    """Return a moment as the city's clocks show it."""
    return func.timezone(func.coalesce(_in_force_now(_ZONE).scalar_subquery(), "UTC"), moment)


def _no_policy() -> Unavailable:
    return Unavailable(N_("数据库中没有城市政策"), remedy=N_("请运行 ./run，或 ./run portal db upgrade"))
