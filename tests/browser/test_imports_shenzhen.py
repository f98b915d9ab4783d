"""An empty city goes live with Shenzhen's files by browser alone, with the command line's counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Community, Complaint, ImportRun, Road, Street
from tests.browser.conftest import Enter
from tests.browser.test_imports import Portal, portal  # noqa: F401 - a fixture
from tests.portal.actions.imports.test_shenzhen import SEQUENCE

pytestmark = [pytest.mark.browser, pytest.mark.realdata]

WORK_MS = 60_000
# As `portal import` counts them, see tests/portal/actions/imports/test_shenzhen.py.
HELD = {Street: 74, Community: 1548 + 3595 + 24, Complaint: 10_000}


def test_a_clerk_takes_an_empty_city_live(portal: Portal, enter: Enter, real_data: Path) -> None:  # noqa: F811
    page = enter(portal.address, "clerk")
    for _, file in SEQUENCE.values():
        page.goto("/data/import")
        page.set_input_files("#file", real_data / "shenzhen" / file)
        page.wait_for_url("**/data/uploads/**", timeout=WORK_MS)
        expect(page.locator("#read-as")).to_be_visible(timeout=WORK_MS)
        expect(page.get_by_role("button", name="确认导入")).to_be_visible()
        page.get_by_role("button", name="确认导入").click()
        page.wait_for_url("**/data/imports/**", timeout=WORK_MS)
    with Session(portal.engine) as session:
        runs = session.execute(select(ImportRun.file_name, ImportRun.subject).order_by(ImportRun.at)).all()
        assert [tuple(run) for run in runs] == [(file, subject) for subject, file in SEQUENCE.values()]
        assert {model: session.scalar(select(func.count()).select_from(model)) for model in HELD} == HELD
        roads = session.scalar(select(ImportRun.counts).where(ImportRun.subject == "roads")) or {}
        assert session.scalar(select(func.count()).select_from(Road)) == roads["new"] > 3_000
