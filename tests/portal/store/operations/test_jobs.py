"""Jobs as people see them: the own ones, and who sees more."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, text, update
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions import accounts
from portal.actions.transactions.commit import touch
from portal.errors import NotFound
from portal.models import DataVersion, Job
from portal.store.operations import jobs
from portal.terms import Role, Subject

SCORING = "scoring"


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


def age(session: Session, seconds: float, *subjects: Subject) -> None:
    """Let subjects have been written so long ago."""
    touch(session, subjects)
    moment = func.clock_timestamp() - timedelta(seconds=seconds)
    session.execute(update(DataVersion).where(DataVersion.subject.in_(subjects)).values(changed_at=moment))


@pytest.mark.parametrize(
    ("scored_s", "changed", "changed_s", "wanted"),
    [
        (900, Subject.COMPLAINTS, 60, True),
        (900, Subject.POLICY, 60, True),
        (900, Subject.COMPLAINTS, 10, False),  # more may be to come
        (900, Subject.STREETS, 60, False),
        (60, Subject.COMPLAINTS, 900, False),
    ],
)
def test_scores_are_wanted_some_time_after_what_they_are_made_of_changed(
    session: Session, scored_s: float, changed: Subject, changed_s: float, wanted: bool
) -> None:
    age(session, scored_s, Subject.SCORES)
    age(session, changed_s, changed)
    assert jobs.scores_wanted(session, SCORING, 20) is wanted


def test_scores_that_were_never_computed_are_wanted_where_there_is_evidence(session: Session) -> None:
    assert not jobs.scores_wanted(session, SCORING, 20)
    age(session, 60, Subject.POLICY, Subject.STREETS, Subject.COMMUNITIES)
    assert not jobs.scores_wanted(session, SCORING, 20)
    age(session, 60, Subject.COMPLAINTS)
    assert jobs.scores_wanted(session, SCORING, 20)


@pytest.mark.parametrize(
    ("state", "created_s", "wanted"),
    [
        ("waiting", 300, False),  # it will read whatever comes before it runs
        ("running", 300, True),  # it may have read before the change
        ("running", 30, False),
        ("failed", 30, False),  # it would fail again
        ("cancelled", 30, False),
        ("done", 300, True),
    ],
)
def test_scores_are_not_wanted_twice(session: Session, state: str, created_s: int, wanted: bool) -> None:
    age(session, 900, Subject.SCORES)
    age(session, 60, Subject.COMMUNITIES)
    session.add(Job(kind=SCORING, state=state, created_at=func.now() - timedelta(seconds=created_s)))
    session.add(Job(kind="another", state="waiting"))
    session.flush()
    assert jobs.scores_wanted(session, SCORING, 20) is wanted
