"""Runs of jobs, on a database of their own: one at a time, all or nothing, found again when they die."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import psycopg
import pytest
from sqlalchemy import Engine, func, insert, select, text, update
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.actions.operations import job_runs, jobs
from portal.actions.operations.job_runs import Cancelled, Claim, Outcome, Progress, Stopped
from portal.actions.operations.jobs import Terms
from portal.db import SessionFactory, make_engine, make_session_factory
from portal.errors import Conflict
from portal.models import Job, LoginAttempt
from portal.terms import JobState
from tests.conftest import Database, MakeDatabase

TERMS = Terms(code="digging", name="挖掘", queue="holes")
ONCE = Terms(code="once", name="一次", queue="holes", resumable=False)
KINDS = {terms.code: terms for terms in (TERMS, ONCE)}


@pytest.fixture(scope="module")
def own_database(make_database: MakeDatabase) -> Database:
    return make_database()


@pytest.fixture
def own_engine(own_database: Database) -> Iterator[Engine]:
    made = make_engine(own_database.portal_url, pooled=False)
    yield made
    made.dispose()
    with psycopg.connect(own_database.owner_url) as owner:
        owner.execute("TRUNCATE job, procrastinate_jobs, login_attempt CASCADE")


@pytest.fixture
def factory(own_engine: Engine) -> SessionFactory:
    return make_session_factory(own_engine)


def begin(factory: SessionFactory, terms: Terms = TERMS, **values: Any) -> UUID:
    with factory() as session:
        job_id = jobs.begin(session, terms, None, {"n": 1})
        if values:
            session.execute(update(Job).where(Job.id == job_id).values(**values))
            session.commit()
    return job_id


def job_of(factory: SessionFactory, job_id: UUID) -> Job:
    with factory() as session:
        found = session.get(Job, job_id)
        assert found is not None
        return found


def write(session: Session, claim: Claim) -> Outcome:
    session.execute(insert(LoginAttempt).values(username_hash=b"1", address_hash=b"x"))
    session.commit()
    return Outcome(Phrase("写了 {n} 行", n=1), "imports.run", {"number": "7"}, {"rows": 1})


def perform(engine: Engine, job_id: UUID, run: job_runs.Run = write) -> JobState | None:
    return job_runs.perform(engine, job_id, run, resumable=lambda claim: KINDS[claim.kind].resumable)


def rows(factory: SessionFactory) -> int:
    with factory() as session:
        return session.scalar(select(func.count()).select_from(LoginAttempt)) or 0


def test_a_run_writes_its_work_and_its_end(own_engine: Engine, factory: SessionFactory) -> None:
    job_id = begin(factory)
    assert perform(own_engine, job_id) is JobState.DONE
    job = job_of(factory, job_id)
    assert (job.state, job.attempt, job.said) == ("done", 1, "写了 1 行")
    assert job.outcome == {"endpoint": "imports.run", "values": {"number": "7"}, "rows": 1}
    assert job.started_at is not None and job.finished_at is not None
    assert job.started_at <= job.finished_at
    assert rows(factory) == 1
    assert perform(own_engine, job_id) is None  # it waits no more
    assert rows(factory) == 1


def test_nothing_is_seen_of_the_work_before_its_end(own_engine: Engine, factory: SessionFactory) -> None:
    def look(session: Session, claim: Claim) -> Outcome:
        write(session, claim)
        assert rows(factory) == 0
        assert job_of(factory, claim.id).state == "running"
        assert perform(own_engine, claim.id) is None  # no second run at the same time
        assert job_runs.revive(factory, KINDS) == {}  # nor is it taken for dead
        return write(session, claim)

    assert perform(own_engine, begin(factory), look) is JobState.DONE
    assert rows(factory) == 2


@pytest.mark.parametrize(
    ("error", "state", "told"),
    [
        (
            Conflict("第 {row} 行有误", remedy="请改第 {row} 行", row=3),
            "failed",
            ("第 3 行有误", "请改第 3 行"),
        ),
        (ValueError("张三"), "failed", ("系统记录了这个错误", None)),
        (Cancelled(), "cancelled", (None, None)),
    ],
)
def test_whatever_is_raised_undoes_the_work(
    own_engine: Engine,
    factory: SessionFactory,
    error: Exception,
    state: str,
    told: tuple[str | None, str | None],
) -> None:
    def fail(session: Session, claim: Claim) -> Outcome:
        write(session, claim)
        raise error

    job_id = begin(factory)
    assert perform(own_engine, job_id, fail) == state
    job = job_of(factory, job_id)
    assert (job.state, job.error) == (state, told[0])
    assert job.finished_at is not None
    if told[1]:
        assert job.remedy == told[1]
    assert "张三" not in f"{job.error}{job.remedy}"
    assert rows(factory) == 0


def test_an_error_of_the_database_fails_the_job_and_leaves_a_remedy(
    own_engine: Engine, factory: SessionFactory
) -> None:
    def divide(session: Session, claim: Claim) -> Outcome:
        write(session, claim)
        session.execute(text("SELECT 1 / 0"))
        raise AssertionError

    job_id = begin(factory)
    assert perform(own_engine, job_id, divide) is JobState.FAILED
    job = job_of(factory, job_id)
    assert job.error == "数据库没有完成这项操作"
    assert job.remedy is not None and str(job_id) in job.remedy
    assert rows(factory) == 0


def test_a_statement_may_take_longer_than_a_pages(own_engine: Engine, factory: SessionFactory) -> None:
    def look(session: Session, claim: Claim) -> Outcome:
        return Outcome(Phrase(str(session.scalar(text("SHOW statement_timeout")))))

    job_id = begin(factory)
    perform(own_engine, job_id, look)
    assert job_of(factory, job_id).said == "15min"


def test_who_cancels_before_the_end_has_cancelled(own_engine: Engine, factory: SessionFactory) -> None:
    def cancelled_meanwhile(session: Session, claim: Claim) -> Outcome:
        with factory() as other:
            other.execute(update(Job).values(state=JobState.CANCELLING))
            other.commit()
        assert job_runs.beat(factory, claim, Progress()) is JobState.CANCELLING
        return write(session, claim)

    job_id = begin(factory)
    assert perform(own_engine, job_id, cancelled_meanwhile) is JobState.CANCELLED
    assert job_of(factory, job_id).state == "cancelled"
    assert rows(factory) == 0


@pytest.mark.parametrize(("terms", "state", "attempt"), [(TERMS, "waiting", 0), (ONCE, "interrupted", 0)])
def test_a_run_that_has_to_stop_waits_again_where_it_can(
    own_engine: Engine, factory: SessionFactory, terms: Terms, state: str, attempt: int
) -> None:
    def stop(session: Session, claim: Claim) -> Outcome:
        write(session, claim)
        raise Stopped

    job_id = begin(factory, terms)
    assert perform(own_engine, job_id, stop) == state
    job = job_of(factory, job_id)
    assert job.state == state
    assert (job.finished_at is None) is (state == "waiting")
    assert rows(factory) == 0
    if state == "waiting":
        assert job.attempt == attempt


def test_a_run_that_loses_its_connection_is_found_again(own_engine: Engine, factory: SessionFactory) -> None:
    def lose(session: Session, claim: Claim) -> Outcome:
        write(session, claim)
        mine = session.scalar(text("SELECT pg_backend_pid()"))
        with factory() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": mine})
        return write(session, claim)

    job_id = begin(factory)
    with pytest.raises(Exception, match="terminat|connection"):
        perform(own_engine, job_id, lose)
    assert job_of(factory, job_id).state == "running"
    assert job_runs.revive(factory, KINDS) == {job_id: JobState.WAITING}
    assert rows(factory) == 0
    assert perform(own_engine, job_id) is JobState.DONE
    assert job_of(factory, job_id).attempt == 2


@pytest.mark.parametrize(
    ("terms", "state", "attempt", "found"),
    [
        (TERMS, "running", 1, "waiting"),
        (TERMS, "running", job_runs.ATTEMPTS, "interrupted"),
        (TERMS, "cancelling", 1, "cancelled"),
        (ONCE, "running", 1, "interrupted"),
    ],
)
def test_what_died_waits_again_or_says_what_to_do(
    factory: SessionFactory, terms: Terms, state: str, attempt: int, found: str
) -> None:
    job_id = begin(factory, terms, state=state, attempt=attempt)
    assert job_runs.revive(factory, KINDS) == {job_id: found}
    job = job_of(factory, job_id)
    assert job.state == found
    assert bool(job.error and job.remedy) is (found == "interrupted")
    assert (job.finished_at is None) is (found == "waiting")
    assert job_runs.revive(factory, KINDS) == {}


def test_the_worker_is_woken_again_for_what_nobody_heard_of(factory: SessionFactory) -> None:
    def heard() -> list[str]:
        with factory() as session:
            return list(session.scalars(text("SELECT args->>'job_id' FROM procrastinate_jobs ORDER BY id")))

    first = begin(factory)
    job_runs.revive(factory, KINDS)
    assert heard() == [str(first)]
    with factory() as session:
        session.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
        session.commit()
    job_runs.revive(factory, KINDS)
    assert heard() == [str(first)] * 2


def test_progress_is_seen_while_the_work_runs(own_engine: Engine, factory: SessionFactory) -> None:
    seen: list[tuple[Any, ...]] = []

    def tell(session: Session, claim: Claim) -> Outcome:
        for progress in (
            Progress(Phrase("读 {n}", n=1), 3, 9),
            Progress(Phrase("读 {n}", n=1), 5, 9),
            Progress(),
        ):
            assert job_runs.beat(factory, claim, progress) is JobState.RUNNING
            job = job_of(factory, claim.id)
            seen.append((job.step, job.done, job.total, job.step_at))
        assert job_runs.beat(factory, Claim(claim.id, "x", None, {}, 7), Progress()) is None
        return write(session, claim)

    perform(own_engine, begin(factory), tell)
    assert [row[:3] for row in seen] == [("读 1", 3, 9), ("读 1", 5, 9), (None, None, None)]
    # The time of a step is that of its beginning.
    assert seen[0][3] == seen[1][3] < seen[2][3]
