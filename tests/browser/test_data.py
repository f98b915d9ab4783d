"""The data pages in Chromium: a clerk gives communities names and places, and complaints a community."""

from __future__ import annotations

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, ViewportSize, expect
from sqlalchemy.orm import Session

from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.terms import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase
from tests.portal import waiting_city
from tests.portal.store.imports.test_runs import add_run
from tests.portal.waiting_city import WaitingCity

pytestmark = pytest.mark.browser

PAGES = (
    "/data",
    "/data/imports",
    "/data/imports/{run}",
    "/data/unlocated",
    "/data/unlocated?lack=outline",
    "/data/unnamed",
    "/data/unplaced-complaints?all=1",
    "/data/jurisdictions",
    "/data/communities/{pinned}",
    "/data/communities/{unnamed}?from=unnamed",
)


class Portal:
    """A served city in which something waits in every queue."""

    def __init__(self, address: str, town: WaitingCity, run: str) -> None:
        self.address, self.town, self.run = address, town, run

    def path(self, template: str) -> str:
        communities = self.town.communities
        return template.format(run=self.run, pinned=communities["晨光苑"], unnamed=communities["large"])


def build(make_database: MakeDatabase, serve: Serve) -> Portal:
    database = make_database()
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        town = waiting_city.build(session)
        run = str(add_run(session).id)
        session.commit()
        accounts.create(session, "clerk", "业务员", Role.CLERK, PASSWORD)
        accounts.create(session, "official", "街道干部", Role.STREET, PASSWORD, street_id=town.streets["东"])
    engine.dispose()
    return Portal(serve(database), town, run)


@pytest.fixture(scope="module")
def portal(make_database: MakeDatabase, serve: Serve) -> Portal:
    """For tests that change nothing."""
    return build(make_database, serve)


@pytest.fixture(scope="module")
def desk(make_database: MakeDatabase, serve: Serve) -> Portal:
    """For the journeys, in their order."""
    return build(make_database, serve)


def show(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("main")).to_be_visible()
    page.wait_for_load_state("networkidle")
    if page.locator("#drawer").count():
        page.wait_for_function("() => performance.getEntriesByName('atlas:drawn').length > 0")


def violations(page: Page) -> list[object]:
    """Return what axe finds in the parts that these pages make."""
    context = "#drawer-frame" if page.locator("#drawer").count() else "main"
    found: dict[str, Any] = Axe().run(page, context=context).response
    return [(v["id"], [node["target"] for node in v["nodes"]]) for v in found["violations"]]


def click_map(page: Page, *places: tuple[float, float]) -> None:
    for lon, lat in places:
        at = page.evaluate(
            """([lon, lat]) => import('app/atlas.js').then(({ map }) => {
                const frame = map.getContainer().getBoundingClientRect();
                const { x, y } = map.latLngToContainerPoint([lat, lon]);
                return [frame.x + x, frame.y + y];
            })""",
            [lon, lat],
        )
        page.mouse.move(*at, steps=4)
        page.mouse.click(*at)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_and_nothing_sticks_out(enter: Enter, portal: Portal, size: ViewportSize) -> None:
    page = enter(portal.address, "clerk", size)
    for template in PAGES:
        show(page, portal.path(template))
        # One task is open at a time.
        for task in page.locator(".data-task:not([open]) > summary").all():
            assert violations(page) == [], template
            task.click()
        assert violations(page) == [], template
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{template}: {width} px too wide"


def test_a_long_queue_scrolls_in_its_table_and_the_page_ends_below_it(enter: Enter, portal: Portal) -> None:
    page = enter(portal.address, "clerk", DESK)
    show(page, "/data/unplaced-complaints?all=1")
    beyond = page.evaluate(
        """() => {
            const row = document.querySelector(".data-table tbody tr");
            for (let n = 0; n < 60; n += 1) row.after(row.cloneNode(true));
            return document.documentElement.scrollHeight - document.querySelector("main").scrollHeight;
        }"""
    )
    assert beyond <= 100, f"{beyond} px of nothing below the table"


def test_on_a_phone_everything_is_big_enough_to_touch(enter: Enter, portal: Portal) -> None:
    page = enter(portal.address, "clerk", PHONE)
    small: dict[str, list[str]] = {}
    for template in PAGES:
        show(page, portal.path(template))
        small[template] = page.evaluate(
            """() => {
                const parts = "button, a, input:not([type=hidden]), select, summary, textarea";
                const label = ".data-tick, .data-choice, .data-check, .data-tabs label";
                const inText = "p a, dd a";
                const touched = (part) => part.closest(label) ?? part;
                return [...document.querySelectorAll(`:is(main.sheet, .data-drawer) :is(${parts})`)]
                    .filter((part) => part.checkVisibility() && !part.matches(inText))
                    .filter((part) => touched(part).getBoundingClientRect().height < 43.5)
                    .map((part) => part.outerHTML.slice(0, 160));
            }"""
        )
    assert small == {template: [] for template in PAGES}


def test_a_street_official_reads_only(enter: Enter, portal: Portal) -> None:
    page = enter(portal.address, "official")
    show(page, "/data")
    page.click("text=小区未定位")
    expect(page.locator(".data-own")).to_have_text("仅本街道：东")
    page.click(".lines a:has-text('无位园')")
    expect(page.locator("#drawer h2")).to_have_text("无位园")
    assert "/communities/" in page.url
    assert page.locator(".data-task").count() == 0


def test_a_clerk_pins_a_community_from_the_queue(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, "/data/unlocated")
    page.focus("#street")
    page.select_option("#street", str(desk.town.streets["东"]))
    expect(page.locator(".data-range")).to_contain_text("共 1 个")
    expect(page.locator("#drawer-said")).to_contain_text("共 1 个")
    expect(page.locator("#street")).to_be_focused()
    page.click(".lines a")
    expect(page.locator("#drawer h2")).to_have_text("无位园")
    page.click("summary:has-text('标出位置')")
    page.click("[data-tool=pin]")
    click_map(page, (114.03, 22.52))
    expect(page.locator("[data-preview]")).to_have_text("落在东")
    lon, lat = map(float, page.input_value("#point").split(","))
    assert (lon, lat) == pytest.approx((114.03, 22.52), abs=0.001)
    page.click("text=保存点位")
    expect(page.locator(".data-done")).to_contain_text("已标点，归入东")
    expect(page.locator("#drawer h2")).to_have_text("小区未定位")  # it was the last of the street
    expect(page.locator("#drawer h2")).to_be_focused()
    expect(page.locator("#drawer h2")).to_have_accessible_description(re.compile("无位园 · 已标点"))
    expect(page.locator(".data-empty")).to_contain_text("没有符合条件的小区")
    assert f"street={desk.town.streets['东']}" in page.url


def test_a_pasted_coordinate_is_shown_where_its_datum_puts_it(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, f"/data/communities/{desk.town.communities['西山居']}")
    page.click("summary:has-text('标出位置')")
    page.fill("#point", "114.157868,22.543099")
    page.select_option("#point-datum", "gcj02")
    page.click("[data-look-point]")
    expect(page.locator("[data-preview]")).to_have_text("落在西")
    marker = page.evaluate(
        """() => import('app/atlas.js').then(({ map }) => {
            let at;
            map.eachLayer((layer) => layer instanceof L.Marker && (at = layer.getLatLng()));
            return [at.lng, at.lat];
        })"""
    )
    assert marker == pytest.approx([114.15277, 22.54582], abs=0.0005)  # half a kilometre off


def test_a_clerk_draws_an_outline(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, f"/data/communities/{desk.town.communities['前海里']}?at=114.16,22.53,15")
    page.click("summary:has-text('画边界')")
    page.click("[data-tool=outline]")
    page.wait_for_function("() => window.L?.PM && window.map_atlas.pm?.globalDrawModeEnabled()")
    click_map(page, (114.155, 22.53), (114.158, 22.53), (114.158, 22.533), (114.155, 22.53))
    expect(page.locator("#corners")).to_have_value(re.compile(r"^(114\.15\d+,22\.53\d+\n?){3}$"))
    page.click("text=保存边界")
    expect(page.locator("[role=alert]")).to_contain_text("登记的是南山区 前海")
    page.click("text=确认保存")
    expect(page.locator(".data-done")).to_contain_text("边界已保存，归入西")
    page.wait_for_function(
        "id => import('app/atlas.js').then(({ marks }) => marks.selected.has(id))",
        arg=desk.town.communities["前海里"],
    )


def test_a_clerk_links_a_name_with_the_outline_around_its_point(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, "/data/unnamed")
    page.click(".lines a:has-text('含点位：晨光苑')")
    chosen = page.locator("#register-names [name=community_id]:checked")
    expect(chosen).to_have_value(str(desk.town.communities["晨光苑"]))
    page.click(".data-task[open] .btn-primary")
    expect(page.locator(".data-done")).to_contain_text("名称与轮廓已关联，归入东")
    expect(page.locator("#drawer h2")).to_contain_text("未命名小区")  # the next of the queue


def test_an_outline_can_be_picked_on_the_map(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, f"/data/communities/{desk.town.communities['西山居']}?at=114.151,22.5005,16")
    page.click("summary:has-text('关联轮廓')")
    page.click("[data-tool=link]")
    click_map(page, (114.1505, 22.5005))
    chosen = page.locator("#outline-choices [name=community_id]:checked")
    expect(chosen).to_have_value(str(desk.town.communities["other"]))
    assert "/communities/" in page.url  # the click opened no card


def test_a_conflict_keeps_what_was_typed(enter: Enter, desk: Portal) -> None:
    slow, quick = (enter(desk.address, "clerk") for _ in range(2))
    path = f"/data/communities/{desk.town.communities['large']}?from=unnamed"
    for page in (slow, quick):
        show(page, path)
        page.click("summary:has-text('命名')")
    quick.fill("#name", "东苑")
    quick.click("text=保存名称")
    expect(quick.locator(".data-done")).to_contain_text("名称已保存")
    slow.fill("#name", "东院")
    slow.click("text=保存名称")
    expect(slow.locator("[role=alert]")).to_contain_text("刚刚被别人修改过")
    expect(slow.locator("#name")).to_have_value("东院")


def test_a_clerk_assigns_complaints_and_takes_it_back(enter: Enter, desk: Portal) -> None:
    page = enter(desk.address, "clerk")
    show(page, "/data/unplaced-complaints?text=晨光")
    page.check("[data-all]")
    expect(page.locator("#assign-count")).to_have_text("已选 2 件")
    # Both call the place 晨光花园: it is looked for, and what is called nearly so is offered.
    expect(page.locator("#community")).to_have_value("晨光花园")
    expect(page.locator("#candidates")).to_contain_text("晨光苑")
    page.check("[name=community_id]")
    page.check("[name=remember]")
    page.click("#assign-button")
    expect(page.locator(".data-done p")).to_have_text("2 件投诉已归入晨光苑；已记住叫法“晨光花园”")
    expect(page.locator(".data-done")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".data-done")).to_have_text("已撤销，2 件投诉回到待办")


def test_a_save_leaves_the_way_back_and_a_refused_one_the_address(enter: Enter, desk: Portal) -> None:
    """Nothing is said in the console meanwhile: the fixture fails on it."""
    page = enter(desk.address, "clerk")
    show(page, "/data/unlocated")
    page.fill("#text", "西山")
    # A reader is quicker than the list: it is answered between the click and the page that was clicked.
    held: list[Route] = []
    page.route(re.compile(r"/data/communities/\d+\?"), lambda route: held.append(route), times=1)
    with page.expect_response(re.compile(r"/data/unlocated\?")) as listed:
        page.keyboard.press("Enter")
        page.click(".lines a:has-text('西山居')")
    listed.value.finished()
    page.wait_for_timeout(300)
    held[0].continue_()
    expect(page.locator("#drawer h2")).to_have_text("西山居")
    expect(page).to_have_url(re.compile(rf"/data/communities/{desk.town.communities['西山居']}\?"))
    page.click("summary:has-text('画边界')")
    page.evaluate(
        "document.querySelector('#corners').style.height = '200px'"
    )  # as a reader pulls at its corner
    entries = page.evaluate("history.length")
    page.fill("#corners", "114.15,22.5")
    page.click("summary:has-text('改名与别名')")
    for status, name in (
        ("别名已保存", "西山小区"),
        ("这个小区已经叫“西山小区”", "西山小区"),
        ("别名已保存", "西山家园"),
    ):
        page.fill("#alias", name)
        page.press("#alias", "Enter")
        expect(page.locator(".data-done, #drawer [role=alert]")).to_contain_text(status)
        assert "/aliases" not in page.url
        expect(page.locator("#corners")).to_have_value("114.15,22.5")  # typed in another form, not sent
        if not page.locator("#alias").is_visible():
            page.click("summary:has-text('改名与别名')")
    page.click("button[aria-label='去掉别名 西山小区']")
    expect(page.locator("button[aria-label='去掉别名 西山小区']")).to_have_count(0)
    page.click("summary:has-text('合并重复记录')")
    page.fill("#community", "晨光")
    expect(page.locator("#merge-candidates")).to_contain_text("晨光苑")
    assert page.evaluate("history.length") == entries
    page.go_back()
    expect(page.locator("#drawer h2")).to_have_text("小区未定位")
    expect(page.locator("#notice")).to_contain_text("没有发送")
    page.go_forward()
    expect(page.locator("#drawer h2")).to_have_text("西山居")
    expect(page.locator("#corners")).to_have_value("114.15,22.5")
    page.reload()
    expect(page.locator("#drawer h2")).to_have_text("西山居")
