"""Scoring as a job."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from portal.actions.operations import jobs
from portal.actions.transactions.commit import touch
from portal.jobs import scores
from portal.jobs.frame import Frame
from portal.jobs.kinds import KINDS
from portal.jobs.scores import SCORING
from portal.models import DataVersion, Job
from portal.services import Services
from portal.store import data_versions
from portal.terms import JobState, Subject


def test_scores_are_computed_by_the_worker(wired: Services) -> None:
    with wired.sessions() as session:
        job_id = jobs.begin(session, SCORING)
    Frame(wired, KINDS).run(job_id)
    with wired.sessions() as session:
        job = session.get(Job, job_id)
        assert job is not None
        assert job.state == JobState.DONE
        assert job.said == "新增 0，变更 0，删除 0，未变 0"
        assert job.outcome is not None
        assert job.outcome["unchanged"] == 0
        assert Subject.SCORES in data_versions.current(session)


def test_several_changes_make_one_scoring(wired: Services) -> None:
    def waiting() -> int:
        scores.keep_fresh(wired)
        with wired.sessions() as session:
            return session.scalar(select(func.count()).select_from(Job)) or 0

    with wired.sessions() as session:
        touch(session, [Subject.SCORES])
        touch(session, [Subject.COMMUNITIES])
        touch(session, [Subject.COMPLAINTS])
        session.commit()
    assert waiting() == 0  # more may be to come
    with wired.sessions() as session:
        past = timedelta(seconds=scores.QUIET_S + 1)
        session.execute(update(DataVersion).values(changed_at=DataVersion.changed_at - past))
        session.commit()
    assert waiting() == 1
    assert waiting() == 1
    with wired.sessions() as session:
        job_id = session.scalars(select(Job.id)).one()
    Frame(wired, KINDS).run(job_id)
    assert waiting() == 1
    with wired.sessions() as session:
        assert data_versions.scores_outdated(session) == ""
