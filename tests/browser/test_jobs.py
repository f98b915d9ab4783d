"""The page of jobs in Chromium: a clerk asks for scores, watches, cancels, and finds what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ViewportSize, expect
from sqlalchemy import Engine, insert, select, update
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.models import Job
from portal.terms import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Enter, Serve
from tests.conftest import Database, MakeDatabase

pytestmark = pytest.mark.browser


class Portal:
    """A served city without a worker: the test is the worker."""

    def __init__(self, address: str, engine: Engine) -> None:
        self.address, self.engine = address, engine

    def change(self, **values: object) -> None:
        """Let the job be so far."""
        with self.engine.begin() as connection:
            connection.execute(update(Job).values(**values))

    @property
    def state(self) -> str:
        with self.engine.begin() as connection:
            return str(connection.scalar(select(Job.state)))


@pytest.fixture
def portal(make_database: MakeDatabase, serve: Serve) -> Iterator[Portal]:
    database: Database = make_database()
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "clerk", "业务员", Role.CLERK, PASSWORD)
        accounts.create(session, "administrator", "管理员", Role.ADMINISTRATOR, PASSWORD)
    yield Portal(serve(database), engine)
    engine.dispose()


def test_a_clerk_follows_a_job_without_reloading(portal: Portal, enter: Enter) -> None:
    page = enter(portal.address, "clerk")
    page.goto("/data")
    page.get_by_role("button", name="重新计算评分").click()
    page.wait_for_url("**/jobs")
    expect(page.locator(".data-done")).to_contain_text("评分将在后台重新计算")
    expect(page.locator(".notice-box")).to_contain_text("后台处理程序没有回音")
    page.evaluate("window.same = true")
    began = datetime.now(UTC) - timedelta(minutes=2)
    portal.change(
        state="running", attempt=1, step=Phrase("读第 {n} 页", n=1), step_at=began, done=250, total=1000
    )
    expect(page.locator("tbody tr")).to_contain_text("250 / 1,000 · 约剩 6 分钟")
    expect(page.locator("progress")).to_have_attribute("value", "250")
    # A button under the keyboard stays there, and does what it says.
    page.locator("[name=cancel]").focus()
    portal.change(done=500)
    expect(page.locator("tbody tr")).to_contain_text("500 / 1,000")
    expect(page.locator("[name=cancel]")).to_be_focused()
    expect(page.locator("#jobs-status")).to_have_text("1 个任务在等待或运行")
    assert page.evaluate("window.same")
    page.keyboard.press("Enter")
    expect(page.locator(".data-done")).to_contain_text("已请求取消")
    expect(page.locator("tbody tr")).to_contain_text("正在取消")
    assert portal.state == "cancelling"
    portal.change(state="cancelled")
    expect(page.get_by_role("button", name="重新运行")).to_be_visible()
    page.get_by_role("button", name="重新运行").click()
    expect(page.locator("tbody tr")).to_contain_text("等待中")
    portal.change(
        state="done", said=Phrase("新增 {new:,}", new=1200), outcome={"endpoint": "maps.page", "values": {}}
    )
    expect(page.get_by_role("link", name="查看结果")).to_be_visible()
    expect(page.locator("#jobs-status")).to_have_text("0 个任务在等待或运行")


def test_a_page_that_nobody_looks_at_asks_for_nothing(portal: Portal, enter: Enter) -> None:
    page = enter(portal.address, "clerk")
    page.goto("/data")
    page.get_by_role("button", name="重新计算评分").click()
    page.wait_for_url("**/jobs")
    with page.expect_request("**/jobs/list"):
        pass
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate(
        "Object.defineProperty(document, 'hidden', {get: () => window.away ?? true, configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.wait_for_timeout(4500)
    assert asked == []
    with page.expect_request("**/jobs/list"):
        page.evaluate("window.away = false; document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_jobs_can_be_read_by_everybody(
    portal: Portal, enter: Enter, size: ViewportSize, language: str
) -> None:
    with portal.engine.begin() as connection:
        began = datetime.now(UTC) - timedelta(minutes=2)
        for values in (
            {"state": "running", "step": Phrase("读取评分依据"), "step_at": began, "done": 3, "total": 9},
            {"state": "done", "said": Phrase("好"), "finished_at": began},
            {"state": "failed", "error": Phrase("系统记录了这个错误"), "remedy": Phrase("请重新发起")},
        ):
            connection.execute(insert(Job).values(kind="scoring", **values))
    page = enter(portal.address, "administrator", size)
    page.goto("/jobs")
    if language == "en":
        page.locator(".language button").click()
        page.wait_for_url("**/jobs**")
    expect(page.locator("h1")).to_have_text("Jobs" if language == "en" else "任务")
    if language == "en":
        assert not re.search(r"[\u4e00-\u9fff]", page.locator("main").inner_text().replace("好", ""))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    found = Axe().run(page)
    assert [item["id"] for item in found.response["violations"]] == []
