"""The administrator sets the city up in Chromium: wrong value, consequences, the name at once, and back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.terms import Role
from tests.browser.conftest import PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase

pytestmark = pytest.mark.browser


@pytest.fixture
def address(make_database: MakeDatabase, serve: Serve) -> Iterator[str]:
    database = make_database()
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "administrator", "管理员", Role.ADMINISTRATOR, PASSWORD)
    yield serve(database)
    engine.dispose()


def test_an_administrator_sets_the_city_up(address: str, enter: Enter) -> None:
    page = enter(address, "administrator")
    page.get_by_role("link", name="设好城市政策").click()  # an empty map leads here first
    expect(page.locator(".city-name")).to_have_text("云岭市")
    assert Axe().run(page).violations_count == 0

    page.get_by_label("城市名称").fill("新云市")
    page.get_by_label("每站停留").fill("半小时")
    page.get_by_label("每站停留").press("Enter")
    wrong = page.get_by_label("每站停留")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".field-error")).to_contain_text("1 到 480 的整数")
    page.locator("[role=alert] a").click()
    expect(wrong).to_be_focused()
    expect(wrong).to_be_in_viewport()
    # What has the focus is not covered by the bar below.
    bar, field = page.locator(".policy-foot").bounding_box(), wrong.bounding_box()
    assert bar is not None and field is not None and field["y"] + field["height"] < bar["y"]
    expect(page.get_by_label("城市名称")).to_have_value("新云市")
    wrong.fill("45")
    wrong.press("Enter")

    expect(page.locator(".policy-told li")).to_have_count(2)
    assert Axe().run(page).violations_count == 0
    page.get_by_label("理由").fill("市政府批复")
    page.get_by_role("button", name="确认保存").click()
    expect(page.locator(".data-done")).to_contain_text("第 2 版")
    expect(page.locator(".city-name")).to_have_text("新云市")

    phone = enter(address, "administrator", PHONE)
    phone.goto("/administration/policy/versions")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Axe().run(phone).violations_count == 0
    phone.get_by_role("button", name="重新采用").click()
    phone.get_by_label("理由").fill("改回")
    phone.get_by_role("button", name="确认保存").click()
    expect(phone.locator(".data-done")).to_contain_text("第 3 版")
    expect(phone.get_by_label("城市名称")).to_have_value("云岭市")
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert Axe().run(phone).violations_count == 0
