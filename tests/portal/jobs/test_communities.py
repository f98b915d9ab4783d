"""Linking of many as a job."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.actions.operations import jobs
from portal.jobs.communities import LINKING
from portal.jobs.frame import Frame
from portal.jobs.kinds import KINDS
from portal.models import Audit, Community, CommunityHistory, Job
from portal.services import Services
from portal.store.communities import links
from portal.terms import JobState, Role


def test_they_are_linked_in_the_name_of_who_asked(wired: Services) -> None:
    with wired.sessions() as session:
        user = accounts.create(session, "linker", "linker", Role.CLERK, "correct horse battery")
        box = "SRID=4326;MULTIPOLYGON(((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5)))"
        session.add(Community(street_how="not_found", outline=box))
        session.add(Community(street_how="not_found", name="甲苑", pin="SRID=4326;POINT(114.005 22.505)"))
        session.commit()
        job_id = jobs.begin(session, LINKING, user.id, {"seen": links.propose(session).digest})
    Frame(wired, KINDS).run(job_id)
    with wired.sessions() as session:
        job = session.get(Job, job_id)
        assert job is not None
        assert (job.state, job.said) == (JobState.DONE, "已关联 1 个小区，随之归入 0 件投诉")
        assert links.propose(session).pairs == []
        _forget(session)


def _forget(session: Session) -> None:
    for model in (CommunityHistory, Community):
        session.execute(delete(model))
    session.commit()


def test_who_has_no_account_any_more_links_nothing(wired: Services) -> None:
    with wired.sessions() as session:
        job_id = jobs.begin(session, LINKING, None, {"seen": ""})
    Frame(wired, KINDS).run(job_id)
    with wired.sessions() as session:
        job = session.get(Job, job_id)
        assert job is not None
        assert (job.state, job.error) == (JobState.FAILED, "发起人的账号已停用")
        assert session.query(Audit).filter(Audit.action == "link_all").count() <= 1
