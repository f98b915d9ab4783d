"""The page of jobs: whose, how far, what came of them; cancelled and resumed by their owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.models import Job, UserAccount
from portal.terms import JobState, Role
from tests.conftest import LogIn, make_street
from tests.portal.views.pages import read, send, text_of


@pytest.fixture
def clerk(log_in: LogIn) -> FlaskClient:
    return log_in(Role.CLERK)


def user_id(session: Session, role: Role) -> int:
    return session.scalars(select(UserAccount.id).where(UserAccount.role == role)).one()


def add(session: Session, role: Role | None = Role.CLERK, **values: Any) -> UUID:
    """Add a job of the only account of a role, of the portal itself without."""
    job = Job(**{"kind": "scoring", "user_id": None if role is None else user_id(session, role), **values})
    session.add(job)
    session.flush()
    return job.id


def rows(page: BeautifulSoup) -> list[str]:
    return [" ".join(row.get_text(" ", strip=True).split()) for row in page.select("tbody tr")]


def test_without_jobs_the_page_says_where_they_come_from(clerk: FlaskClient, seeded: Session) -> None:
    page = read(clerk, "/jobs")
    assert "还没有任务。" in text_of(page, ".data-empty")
    assert page.select("[data-unfinished='0']")


def test_a_running_job_shows_its_progress_and_when_it_ends(clerk: FlaskClient, seeded: Session) -> None:
    began = datetime.now(UTC) - timedelta(seconds=100)
    job_id = add(
        seeded, state="running", attempt=2, step=Phrase("读第 {n} 页", n=3), done=1000, total=4000,
        started_at=began, step_at=began,
    )  # fmt: skip
    page = read(clerk, "/jobs")
    (row,) = rows(page)
    assert "重新计算评分" in row
    assert "运行中 读第 3 页 1,000 / 4,000 · 约剩 5 分钟" in row
    assert "中断后第 2 次运行" in row
    (bar,) = page.select("progress")
    assert (bar["value"], bar["max"], bar["aria-label"]) == ("1000", "4000", "重新计算评分")
    assert [button["value"] for button in page.select("[name=cancel]")] == [str(job_id)]
    assert page.select("[name=resume]") == []
    assert page.select("[data-unfinished='1']")


def test_what_came_of_it_is_said_with_its_page(clerk: FlaskClient, seeded: Session) -> None:
    run = "00000000-0000-0000-0000-000000000001"
    add(
        seeded, state="done", said=Phrase("写入 {n:,} 行", n=1200),
        outcome={"endpoint": "imports.run", "values": {"number": run}},
    )  # fmt: skip
    page = read(clerk, "/jobs")
    assert "已完成" in rows(page)[0]
    assert "写入 1,200 行" in rows(page)[0]
    assert [link["href"] for link in page.select("tbody a")] == [f"/data/imports/{run}"]
    assert page.select("[name=cancel], [name=resume]") == []


@pytest.mark.parametrize("endpoint", ["accounts.audit", "gone.with_the_old_version", ""])
def test_no_link_to_what_the_viewer_may_not_see(clerk: FlaskClient, seeded: Session, endpoint: str) -> None:
    add(seeded, state="done", said="好", outcome={"endpoint": endpoint, "values": {}})
    assert read(clerk, "/jobs").select("tbody a") == []


def test_a_failure_says_what_to_do_and_may_run_again(clerk: FlaskClient, seeded: Session) -> None:
    job_id = add(seeded, state="failed", error=Phrase("第 {n} 行有误", n=3), remedy="请改正", attempt=1)
    page = read(clerk, "/jobs")
    assert "失败" in rows(page)[0]
    assert "第 3 行有误 请改正" in rows(page)[0]
    assert [button["value"] for button in page.select("[name=resume]")] == [str(job_id)]
    told = send(clerk, "/jobs", resume=job_id)
    assert "任务将从头重新运行" in text_of(told, ".data-done")
    assert "等待中" in rows(told)[0]


@pytest.mark.parametrize(
    ("state", "words"), [("waiting", "任务已取消"), ("running", "已请求取消，任务很快会停下")]
)
def test_a_job_is_cancelled(clerk: FlaskClient, seeded: Session, state: str, words: str) -> None:
    job_id = add(seeded, state=state)
    told = send(clerk, "/jobs", cancel=job_id)
    assert words in text_of(told, ".data-done")
    seeded.expire_all()
    found = seeded.get(Job, job_id)
    assert found is not None
    assert found.state == (JobState.CANCELLED if state == "waiting" else JobState.CANCELLING)


def test_each_sees_and_changes_the_own_jobs(log_in: LogIn, clerk: FlaskClient, seeded: Session) -> None:
    street = log_in(Role.STREET, street_id=make_street(seeded).id)
    administrator = log_in(Role.ADMINISTRATOR)
    own = add(seeded, Role.STREET, state="waiting", kind="own")
    others = add(seeded, Role.CLERK, state="waiting", kind="others")
    portals = add(seeded, None, state="waiting", kind="portals")
    assert [row.split()[0] for row in rows(read(street, "/jobs"))] == ["own"]
    assert sorted(row.split()[0] for row in rows(read(clerk, "/jobs"))) == ["others", "portals"]
    assert "系统自动" in read(clerk, "/jobs").get_text()
    assert "系统自动" not in read(street, "/jobs").get_text()
    for page in ("/jobs", "/jobs/list"):
        assert len(rows(read(administrator, page))) == 3
    assert len(read(administrator, "/jobs").select("[name=cancel]")) == 3
    assert [button["value"] for button in read(clerk, "/jobs").select("[name=cancel]")] == [str(others)]
    for job_id, status in ((others, 404), (portals, 404), ("no key", 400), ("", 400)):
        send(street, "/jobs", status, cancel=job_id)
    send(clerk, "/jobs", 403, cancel=portals)
    send(clerk, "/jobs", 404, resume=own)
    send(street, "/jobs", 200, cancel=own)


def test_a_kind_of_another_version_does_not_run_again(clerk: FlaskClient, seeded: Session) -> None:
    job_id = add(seeded, state="failed", kind="gone", error="坏了")
    assert read(clerk, "/jobs").select("[name=resume]") == []
    send(clerk, "/jobs", 400, resume=job_id)
    send(clerk, "/jobs", 409, cancel=job_id)


def test_a_silent_worker_is_told(log_in: LogIn, clerk: FlaskClient, seeded: Session) -> None:
    assert "后台处理程序没有回音" in text_of(read(clerk, "/jobs"), ".notice-box")
    assert "worker.log" not in read(clerk, "/jobs").get_text()
    assert "worker.log" in text_of(read(log_in(Role.ADMINISTRATOR), "/jobs"), ".notice-box")
    seeded.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    assert read(clerk, "/jobs").select(".notice-box") == []


def test_the_list_alone_has_no_page_around_it(clerk: FlaskClient, seeded: Session) -> None:
    for n in range(31):
        add(seeded, state="done", created_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=n))
    part = read(clerk, "/jobs/list?page=2")
    assert part.select("main, form, script, [name=csrf_token]") == []
    assert len(rows(part)) == 1
    assert [link["href"] for link in part.select("[rel=prev]")] == ["/jobs"]
    (frame,) = read(clerk, "/jobs?page=2").select("#jobs")
    assert frame["data-url"] == "/jobs/list?page=2"


def test_jobs_in_english(log_in: LogIn, seeded: Session) -> None:
    browser = log_in(Role.CLERK)
    browser.post("/language", data={"language": "en", "next": "/"})
    add(seeded, None, state="interrupted", error="x", kind="scoring")
    page = read(browser, "/jobs")
    assert "Compute scores anew" in rows(page)[0]
    assert "broken off" in rows(page)[0]
    assert "the portal itself" in rows(page)[0]
