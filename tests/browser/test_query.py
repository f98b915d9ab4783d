"""The spatial query in Chromium: drawn, typed, listed, highlighted, exported, carried to a route."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from bench.seeding import EAST, NORTH, SOUTH, WEST, Size, seed_city
from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.terms import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def address(make_database: MakeDatabase, serve: Serve) -> str:
    """A portal with 300 communities."""
    database = make_database()
    seed_city(database.owner_url, Size(streets_per_side=4, communities=300, firms=30, complaints=6_000))
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "inspector", "巡查员", Role.INSPECTOR, PASSWORD)
    engine.dispose()
    return serve(database)


@pytest.fixture(params=[DESK], ids=["desk"])
def page(enter: Enter, address: str, request: pytest.FixtureRequest) -> Page:
    return enter(address, "inspector", request.param)


def ask(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("#query-words")).to_be_visible()


def found(page: Page) -> int:
    """Return the number of results that the sentence states."""
    match = re.search(r"共 ([\d,]+) 个小区", page.locator("#query-words").inner_text())
    assert match is not None
    return int(match[1].replace(",", ""))


def marked(page: Page, kind: str) -> list[int]:
    """Return the communities that the map emphasises."""
    ids: list[int] = page.evaluate(
        "kind => import('app/atlas.js').then(({ marks }) => [...marks[kind]])", kind
    )
    return sorted(ids)


def point_of(page: Page, lon: float, lat: float) -> tuple[float, float]:
    """Return where a place lies in the window."""
    at: dict[str, float] = page.evaluate(
        """([lon, lat]) => import('app/atlas.js').then(({ map }) => {
            const frame = map.getContainer().getBoundingClientRect();
            const { x, y } = map.latLngToContainerPoint([lat, lon]);
            return { x: frame.x + x, y: frame.y + y };
        })""",
        [lon, lat],
    )
    return at["x"], at["y"]


def click_map(page: Page, *places: tuple[float, float]) -> None:
    for lon, lat in places:
        x, y = point_of(page, lon, lat)
        page.mouse.move(x, y, steps=4)
        page.mouse.click(x, y)


def test_typed_conditions_become_an_address_a_sentence_a_list_and_marks(page: Page) -> None:
    ask(page, "/query")
    page.fill("#query-points_below", "80")
    page.fill("#query-complaint_days", "365")
    page.fill("#query-complaints_at_least", "1")
    page.click("#query-form .btn-primary")
    expect(page.locator("#query-words")).to_contain_text("评分低于 80，近 365 天投诉 ≥ 1 件")
    assert "points_below=80" in page.url
    assert "text=" not in page.url  # what is empty is not in the address
    n = found(page)
    assert page.locator("tbody tr").count() == min(n, 50)
    page.wait_for_function("n => import('app/atlas.js').then(({ marks }) => marks.result.size === n)", arg=n)

    page.go_back()
    expect(page.locator("#query-words")).to_contain_text("全市：共 300 个小区")
    page.wait_for_function("() => import('app/atlas.js').then(({ marks }) => marks.result.size === 0)")


@pytest.mark.parametrize("page", [DESK], ids=["desk"], indirect=True)
@pytest.mark.parametrize(
    ("tool", "corners", "argument"),
    [
        ("Rectangle", ((113.95, 22.66), (114.15, 22.8)), "area="),
        ("Polygon", ((113.95, 22.68), (114.15, 22.68), (114.05, 22.82), (113.95, 22.68)), "area="),
        ("Circle", ((114.05, 22.7), (114.12, 22.7)), "radius_m="),
    ],
)
def test_what_is_drawn_is_asked(
    page: Page, tool: str, corners: tuple[tuple[float, float], ...], argument: str
) -> None:
    ask(page, "/query?points_below=85")
    page.click("#query-conditions > summary")
    page.click(f"[data-draw={tool}]")
    expect(page.locator("#query-draw-hint")).to_be_visible()
    page.wait_for_function("() => window.L?.PM && window.map_atlas.pm?.globalDrawModeEnabled()")
    click_map(page, *corners)
    expect(page.locator("#query-words")).to_contain_text("范围内" if argument == "area=" else "以内")
    assert argument in page.url
    assert "points_below=85" in page.url  # the conditions stay
    assert 0 < found(page) < 300
    dashed = page.evaluate("document.querySelector('.query').dataset")
    assert dashed["area"] or dashed["radius"]


def test_escape_puts_the_pencil_down(page: Page) -> None:
    ask(page, "/query")
    page.click("[data-draw=Polygon]")
    expect(page.locator("[data-draw=Polygon]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Escape")
    expect(page.locator("[data-draw=Polygon]")).to_have_attribute("aria-pressed", "false")
    expect(page.locator("#query-draw-hint")).to_be_hidden()
    assert page.url.split("?")[0].endswith("/query")  # Escape did not close the drawer


def test_a_long_area_is_asked_by_its_key(page: Page) -> None:
    ask(page, "/query")
    page.click("#query-coordinates > summary")
    edge = [f"{WEST + at * (EAST - WEST) / 80:.5f},{SOUTH}" for at in range(80)]
    page.fill("#query-area", "\n".join([*edge, f"{EAST},{NORTH}", f"{WEST},{NORTH}"]))
    page.click("#query-form .btn-primary")
    expect(page.locator("#query-words")).to_contain_text("所画范围内")
    assert re.search(r"area_key=[a-z2-7]{20}", page.url)
    assert "area=" not in page.url
    assert found(page) > 250


def test_a_mistake_is_shown_at_its_field(page: Page) -> None:
    ask(page, "/query")
    page.click("#query-coordinates > summary")
    page.fill("#query-near", "114.05")
    page.fill("#query-radius_m", "500")
    page.click("#query-form .btn-primary")
    expect(page.locator("#query-error")).to_contain_text("中心点：114.05 不是 经度,纬度")
    expect(page.locator("#query-near")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#query-radius_m")).to_have_value("500")


def test_rows_and_map_light_up_together(page: Page) -> None:
    ask(page, "/query?points_below=60")
    row = page.locator("tbody tr").nth(2)
    row.hover()
    community = int(str(row.get_attribute("data-hover")))
    assert marked(page, "hover") == [community]
    page.evaluate(
        """id => import('app/atlas.js').then(({ emit }) =>
            emit('hover', { layer: { name: 'communities' }, feature: { id } }))""",
        community,
    )
    expect(row).to_have_class("is-hovered")


def test_what_was_asked_for_is_seen_without_moving_the_list(page: Page) -> None:
    for condition, column in (
        ("points_below=80", "points"),
        ("points_below=80", "band"),
        ("firm=物业", "firm"),
        ("kind=commodity", "kind"),
        ("not_inspected_days=1", "inspected"),
        ("complaints_at_least=1&complaint_days=365", "complaints"),
    ):
        ask(page, f"/query?{condition}")
        frame: Any = page.locator(".query-table").bounding_box()
        heading: Any = page.locator(f"thead .col-{column}").bounding_box()
        assert heading["x"] + heading["width"] <= frame["x"] + frame["width"], column


def test_the_file_equals_the_screen(page: Page, tmp_path: Path) -> None:
    ask(page, "/query?points_below=70&sort=-complaints")
    with page.expect_download() as download:
        page.click("text=CSV")
    target = tmp_path / "file.csv"
    download.value.save_as(target)
    with target.open(encoding="utf-8-sig", newline="") as stream:
        heading, *rows = list(csv.reader(stream))
    shown = page.locator("thead th:not(.pick)").all_inner_texts()
    assert heading == [*(text.strip() for text in shown), "其后的检查，不计入", "定位", "小区编号"]
    assert len(rows) == found(page)
    assert [row[0] for row in rows[:50]] == page.locator("tbody th").all_inner_texts()
    assert "云岭市（虚构）_评分低于 70" in download.value.suggested_filename


def test_the_basket_survives_sorting_and_leads_to_a_route(page: Page) -> None:
    ask(page, "/query?points_below=70")
    expect(page.locator("#query-basket")).to_be_hidden()
    page.locator("[data-stop]").nth(0).check()
    page.locator("[data-stop]").nth(3).check()
    ids = [page.locator("[data-stop]").nth(at).get_attribute("data-stop") for at in (0, 3)]
    expect(page.locator("#query-basket")).to_contain_text("已选 2 个小区")
    assert f"stops={ids[0]},{ids[1]}" in page.url
    page.click("thead .col-points a")
    expect(page.locator("thead .col-points")).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#query-basket")).to_contain_text("已选 2 个小区")
    assert str(page.locator("#query-basket-route").get_attribute("href")).endswith(f"stops={ids[0]},{ids[1]}")
    page.click("[data-basket-clear]")
    expect(page.locator("#query-basket")).to_be_hidden()
    assert "stops" not in page.url


def test_a_whole_page_fills_a_route_and_a_planned_one_empties_the_basket(page: Page) -> None:
    ask(page, "/query?points_below=100")
    page.click("[data-stop-all]")
    count = page.locator("#query-basket-count")
    expect(count).to_have_text("已选 40 个；一条路线最多 40 个，本页其余没有加入")
    expect(page.locator("[data-stop]:checked")).to_have_count(40)
    expect(page.locator("#query-basket-route")).to_have_attribute("href", re.compile("^/routes/new"))
    page.locator("[data-stop]:checked").nth(0).uncheck()
    expect(count).to_have_text("已选 39 个小区")
    page.click("[data-basket-clear]")
    page.locator("[data-stop]").nth(0).check()
    page.locator("[data-stop]").nth(1).check()
    page.click("#query-basket-route")
    page.wait_for_load_state("networkidle")
    page.click("#route-plan-button")
    expect(page.locator("[data-route]")).to_be_visible(timeout=20_000)
    sheet = str(page.locator(".route-files a[href$='/sheet']").get_attribute("href"))
    page.click(".rail a[href='/query']")
    expect(page.locator("#query-words")).to_be_visible()
    expect(page.locator("#query-basket")).to_be_hidden()
    expect(page.locator("[data-stop]:checked")).to_have_count(0)

    page.set_viewport_size(PHONE)
    page.goto(sheet)
    expect(page.locator("tbody tr").first).to_contain_text("1")
    parts = "[...document.querySelectorAll('main *')]"
    right = page.evaluate(f"Math.max(...{parts}.map((part) => part.getBoundingClientRect().right))")
    assert right <= PHONE["width"]
    expect(page.locator("tbody .sheet-time").first).to_have_attribute("data-label", re.compile("直线估算"))


def test_districts_and_streets_are_chosen_by_typing(page: Page) -> None:
    ask(page, "/query")
    district = page.locator("#query-districts option").last.inner_text()
    for field, typed in (("districts", district), ("streets", "街3")):
        page.click(f"#query-{field} + .ts-wrapper .ts-control")
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    page.click("#query-form .btn-primary")
    expect(page.locator("#query-words")).to_contain_text(f"{district}内，街3街道内")


def test_the_category_and_the_day_above_the_map_are_the_query_s(page: Page) -> None:
    ask(page, "/query?complaints_at_least=1&complaint_days=365")
    page.select_option("#category", "lift")
    expect(page.locator("#query-words")).to_contain_text("近 365 天“电梯”投诉 ≥ 1 件")
    expect(page.locator("#query-category")).to_have_value("lift")

    page.click("#as-of > summary")
    page.fill("#as-of-day", "2025-06-15")
    page.click("#as-of-form .btn-primary")
    expect(page.locator("#as-of summary")).to_have_text(re.compile("截至 2025-06-15"))
    expect(page.locator("#query-words + .query-note")).to_contain_text("其余截至 2025-06-15（所选日期）")
    assert {"category=lift", "as_of=2025-06-15"} <= set(page.url.partition("?")[2].split("&"))
    page.click("tbody th a >> nth=0")
    expect(page.locator("#drawer h3").filter(has_text="检查与整改")).to_contain_text("2025-06-15")
    assert "as_of=2025-06-15" in page.url
    page.click("#as-of > summary")
    page.keyboard.press("Escape")  # closes the panel, not the drawer
    expect(page.locator("#as-of-day")).to_be_hidden()
    expect(page.locator("body.drawer-open")).to_be_attached()
    page.click("#as-of > summary")
    page.click("#as-of-form [value=usual]")
    expect(page.locator("#as-of-form [value=usual]")).to_have_count(0)
    assert "/communities/" in page.url and "as_of" not in page.url


def test_what_is_typed_and_not_sent_outlives_quarter_language_day_and_a_look_elsewhere(page: Page) -> None:
    ask(page, "/query?points_below=95")
    page.click("#query-conditions > summary")
    page.fill("#query-text", "园")
    page.check("[name=bands] >> nth=0")
    typed = page.locator("#query-text")
    page.select_option("#category", "lift")
    expect(page.locator("#query-category")).to_have_value("lift")
    expect(typed).to_have_value("园")
    expect(typed).to_be_visible()
    for step, category in ((page.go_back, ""), (page.go_forward, "lift")):
        step()
        expect(page.locator("#query-category")).to_have_value(category)
        expect(typed).to_have_value("园")
    for language in ("en", "zh"):
        page.click(f"button[name=language][value={language}]")
        expect(page.locator(f"button[name=language][value={language}]")).to_have_count(0)
        expect(typed).to_have_value("园")
        expect(page.locator("[name=bands] >> nth=0")).to_be_checked()
        assert "text=" not in page.url  # nothing was asked by it
    page.click("#as-of > summary")
    page.fill("#as-of-day", "2026-01-15")
    page.click("#as-of-form .btn-primary")
    expect(page.locator("#as-of summary")).to_have_text(re.compile("2026-01-15"))
    expect(typed).to_have_value("园")
    page.click("tbody th a >> nth=0")
    expect(page.locator("#notice")).to_contain_text("没有发送")
    page.go_back()
    expect(typed).to_have_value("园")
    page.locator("#query-form").get_by_text("清空条件").click()
    expect(page.locator("#query-words")).to_contain_text("全市")
    expect(typed).to_have_value("")

    stop = page.locator("[data-stop]").nth(0).get_attribute("data-stop")
    page.goto(f"/routes/new?stops={stop}")
    page.fill("#route-day", "2099-06-03")
    page.uncheck("[name=back]")
    page.click("button[name=language][value=en]")
    expect(page.locator("#drawer h2")).to_have_text("Plan an inspection route")
    expect(page.locator("#route-day")).to_have_value("2099-06-03")
    expect(page.locator("[name=back]")).not_to_be_checked()
    page.click("button[name=language][value=zh]")


@pytest.mark.parametrize("page", [DESK, PHONE], ids=["desk", "phone"], indirect=True)
@pytest.mark.parametrize(
    "path", ["/query", "/query?points_below=70&near=114.1,22.6&radius_m=30000", "/query?near=x&radius_m=1"]
)
def test_axe_finds_nothing(page: Page, path: str) -> None:
    page.goto(path)
    expect(page.locator("#query-form, #query-words").first).to_be_attached()
    page.wait_for_load_state("networkidle")
    found: dict[str, Any] = Axe().run(page, context="#drawer-frame").response
    assert [(v["id"], [node["target"] for node in v["nodes"]]) for v in found["violations"]] == []


@pytest.mark.parametrize("page", [PHONE], ids=["phone"], indirect=True)
def test_on_a_phone_everything_is_big_enough_to_touch(page: Page) -> None:
    ask(page, "/query")
    page.wait_for_load_state("networkidle")
    small: list[str] = page.evaluate(
        """() => {
            const parts = "button, a, input:not([type=hidden]), select, summary, textarea";
            const label = "label.query-tick, label.query-choice, tbody th";
            const replaced = ".ts-wrapper, .ts-hidden-accessible";
            const touched = (part) => part.closest(label) ?? part;
            return [...document.querySelectorAll(".query :is(" + parts + ")")]
                .filter((part) => part.checkVisibility() && !part.closest(replaced))
                .filter((part) => touched(part).getBoundingClientRect().height < 43.5)
                .map((part) => part.outerHTML.slice(0, 120));
        }"""
    )
    assert small == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
