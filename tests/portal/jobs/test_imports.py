"""Files looked into and imported by the worker."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select

from portal.actions.imports import uploads
from portal.actions.imports.preview import load_preview
from portal.jobs.frame import Frame
from portal.jobs.kinds import IMPORT, KINDS, PREVIEW
from portal.models import Firm, ImportRun, Job, Upload, UserAccount
from portal.services import Services
from portal.terms import JobState, Role

CONTENT = "号,叫什么\n1,安居物业\n2,乐居物业\n".encode()


@pytest.fixture
def brought(wired: Services) -> tuple[uuid.UUID, int]:
    """A whole file of a clerk."""
    with wired.sessions() as session:
        account = UserAccount(
            username=uuid.uuid4().hex, password_hash="x", session_key="x", role=Role.CLERK, display_name="甲"
        )
        session.add(account)
        session.commit()
        key = uploads.begin(session, account.id, "firms.csv", len(CONTENT), 1)
        uploads.receive(session, wired.config.instance_dir, key, account.id, 0, CONTENT)
        return key, account.id


def test_a_file_is_looked_into_then_imported_and_its_reading_remembered(
    wired: Services, brought: tuple[uuid.UUID, int]
) -> None:
    key, user_id = brought
    frame = Frame(wired, KINDS)
    said = {"subject": "firms", "columns": {"号": "source_key", "叫什么": "name"}, "source": "register"}
    with wired.sessions() as session:
        job_id = uploads.look_into(session, PREVIEW, key, user_id, said)
    frame.run(job_id)
    with wired.sessions() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.outcome and job.outcome["endpoint"]) == (JobState.DONE, "imports.upload")
        assert session.scalars(select(Firm)).all() == []
        shown = load_preview(uploads.preview_of(wired.config.instance_dir, key))
        assert shown is not None and shown["outcome"]["counts"]["new"] == 2
        job_id = uploads.confirm(session, IMPORT, key, user_id)
    frame.run(job_id)
    with wired.sessions() as session:
        assert session.get_one(Job, job_id).state == JobState.DONE
        run = session.get_one(ImportRun, session.get_one(Upload, key).import_run_id)
        assert (run.file_name, run.source, run.user_id, run.counts["new"]) == (
            "firms.csv",
            "register",
            user_id,
            2,
        )
        assert sorted(session.scalars(select(Firm.name))) == ["乐居物业", "安居物业"]
        shape = uploads.shape_of(["号", "叫什么"])
        assert uploads.remembered(session, shape) == ("firms", {"columns": said["columns"]})


def test_a_file_that_is_gone_is_told(wired: Services, brought: tuple[uuid.UUID, int]) -> None:
    key, user_id = brought
    with wired.sessions() as session:
        job_id = uploads.look_into(session, PREVIEW, key, user_id, {})
        session.delete(session.get_one(Upload, key))
        session.commit()
    Frame(wired, KINDS).run(job_id)
    with wired.sessions() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.error) == (JobState.FAILED, "没有这个文件")
