"""Jobs as the worker runs them: each by one worker at a time, its end written with its work.

A run is one transaction, and holds an advisory lock as long as that lives. Whoever dies or loses
the database loses both: nothing is half written, and that the lock is free while the job still
counts as running tells the next worker what happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Engine, case, func, literal, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.actions.operations.jobs import TASK, Terms, ring
from portal.actions.transactions.commit import committed
from portal.db import SessionFactory
from portal.errors import N_, SpokenError
from portal.models import Job
from portal.terms import JobState

ATTEMPTS = 3  # a job that ends the worker each time must not do so forever
STATEMENT_LIMIT = "15min"  # pages may not hold a connection for minutes; a job may
_BUSY = (JobState.RUNNING, JobState.CANCELLING)

log = logging.getLogger("portal.jobs")


class Cancelled(Exception):
    """Somebody cancelled the job."""


class Stopped(Exception):
    """The worker has to end, or the job is no longer its own."""


@dataclass(frozen=True)
class Claim:
    """A job that is this worker's, for one attempt."""

    id: UUID
    kind: str
    user_id: int | None
    arguments: Mapping[str, Any]
    attempt: int


@dataclass(frozen=True)
class Progress:
    """How far a job is: the step, a phrase; and how many of how many are done."""

    step: Phrase | None = None
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of a job.

    Parameters
    ----------
    said
        In a sentence.
    endpoint, values
        The page with more of it, as `flask.url_for` takes them; "" for none.
    detail
        Further figures, as JSON without personal data.
    """

    said: Phrase
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)


Run = Callable[[Session, Claim], Outcome]


def perform(engine: Engine, job_id: UUID, run: Run, *, resumable: Callable[[Claim], bool]) -> JobState | None:
    """Run a job that waits, in one transaction, and write how it ended.

    Parameters
    ----------
    run
        Does the work. What its session commits is committed at the very end, with the job's own
        state: all of it or nothing.
    resumable
        Whether the job waits again when the worker had to stop.

    Returns
    -------
    JobState or None
        How it ended; None where it does not wait (any more), or another worker has it.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        The database went away: the job is found again, see `revive`.
    """
    with engine.begin() as connection:
        if not _alone(connection, job_id):
            return None
        claim = _claim(engine, job_id)
        if claim is None:
            return None
        connection.execute(select(func.set_config("statement_timeout", STATEMENT_LIMIT, True)))
        return _end(connection, claim, _written(connection, claim, run), resumable(claim))


def beat(sessions: SessionFactory, claim: Claim, progress: Progress) -> JobState | None:
    """Say how far a run is, in a transaction of its own; return the job's state, None when another has it."""
    moment = func.clock_timestamp()
    new_step = Job.step.is_distinct_from(literal(progress.step, Job.step.type))
    values = {
        "step": progress.step,
        "done": progress.done,
        "total": progress.total,
        "step_at": case((new_step, moment), else_=Job.step_at),
        "beaten_at": moment,
    }
    with sessions() as session, committed(session):
        state = session.scalar(_own(claim).values(values).returning(Job.state))
    return None if state is None else JobState(state)


def revive(sessions: SessionFactory, kinds: Mapping[str, Terms]) -> dict[UUID, JobState]:
    """Find the jobs whose worker or database connection died, and those that wait unheard; return the first.

    What can run again waits again; of the others it is said that they were broken off.
    """
    found = {}
    with sessions() as session:
        for job_id in session.scalars(select(Job.id).where(Job.state.in_(_BUSY))).all():
            with committed(session):
                if not _alone(session.connection(), job_id):
                    continue
                broken = select(Job).where(Job.id == job_id, Job.state.in_(_BUSY)).with_for_update()
                job = session.scalars(broken, execution_options={"populate_existing": True}).one_or_none()
                if job is not None:
                    _revive(job, kinds.get(job.kind))
                    found[job_id] = JobState(job.state)
        with committed(session):
            for job_id, kind in session.execute(_unheard()).tuples():
                if kind in kinds:
                    ring(session, kinds[kind], job_id)
    return found


def _revive(job: Job, terms: Terms | None) -> None:
    if job.state == JobState.CANCELLING:
        job.state, job.finished_at = JobState.CANCELLED, func.clock_timestamp()
    elif terms is not None and terms.resumable and job.attempt < ATTEMPTS:
        job.state = JobState.WAITING
    else:
        broken_off = _broken_off(resumable=terms is not None and terms.resumable)
        job.state, job.error, job.remedy = JobState.INTERRUPTED, broken_off["error"], broken_off["remedy"]
        job.finished_at = func.clock_timestamp()


def _broken_off(*, resumable: bool) -> dict[str, Phrase]:
    remedy = N_("可以重新运行；若又中断，请管理员查看 worker.log") if resumable else N_("请重新发起")
    return {
        "error": Phrase(N_("运行到一半时后台处理程序或数据库中断；没有写入任何内容")),
        "remedy": Phrase(remedy),
    }


def _unheard() -> Any:
    """Return the SELECT of jobs that wait, of which the queue knows nothing (any more)."""
    unheard = text(
        "NOT EXISTS (SELECT FROM procrastinate_jobs q WHERE q.task_name = :task AND q.status = 'todo' "
        "AND q.args->>'job_id' = job.id::text)"
    ).bindparams(task=TASK)
    return select(Job.id, Job.kind).where(Job.state == JobState.WAITING, unheard)


def _alone(connection: Connection, job_id: UUID) -> bool:
    key = func.hashtextextended(str(job_id), 7_402_042)
    return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(key))))


def _claim(engine: Engine, job_id: UUID) -> Claim | None:
    """Note at once, for everybody to see, that a job is running."""
    moment = func.clock_timestamp()
    claimed = (
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.WAITING)
        .values(
            state=JobState.RUNNING,
            attempt=Job.attempt + 1,
            started_at=moment,
            beaten_at=moment,
            step=None,
            step_at=moment,
            done=None,
            total=None,
        )
        .returning(Job.id, Job.kind, Job.user_id, Job.arguments, Job.attempt)
    )
    with engine.begin() as connection:
        row = connection.execute(claimed).one_or_none()
    return None if row is None else Claim(*row)


def _written(connection: Connection, claim: Claim, run: Run) -> dict[str, Any]:
    """Run, and return what becomes of the job; its work is undone unless it is done."""
    within = connection.begin_nested()
    try:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            outcome = run(session, claim)
        # Whoever cancelled in time has cancelled: from here on the row is locked.
        still = _own(claim).where(Job.state == JobState.RUNNING).values(state=JobState.DONE)
        if connection.execute(still.returning(Job.id)).one_or_none() is None:
            raise Cancelled
    except BaseException as error:
        if connection.invalidated or connection.closed or not within.is_active:
            raise
        within.rollback()
        return _told(error, claim)
    within.commit()
    return {
        "state": JobState.DONE,
        "said": outcome.said,
        "outcome": {"endpoint": outcome.endpoint, "values": dict(outcome.values), **outcome.detail},
    }


def _told(error: BaseException, claim: Claim) -> dict[str, Any]:
    if isinstance(error, Cancelled):
        return {"state": JobState.CANCELLED}
    if isinstance(error, Stopped):
        return {"state": JobState.WAITING, "attempt": claim.attempt - 1}
    if isinstance(error, SpokenError):
        said = {"error": error.msgid, "remedy": error.remedy_msgid}
        told = {name: Phrase(msgid, **error.params) for name, msgid in said.items() if msgid}
        return {"state": JobState.FAILED, **told}
    if not isinstance(error, Exception):
        raise error
    log.error("a job failed", exc_info=error, extra={"job": str(claim.id)})
    away = isinstance(error, DBAPIError)
    return {
        "state": JobState.FAILED,
        "error": Phrase(N_("数据库没有完成这项操作") if away else N_("系统记录了这个错误")),
        "remedy": Phrase(N_("请稍后重新运行；若又失败，请把任务编号 {id} 告诉管理员"), id=str(claim.id)),
    }


def _end(connection: Connection, claim: Claim, told: dict[str, Any], resumable: bool) -> JobState:
    if told["state"] == JobState.WAITING and not resumable:
        told = {"state": JobState.INTERRUPTED, **_broken_off(resumable=False)}
    moment = None if told["state"] == JobState.WAITING else func.clock_timestamp()
    ended = update(Job).where(Job.id == claim.id, Job.attempt == claim.attempt)
    connection.execute(ended.values(finished_at=moment, **told))
    return JobState(told["state"])


def _own(claim: Claim) -> Any:
    return update(Job).where(Job.id == claim.id, Job.attempt == claim.attempt, Job.state.in_(_BUSY))
