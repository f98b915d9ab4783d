"""Scoring as a job."""

from __future__ import annotations

from portal.actions.operations import jobs
from portal.jobs.frame import Frame
from portal.jobs.kinds import KINDS, SCORING
from portal.models import Job
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
