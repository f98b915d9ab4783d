"""Jobs begun, cancelled and resumed by people: who may, and how many."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions import accounts
from portal.actions.operations import jobs
from portal.actions.operations.jobs import Terms
from portal.errors import Conflict, NotAllowed, NotFound, Throttled
from portal.models import Audit, Job
from portal.terms import JobState, Role

TERMS = Terms(code="digging", name="挖掘", queue="holes", limit=2)


@pytest.fixture
def clerk(session: Session) -> Viewer:
    return make_viewer(session, Role.CLERK)


def make_viewer(session: Session, role: Role) -> Viewer:
    name = f"{role}-{uuid4().hex[:6]}"
    return Viewer(accounts.create(session, name, name, role, "correct horse battery").id, name, role)


def job(session: Session, job_id: UUID) -> Job:
    found = session.get(Job, job_id, populate_existing=True)
    assert found is not None
    return found


def rings(session: Session) -> list[tuple[str, str]]:
    asked = "SELECT queue_name, args->>'job_id' FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    return [(row[0], row[1]) for row in session.execute(text(asked))]


def test_a_job_waits_and_the_queue_hears_of_it(session: Session, clerk: Viewer) -> None:
    job_id = jobs.begin(session, TERMS, clerk.user_id, {"hole": 7})
    made = job(session, job_id)
    assert (made.state, made.kind, made.arguments) == (JobState.WAITING, "digging", {"hole": 7})
    assert rings(session) == [("holes", str(job_id))]
    row = session.scalars(select(Audit).where(Audit.subject == "jobs")).one()
    assert (row.action, row.user_id, row.subject_id) == ("begin_job", clerk.user_id, str(job_id))
    assert row.detail == {"kind": "digging"}


def test_a_user_has_so_many_of_a_kind_and_no_more(session: Session, clerk: Viewer) -> None:
    first = jobs.begin(session, TERMS, clerk.user_id)
    jobs.begin(session, TERMS, clerk.user_id)
    with pytest.raises(Throttled) as refused:
        jobs.begin(session, TERMS, clerk.user_id)
    assert refused.value.params == {"n": 2, "kind": "挖掘", "limit": 2}
    assert refused.value.remedy
    # Of another kind, by another user, by the portal itself, and after one has ended.
    jobs.begin(session, replace(TERMS, code="filling"), clerk.user_id)
    jobs.begin(session, TERMS, make_viewer(session, Role.CLERK).user_id)
    jobs.begin(session, TERMS)
    jobs.cancel(session, clerk, first)
    jobs.begin(session, TERMS, clerk.user_id)


def test_who_asks_for_what_waits_already_joins(session: Session, clerk: Viewer) -> None:
    joining = replace(TERMS, joins=True)
    first = jobs.begin(session, joining)
    assert jobs.begin(session, joining, clerk.user_id) == first
    assert len(rings(session)) == 1
    job(session, first).state = JobState.RUNNING
    session.flush()
    # What runs may have read before the newest change.
    assert jobs.begin(session, joining, clerk.user_id) != first


def test_cancelling_ends_what_waits_and_tells_what_runs(session: Session, clerk: Viewer) -> None:
    waiting, running = (jobs.begin(session, TERMS, clerk.user_id) for _ in range(2))
    job(session, running).state = JobState.RUNNING
    session.flush()
    assert jobs.cancel(session, clerk, waiting) is JobState.CANCELLED
    assert jobs.cancel(session, clerk, running) is JobState.CANCELLING
    assert job(session, waiting).finished_at is not None
    assert job(session, running).finished_at is None
    jobs.cancel(session, clerk, running)  # twice is once
    with pytest.raises(Conflict):
        jobs.cancel(session, clerk, waiting)


def test_only_ones_own_jobs_are_cancelled(session: Session, clerk: Viewer) -> None:
    others = jobs.begin(session, TERMS, make_viewer(session, Role.INSPECTOR).user_id)
    portals = jobs.begin(session, TERMS)
    with pytest.raises(NotFound):
        jobs.cancel(session, clerk, others)
    with pytest.raises(NotAllowed):
        jobs.cancel(session, clerk, portals)
    with pytest.raises(NotFound):
        jobs.cancel(session, make_viewer(session, Role.LEADER), portals)
    administrator = make_viewer(session, Role.ADMINISTRATOR)
    for job_id in (others, portals):
        assert jobs.cancel(session, administrator, job_id) is JobState.CANCELLED
    with pytest.raises(NotFound):
        jobs.cancel(session, administrator, uuid4())


@pytest.mark.parametrize("state", [JobState.CANCELLED, JobState.FAILED, JobState.INTERRUPTED])
def test_what_was_broken_off_runs_again_from_the_beginning(
    session: Session, clerk: Viewer, state: JobState
) -> None:
    job_id = jobs.begin(session, TERMS, clerk.user_id)
    broken = job(session, job_id)
    broken.state, broken.attempt, broken.done, broken.total = state, 3, 4, 5
    broken.error = broken.remedy = broken.step = "x"  # type: ignore[assignment]
    session.flush()
    jobs.resume(session, clerk, TERMS, job_id)
    again = job(session, job_id)
    assert (again.state, again.attempt) == (JobState.WAITING, 0)
    assert [again.error, again.remedy, again.step, again.done, again.total] == [None] * 5
    assert rings(session) == [("holes", str(job_id))] * 2


def test_what_did_not_end_or_cannot_run_again_is_not_resumed(session: Session, clerk: Viewer) -> None:
    job_id = jobs.begin(session, TERMS, clerk.user_id)
    with pytest.raises(Conflict):
        jobs.resume(session, clerk, TERMS, job_id)
    jobs.cancel(session, clerk, job_id)
    with pytest.raises(Conflict):
        jobs.resume(session, clerk, replace(TERMS, resumable=False), job_id)
    for _ in range(2):
        jobs.begin(session, TERMS, clerk.user_id)
    with pytest.raises(Throttled):
        jobs.resume(session, clerk, TERMS, job_id)
