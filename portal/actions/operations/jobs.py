"""Jobs as people begin, cancel and resume them; the worker's part is `job_runs`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.access import Permission, Viewer
from portal.actions.transactions.commit import audit, committed
from portal.errors import N_, P_, Conflict, NotAllowed, NotFound, Throttled
from portal.models import Job
from portal.store.operations import jobs as stored
from portal.terms import JobState, Subject

TASK = "job"  # what the queue calls each of them
UNFINISHED = (JobState.WAITING, JobState.RUNNING, JobState.CANCELLING)
RESUMABLE = (JobState.CANCELLED, JobState.FAILED, JobState.INTERRUPTED)


@dataclass(frozen=True, kw_only=True)
class Terms:
    """On what terms jobs of a kind are taken.

    Parameters
    ----------
    code
        What the database calls the kind.
    name
        What people call it: a marked text.
    queue
        Jobs of a queue run one after another, those of different queues side by side.
    limit
        How many a user may have waiting or running.
    resumable
        Whether a job that was broken off may run again: its arguments still lead to all that it needs.
    joins
        Whether one that waits already does for whoever asks next.
    """

    code: str
    name: str
    queue: str
    limit: int = 3
    resumable: bool = True
    joins: bool = False


def begin(
    session: Session,
    terms: Terms,
    user_id: int | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> UUID:
    """Let the worker begin a job as soon as it can; return its key.

    Parameters
    ----------
    user_id
        Who asks, None for the portal itself.
    arguments
        What the body needs, as JSON: keys of records and files, never personal data.

    Raises
    ------
    Throttled
        The user has too many of this kind already.
    """
    with committed(session):
        return put_in(session, terms, user_id, arguments)


def put_in(
    session: Session,
    terms: Terms,
    user_id: int | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> UUID:
    """Begin a job as `begin` does, inside the caller's transaction: it is heard of with the commit."""
    _queue_up(session, terms, user_id)
    if terms.joins:
        waits = select(Job.id).where(Job.kind == terms.code, Job.state == JobState.WAITING).limit(1)
        if (waiting := session.scalar(waits)) is not None:
            return waiting
    _check_limit(session, terms, user_id)
    job = Job(kind=terms.code, user_id=user_id, arguments=dict(arguments or {}))
    session.add(job)
    session.flush()
    ring(session, terms, job.id)
    audit(session, user_id, "begin_job", Subject.JOBS, job.id, {"kind": terms.code})
    return job.id


def cancel(session: Session, viewer: Viewer, job_id: UUID) -> JobState:
    """Cancel a job: one that waits ends now, one that runs as soon as it notices; return its new state.

    Raises
    ------
    NotFound, NotAllowed
        The viewer may not see the job, or it is not the viewer's.
    Conflict
        It has ended already.
    """
    with committed(session):
        job = _lock(session, viewer, job_id)
        if job.state not in UNFINISHED:
            raise Conflict(N_("任务已经结束"), remedy=N_("请刷新任务页面查看结果"))
        if job.state == JobState.WAITING:
            job.state, job.finished_at = JobState.CANCELLED, func.clock_timestamp()
        else:
            job.state = JobState.CANCELLING
        audit(session, viewer.user_id, "cancel_job", Subject.JOBS, job_id, {"kind": job.kind})
    return JobState(job.state)


def resume(session: Session, viewer: Viewer, terms: Terms, job_id: UUID) -> None:
    """Let a job that was cancelled, failed or was broken off run again from its beginning.

    Raises
    ------
    NotFound, NotAllowed
        The viewer may not see the job, or it is not the viewer's.
    Conflict
        It is not broken off, or jobs of its kind cannot run again.
    Throttled
        Its user has too many of this kind already.
    """
    with committed(session):
        job = _lock(session, viewer, job_id)
        if job.state not in RESUMABLE or not terms.resumable:
            raise Conflict(N_("这个任务不能重新运行"), remedy=N_("请重新发起"))
        _queue_up(session, terms, job.user_id)
        _check_limit(session, terms, job.user_id)
        job.state, job.attempt = JobState.WAITING, 0
        job.error = job.remedy = job.step = job.step_at = job.done = job.total = None
        job.started_at = job.beaten_at = job.finished_at = None
        ring(session, terms, job_id)
        audit(session, viewer.user_id, "resume_job", Subject.JOBS, job_id, {"kind": job.kind})


def ring(session: Session, terms: Terms, job_id: UUID) -> None:
    """Wake the worker for a job, inside the caller's transaction: the queue hears of it with the commit.

    It says nothing but which job to look at, and one ring too many does no harm.
    """
    session.execute(
        text(
            "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(:queue, :task, 0, NULL, NULL, "
            "CAST(:args AS jsonb), NULL)::procrastinate_job_to_defer_v1])"
        ),
        {"queue": terms.queue, "task": TASK, "args": orjson.dumps({"job_id": str(job_id)}).decode()},
    )


def _queue_up(session: Session, terms: Terms, user_id: int | None) -> None:
    """Let nobody count the same jobs at the same time; held to the end of the transaction."""
    who = f"{terms.code}/{'' if terms.joins else user_id or ''}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(who, 7_402_041))))


def _check_limit(session: Session, terms: Terms, user_id: int | None) -> None:
    if user_id is None:
        return
    taken = select(func.count()).where(
        Job.kind == terms.code, Job.user_id == user_id, Job.state.in_(UNFINISHED)
    )
    n = session.scalar(taken) or 0
    if n >= terms.limit:
        raise Throttled(
            P_("您已有 {n} 个“{kind}”任务在等待或运行，最多 {limit} 个"),
            remedy=N_("请等其中一个结束，或在任务页面取消一个"),
            n=n,
            kind=Phrase(terms.name),
            limit=terms.limit,
        )


def _lock(session: Session, viewer: Viewer, job_id: UUID) -> Job:
    seen = select(Job).where(Job.id == job_id, *stored.seen_by(viewer)).with_for_update()
    job = session.scalars(seen, execution_options={"populate_existing": True}).one_or_none()
    if job is None:
        raise NotFound(N_("没有这个任务"))
    if job.user_id != viewer.user_id and not viewer.may(Permission.MANAGE_JOBS):
        raise NotAllowed(N_("这不是您的任务"), remedy=N_("请联系发起人或系统管理员"))
    return job
