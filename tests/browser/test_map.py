"""The map in Chromium: drawn, pointed at, clicked, searched, shared; at a desk and on a phone; with axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, ViewportSize, expect
from sqlalchemy.orm import Session

from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.terms import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase
from tests.portal import map_city
from tests.portal.small_city import SmallCity

pytestmark = pytest.mark.browser

# Marked by the page each time that nothing waits to be drawn any more.
UNTIL_DRAWN = """() => new Promise((done) => {
  const isDrawn = () => performance.getEntriesByName("atlas:drawn").length > 0;
  const look = () => isDrawn() ? setTimeout(done, 50) : setTimeout(look, 20);
  look();
})"""
COLOUR_AT = """([lon, lat]) => {
  const at = map_atlas.latLngToContainerPoint([lat, lon]);
  const frame = map_atlas.getContainer().getBoundingClientRect();
  for (const canvas of document.querySelectorAll("canvas.leaflet-tile")) {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [frame.x + at.x - box.x, frame.y + at.y - box.y];
    if (x < 0 || y < 0 || x >= box.width || y >= box.height || canvas.width < 2) continue;
    const scale = canvas.width / box.width;
    const [r, g, b] = canvas.getContext("2d").getImageData(x * scale, y * scale, 1, 1).data;
    return [r, g, b];
  }
  return null;
}"""
ANHUA, BAIHUA, DEZHENG = (114.05, 22.5), (114.06, 22.5), (114.12, 22.5)


@pytest.fixture(scope="module")
def portal(make_database: MakeDatabase, serve: Serve) -> tuple[str, SmallCity]:
    database = make_database()
    engine = make_engine(database.portal_url, pooled=False)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        city = map_city.build(session)
        accounts.create(session, "leader", "领导", Role.LEADER, PASSWORD)
        english = accounts.create(session, "english", "Leader", Role.LEADER, PASSWORD)
        accounts.set_language(session, english.id, "en")
        west = city.streets["西"]
        accounts.create(session, "west", "西街道", Role.STREET, PASSWORD, street_id=west)
        session.commit()
    engine.dispose()
    return serve(database), city


def ready(page: Page) -> Page:
    """Wait until the map is drawn and everything around it listens."""
    page.evaluate(UNTIL_DRAWN)
    expect(page.locator("#legend summary")).to_be_visible()
    expect(page.locator(".tip")).to_be_attached()
    return page


@pytest.fixture
def leader(enter: Enter, portal: tuple[str, SmallCity]) -> Page:
    return ready(enter(portal[0], "leader"))


def point_of(page: Page, place: tuple[float, float]) -> tuple[float, float]:
    """Return where a place lies in the window, in px."""
    x, y = page.evaluate(
        """([lon, lat]) => {
          const at = map_atlas.latLngToContainerPoint([lat, lon]);
          const frame = map_atlas.getContainer().getBoundingClientRect();
          return [frame.x + at.x, frame.y + at.y];
        }""",
        list(place),
    )
    return float(x), float(y)


def near(colour: Any, expected: str, within: int = 30) -> bool:
    wanted = [int(expected[at : at + 2], 16) for at in (1, 3, 5)]
    return colour is not None and all(abs(a - b) <= within for a, b in zip(colour, wanted, strict=True))


def test_communities_are_drawn_in_the_colour_of_their_band(leader: Page) -> None:
    assert near(leader.evaluate(COLOUR_AT, list(ANHUA)), "#d7191c")
    assert near(leader.evaluate(COLOUR_AT, list(BAIHUA)), "#fdae61")
    assert near(leader.evaluate(COLOUR_AT, list(DEZHENG)), "#2c7bb6")
    assert near(leader.evaluate(COLOUR_AT, [114.09, 22.45]), "#fafbfc", 6)  # the ground of the city


def test_the_legend_says_what_it_is(leader: Page) -> None:
    legend = leader.locator("#legend")
    for words in (
        "小区服务评分",
        "分",
        "优秀 ≥ 90",
        "无评分",
        "n = 6",
        "2025年第3季度",
        "来源：物业服务评分",
        "数据改动于",
    ):
        expect(legend).to_contain_text(words)


def test_the_tip_names_the_community_with_one_number(leader: Page) -> None:
    leader.mouse.move(*point_of(leader, ANHUA))
    expect(leader.locator(".tip")).to_have_text("安华苑55.0 分 · 不合格 < 60")
    leader.mouse.move(*point_of(leader, (114.09, 22.45)))
    expect(leader.locator(".tip")).to_be_hidden()


def test_what_has_no_name_is_tipped_and_found_by_its_key(leader: Page, portal: tuple[str, SmallCity]) -> None:
    called = f"未命名小区 {portal[1].communities['None']}"
    leader.locator("#search-box").fill("未命名")
    options = leader.locator("#search-list [role=option]")
    expect(options).to_have_count(1)
    expect(options.locator(".result-name")).to_have_text(called)
    edges = leader.evaluate(
        "['search-box', 'search-list'].map((id) => document.getElementById(id).getBoundingClientRect().left)"
    )
    assert edges[0] == edges[1]
    leader.keyboard.press("Enter")
    expect(leader.locator("#drawer h2")).to_have_text(called)
    leader.wait_for_function("() => map_atlas.getZoom() === 16")
    leader.wait_for_load_state("networkidle")
    leader.mouse.move(*point_of(leader, (114.3007, 22.5002)))
    expect(leader.locator(".tip .tip-name")).to_have_text(called)


def test_a_click_opens_the_card_and_back_closes_it(leader: Page, portal: tuple[str, SmallCity]) -> None:
    leader.mouse.click(*point_of(leader, ANHUA))
    card = leader.locator("#drawer article")
    expect(card.locator("h2")).to_have_text("安华苑")
    expect(card.locator("h2")).to_be_focused()
    assert re.search(rf"/communities/{portal[1].communities['安华苑']}\b", leader.url)
    expect(leader).to_have_title("安华苑 · 物业一张图")
    leader.go_back()
    expect(leader.locator("#drawer-frame")).to_be_hidden()
    assert leader.url.split("?")[0].endswith("/")
    leader.go_forward()
    expect(card.locator("h2")).to_have_text("安华苑")
    leader.keyboard.press("Escape")
    expect(leader.locator("#drawer-frame")).to_be_hidden()


# What a reader sees: the map's place, what its legend and its controls say, what the drawer holds.
VIEW = """() => ({
  place: [map_atlas.getCenter().lng.toFixed(3), map_atlas.getCenter().lat.toFixed(3), map_atlas.getZoom()],
  legend: document.querySelector("#legend h2")?.innerText ?? "",
  measure: document.querySelector("#legend [aria-pressed=true]")?.innerText ?? "",
  period: document.getElementById("period").value,
  category: document.getElementById("category").value,
  drawer: document.querySelector("#drawer").innerText.replaceAll(/\\s+/g, " "),
})"""


def test_back_and_forward_restore_each_of_ten_steps(leader: Page) -> None:
    """Layer, measure, quarter, category, card, street, query, and where the map was meanwhile."""
    drawer, legend = leader.locator("#drawer"), leader.locator("#legend")

    def choose_layer(label: str) -> None:
        leader.click("#layers-button")
        leader.get_by_label(label).check()
        expect(leader.get_by_label(label)).to_be_focused()
        leader.keyboard.press("Escape")  # closes the list of layers, not the card

    def open_card() -> None:
        leader.mouse.click(*point_of(leader, ANHUA))
        expect(leader.locator(".tip")).to_be_hidden()

    def ask() -> None:
        leader.fill("#query-points_below", "80")
        leader.click("#query-form .btn-primary")

    choose_street = "街道·投诉"
    steps: list[tuple[Callable[[], object], Locator, str]] = [
        (lambda: choose_layer(choose_street), legend, "件"),
        (lambda: leader.get_by_role("button", name="每千户").click(), legend, "件/千户"),
        (lambda: leader.select_option("#period", "2025-Q2"), legend, "2025年第2季度"),
        (lambda: choose_layer("小区·服务评分"), legend, "小区服务评分"),
        (open_card, drawer, "安华苑"),
        (lambda: leader.select_option("#category", "lift"), drawer, "2025年第2季度 · 电梯"),
        (lambda: leader.click("#drawer .crumb a"), drawer, "地图上的小区"),
        (lambda: leader.select_option("#period", "2025-Q3"), drawer, "2025年第3季度 · 电梯"),
        (lambda: leader.click(".rail a[href='/query']"), drawer, "全市：共"),
        (ask, drawer, "评分低于 80：共"),
        (lambda: leader.select_option("#category", "noise"), drawer, "投诉（噪声与邻里"),
        (lambda: choose_layer(choose_street), legend, "件"),
    ]
    views = [leader.evaluate(VIEW)]
    for at, (act, part, words) in enumerate(steps):
        act()
        expect(part).to_contain_text(words)
        ready(leader)
        leader.evaluate(f"map_atlas.setView([22.5, 114.04 + {at} / 1000], 13, {{ animate: false }})")
        views.append(leader.evaluate(VIEW))
    assert len({str(view) for view in views}) == len(steps) + 1

    def restored(expected: dict[str, Any]) -> None:
        for _ in range(50):
            if leader.evaluate(VIEW) == expected:
                break
            leader.wait_for_timeout(100)
        assert leader.evaluate(VIEW) == expected

    for view in reversed(views[:-1]):
        leader.go_back()
        restored(view)
    for view in views[1:]:
        leader.go_forward()
        restored(view)


def test_an_address_shows_a_colleague_the_same(
    leader: Page, enter: Enter, portal: tuple[str, SmallCity]
) -> None:
    leader.click("#layers-button")
    leader.get_by_label("街道·投诉").check()
    leader.keyboard.press("Escape")
    leader.get_by_role("button", name="每千户").click()
    leader.select_option("#category", "noise")
    leader.select_option("#period", "2025-Q2")
    leader.get_by_role("button", name="放大").click()
    leader.wait_for_url(re.compile(r"at="))
    leader.get_by_role("link", name="列表").click()
    expect(leader.locator("#drawer h2")).to_have_text("各街道")
    legend = leader.locator("#legend").inner_text()

    colleague = enter(portal[0], "leader")
    colleague.goto(leader.url)
    expect(colleague.locator("#drawer h2")).to_have_text("各街道")
    expect(colleague.locator("#period")).to_have_value("2025-Q2")
    expect(colleague.locator("#category")).to_have_value("noise")
    expect(colleague.get_by_role("button", name="每千户")).to_have_attribute("aria-pressed", "true")
    expect(colleague.locator("#legend")).to_have_text(re.compile("件/千户"))
    assert colleague.locator("#legend").inner_text() == legend
    assert colleague.evaluate("map_atlas.getZoom()") == leader.evaluate("map_atlas.getZoom()")


def test_the_legend_follows_period_and_category(leader: Page) -> None:
    leader.click("#layers-button")
    leader.get_by_label("投诉密度（非显著性）").check()
    expect(leader.locator("#legend")).to_contain_text("密度，非显著性")
    expect(leader.locator("#legend")).to_contain_text("n = 4")
    leader.select_option("#category", "lift")
    expect(leader.locator("#legend")).to_contain_text("n = 1")
    leader.select_option("#period", "2025-Q2")
    expect(leader.locator("#legend")).to_contain_text("n = 0")


def test_the_card_and_where_it_leads_follow_period_and_category(leader: Page) -> None:
    leader.mouse.click(*point_of(leader, ANHUA))
    drawer = leader.locator("#drawer")
    expect(drawer).to_contain_text("2025年第3季度")
    entries = leader.evaluate("history.length")
    leader.select_option("#period", "2025-Q2")
    expect(drawer).to_contain_text("投诉 2025年第2季度")
    leader.focus("#category")
    leader.select_option("#category", "lift")
    expect(drawer).to_contain_text("2025年第2季度 · 电梯")
    expect(leader.locator("#category")).to_be_focused()
    assert leader.evaluate("history.length") == entries + 2
    leader.click("#drawer .crumb a")
    expect(drawer.locator("h2")).to_have_text("东")
    expect(drawer).to_contain_text("2025年第2季度 · 电梯")
    leader.select_option("#period", "2025-Q3")
    expect(drawer).to_contain_text("2025年第3季度 · 电梯")
    for _ in range(2):
        leader.go_back()
        expect(drawer).to_contain_text("2025年第2季度 · 电梯")
    expect(drawer.locator("h2")).to_have_text("安华苑")
    expect(drawer).to_contain_text("2025年第2季度 · 电梯")
    expect(leader.locator("#period")).to_have_value("2025-Q2")


def test_search_by_keyboard_alone(leader: Page) -> None:
    leader.keyboard.press("/")
    expect(leader.locator("#search-box")).to_be_focused()
    leader.keyboard.type("长城")
    options = leader.locator("#search-list [role=option]")
    expect(options).to_have_count(2)
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")
    leader.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    leader.keyboard.press("Enter")
    expect(leader.locator("#drawer h2")).to_have_text("安华苑")
    assert leader.evaluate("map_atlas.getZoom()") == 16
    leader.keyboard.press("/")
    leader.keyboard.type("没有的小区")
    expect(leader.locator("#search-list")).to_contain_text("没有找到")
    leader.keyboard.press("Escape")
    expect(leader.locator("#search-list")).to_be_hidden()


def test_everything_on_the_map_is_in_a_list(leader: Page) -> None:
    leader.get_by_role("link", name="列表").click()
    leader.locator("#drawer").get_by_role("link", name=re.compile("^东")).click()
    expect(leader.locator("#drawer h2")).to_have_text("东")
    leader.locator("#drawer summary").click()
    expect(leader.locator("#drawer .unlocated")).to_contain_text("未定位园")
    leader.locator("#drawer").get_by_role("link", name=re.compile("百花里")).click()
    expect(leader.locator("#drawer h2")).to_have_text("百花里")


def test_a_street_official_sees_bands_but_no_figures_elsewhere(
    enter: Enter, portal: tuple[str, SmallCity]
) -> None:
    page = ready(enter(portal[0], "west"))
    assert near(page.evaluate(COLOUR_AT, list(ANHUA)), "#d7191c")
    page.mouse.move(*point_of(page, ANHUA))
    expect(page.locator(".tip")).to_have_text("安华苑不合格 < 60")
    page.mouse.click(*point_of(page, ANHUA))
    expect(page.locator("#drawer")).to_contain_text("只向本街道和市级账号开放")


def boxes_meet(a: Any, b: Any) -> bool:
    return bool(
        a["x"] < b["x"] + b["width"]
        and b["x"] < a["x"] + a["width"]
        and a["y"] < b["y"] + b["height"]
        and b["y"] < a["y"] + a["height"]
    )


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_nothing_covers_the_legend(enter: Enter, portal: tuple[str, SmallCity], size: ViewportSize) -> None:
    page = enter(portal[0], "leader", size)
    page.goto(f"{portal[0]}/communities/{portal[1].communities['安华苑']}")
    ready(page)
    legend = page.locator("#legend").bounding_box()
    others = ("#drawer-frame", ".map-tools", ".map-buttons", ".map-foot", ".topbar", ".rail")
    for other in others:
        assert not boxes_meet(legend, page.locator(other).bounding_box()), other


def test_on_a_phone_the_sheet_has_three_heights_and_the_map_stays_usable(
    enter: Enter, portal: tuple[str, SmallCity]
) -> None:
    page = ready(enter(portal[0], "leader", PHONE))
    page.touchscreen.tap(*point_of(page, ANHUA))
    expect(page.locator("#drawer h2")).to_have_text("安华苑")
    sheet = page.locator("#drawer-frame")
    heights = [sheet.bounding_box()["height"]]  # type: ignore[index]
    for _ in range(2):
        page.locator("#grab").tap()
        heights.append(sheet.bounding_box()["height"])  # type: ignore[index]
    half, full, low = heights
    assert low < 120 < half < 450 < full
    x, y = point_of(page, ANHUA)
    assert y < 844 - half  # what was opened is not under the sheet
    page.locator("#drawer-close").tap()
    expect(sheet).to_be_hidden()
    for control in page.locator("button:visible, a:visible, select:visible, summary:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, control.evaluate("(one) => one.outerHTML")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.mark.parametrize("username", ["leader", "english"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing(
    enter: Enter, portal: tuple[str, SmallCity], size: ViewportSize, username: str
) -> None:
    address, city = portal
    page = enter(address, username, size)
    for path in (
        "/",
        f"/communities/{city.communities['安华苑']}",
        f"/streets/{city.streets['东']}",
        "/streets",
    ):
        page.goto(address + path)
        ready(page)
        if path == "/":
            page.click("#layers-button")
        found = Axe().run(page, options=AXE)
        assert found.violations_count == 0, f"{path}: {found.generate_report()}"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_says_that_the_city_is_fictional(
    enter: Enter, portal: tuple[str, SmallCity], size: ViewportSize
) -> None:
    page = enter(portal[0], "leader", size)
    for path in ("/", "/query", "/account"):
        page.goto(portal[0] + path)
        expect(page.locator(".topbar .fictional")).to_be_visible()
