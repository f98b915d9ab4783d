"""Jobs as people see them: the own ones, and who sees more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, text
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions import accounts
from portal.errors import NotFound
from portal.models import Job
from portal.store.operations import jobs
from portal.terms import Role


def make_viewer(session: Session, role: Role) -> Viewer:
    name = f"{role}-{uuid4().hex[:6]}"
    return Viewer(accounts.create(session, name, name, role, "correct horse battery").id, name, role)


def add(session: Session, user_id: int | None, kind: str, age_h: int = 0) -> Job:
    job = Job(kind=kind, user_id=user_id, created_at=func.now() - timedelta(hours=age_h))
    session.add(job)
    session.flush()
    return job


@pytest.mark.parametrize(
    ("role", "kinds"),
    [
        (Role.CLERK, ["own", "portal"]),
        (Role.INSPECTOR, ["own"]),
        (Role.LEADER, ["own"]),
        (Role.ADMINISTRATOR, ["own", "other", "portal"]),
    ],
)
def test_each_sees_the_own_jobs(session: Session, role: Role, kinds: list[str]) -> None:
    viewer, other = make_viewer(session, role), make_viewer(session, Role.CLERK)
    made = [
        add(session, user_id, kind, age)
        for age, (user_id, kind) in enumerate(
            ((viewer.user_id, "own"), (other.user_id, "other"), (None, "portal"))
        )
    ]
    page = jobs.listed(session, viewer, 1, 10)
    assert [row[0].kind for row in page.rows] == kinds  # newest first
    assert page.total == len(kinds)
    assert page.rows[0][1] == viewer.username
    assert [row[0].kind for row in jobs.listed(session, viewer, 2, 1).rows] == kinds[1:2]
    for job in made:
        if job.kind in kinds:
            assert jobs.one(session, viewer, job.id)[0] is job
        else:
            with pytest.raises(NotFound):
                jobs.one(session, viewer, job.id)


@pytest.mark.parametrize(("age_s", "lives"), [(0, True), (50, True), (70, False)])
def test_a_worker_lives_that_was_heard_of_lately(session: Session, age_s: int, lives: bool) -> None:
    assert not jobs.worker_lives(session)
    added = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :age))"
    session.execute(text(added), {"age": age_s})
    assert jobs.worker_lives(session) is lives
