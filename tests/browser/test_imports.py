"""A clerk takes files in by the browser alone: dropped, looked into, read otherwise, imported, undone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.models import Firm, Street
from portal.terms import Role
from tests.browser.conftest import PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase

pytestmark = pytest.mark.browser

WORK_MS = 60_000
SQUARE = [[[114.0, 22.5], [114.02, 22.5], [114.02, 22.52], [114.0, 22.52], [114.0, 22.5]]]
STREETS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": "1", "name": "东街街道", "district": "南区"},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        }
    ],
}


class Portal:
    """A served, empty city with a worker."""

    def __init__(self, address: str, engine: Engine, folder: Path) -> None:
        self.address, self.engine, self.folder = address, engine, folder

    def count(self, model: type) -> int:
        with Session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(model)) or 0

    def file(self, name: str, content: str) -> str:
        path = self.folder / name
        path.write_text(content, "utf-8")
        return str(path)


@pytest.fixture
def portal(
    make_database: MakeDatabase, serve: Serve, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    database, instance = make_database(), tmp_path_factory.mktemp("instance")
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "clerk", "业务员", Role.CLERK, PASSWORD)
    address = serve(database, PORTAL_INSTANCE=str(instance))
    environ = {
        **os.environ,
        "PORTAL_DATABASE_URL": database.portal_url,
        "PORTAL_OWNER_DATABASE_URL": database.owner_url,
        "PORTAL_SECRET_KEY": "x" * 48,
        "PORTAL_INSTANCE": str(instance),
    }
    worker = subprocess.Popen(
        [sys.executable, "-m", "portal", "worker"], cwd=ROOT, env=environ, stderr=subprocess.DEVNULL
    )
    yield Portal(address, engine, tmp_path_factory.mktemp("files"))
    worker.terminate()
    worker.wait(30)
    engine.dispose()


def bring(page: Page, path: str) -> None:
    """Choose a file and wait until it has been looked into."""
    page.goto("/data/import")
    page.set_input_files("#file", path)
    page.wait_for_url("**/data/uploads/**")
    expect(page.locator("#read-as")).to_be_visible(timeout=WORK_MS)


def confirm(page: Page) -> None:
    page.get_by_role("button", name="确认导入").click()
    page.wait_for_url("**/data/imports/**", timeout=WORK_MS)


def test_an_empty_city_says_what_to_bring_and_takes_its_first_file_back(portal: Portal, enter: Enter) -> None:
    page = enter(portal.address, "clerk")
    page.goto("/data")
    page.get_by_role("link", name="导入文件").first.click()
    expect(page.get_by_role("heading", name="按这个顺序导入")).to_be_visible()
    assert Axe().run(page).violations_count == 0

    bring(page, portal.file("街道.geojson", json.dumps(STREETS, ensure_ascii=False)))
    # Without roads nobody can tell the datum: it asks, and nothing is written.
    expect(page.locator("[role=alert]")).to_contain_text("坐标基准")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    page.select_option("#datum", "wgs84")
    page.get_by_role("button", name="按此重新预览").click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible(timeout=WORK_MS)
    expect(page.locator(".data-counts div").first).to_have_text("新增1")
    assert portal.count(Street) == 0
    assert Axe().run(page).violations_count == 0
    confirm(page)
    assert portal.count(Street) == 1

    page.get_by_role("button", name="撤销整次导入").click()
    expect(page.get_by_text("导入已撤销")).to_be_visible()
    assert portal.count(Street) == 0
    expect(page.get_by_role("button", name="撤销整次导入")).to_have_count(0)


def test_columns_are_given_their_meaning_once(portal: Portal, enter: Enter) -> None:
    page = enter(portal.address, "clerk", PHONE)
    bring(page, portal.file("名册.csv", "号,叫什么,备注\n1,安居物业,甲\n2,乐居物业,乙\n"))
    page.select_option("#subject", "firms")
    page.get_by_role("button", name="按此重新预览").click()
    expect(page.locator("[role=alert]")).to_be_visible(timeout=WORK_MS)
    page.get_by_label("叫什么 读作").select_option("name")
    page.get_by_label("号 读作", exact=True).select_option("source_key")
    page.get_by_role("button", name="按此重新预览").click()
    expect(page.get_by_role("button", name="确认导入")).to_be_visible(timeout=WORK_MS)
    page.get_by_text("新增的例子").click()
    expect(page.get_by_text("安居物业", exact=True)).to_be_visible()
    confirm(page)
    assert portal.count(Firm) == 2

    bring(page, portal.file("下月.csv", "号,叫什么,备注\n1,安居服务,甲\n3,宜居物业,丙\n"))
    expect(page.get_by_text("按上次同样表头的文件的读法")).to_be_visible()
    page.get_by_text("新增的例子").click()
    expect(page.get_by_text("宜居物业", exact=True)).to_be_visible()


def test_a_sending_that_breaks_off_goes_on(portal: Portal, enter: Enter) -> None:
    page = enter(portal.address, "clerk", failing="ERR_FAILED|ERR_CONNECTION")
    rows = "".join(f"{n},第 {n} 物业,{'长' * 60}\n" for n in range(60_000))
    path = portal.file("大.csv", f"企业编号,企业名称,备注\n{rows}")
    pieces = []

    def answer(route: object, request: object) -> None:
        pieces.append(request.url)  # type: ignore[attr-defined]
        if len(pieces) == 2:
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.goto("/data/import")
    page.route("**/data/uploads/*?offset=*", answer)
    page.set_input_files("#file", path)
    page.wait_for_url("**/data/uploads/**", timeout=WORK_MS)
    offsets = [int(url.rsplit("=", 1)[1]) for url in pieces]
    assert offsets[1] == offsets[2] > offsets[0] == 0
    expect(page.locator("#read-as")).to_be_visible(timeout=WORK_MS)
    expect(page.locator(".data-counts div").first).to_have_text("新增60,000")
