"""From a query over west Futian to a route along real roads: chosen, planned, read, printed, taken along."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.policy.city import City
from portal.actions import accounts, policy
from portal.actions.imports.files import FileImport, Means, import_file
from portal.config import ROOT
from portal.db import make_engine
from portal.models import Street
from portal.privacy import Cipher
from portal.readers.limits import ReadLimits
from portal.terms import Role, Subject
from tests.browser.conftest import PASSWORD, PHONE, Enter, Serve
from tests.conftest import MakeDatabase
from tests.portal import route_days

pytestmark = [pytest.mark.browser, pytest.mark.realdata]

FILES = (
    (Subject.ROADS, "futian_roads.osm.pbf", None),
    (Subject.STREETS, "streets_gcj02.geojson", Datum.GCJ02),
    (Subject.COMMUNITIES, "futian_communities_bd09.csv", Datum.BD09),
)
WEST_FUTIAN = "114.00,22.52;114.06,22.52;114.06,22.57;114.00,22.57"
STOPS = 12
SHORT_VISIT = "20"  # minutes: twelve of them fit one day
LABEL = "不含实时路况"
# The pixels of names below each mark that names keep clear of.
INK_UNDER_SPOTS = """() => import("app/atlas.js").then(({ map, spots }) => {
  const canvas = document.querySelector(".map-overlay");
  const frame = map.getContainer().getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const scale = canvas.width / box.width;
  return [...spots.values()].flat().map(({ at }) => {
    const { x, y } = map.latLngToContainerPoint(at);
    const corner = [(frame.x + x - box.x - 4) * scale, (frame.y + y - box.y - 4) * scale];
    const { data } = canvas.getContext("2d").getImageData(...corner, 8 * scale, 8 * scale);
    return data.filter((value, i) => i % 4 === 3 && value > 0).length;
  });
})"""
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def futian(
    real_data: Path,
    make_database: MakeDatabase,
    serve: Serve,
    city: City,
    tmp_path_factory: pytest.TempPathFactory,
) -> str:
    """Address of a portal with Futian's roads, the city's streets and the 42 named communities."""
    database = make_database()
    limits = ReadLimits(max_upload_mb=200, reader_memory_mb=2048, reader_cpu_seconds=120)
    means = Means(city, Cipher.from_secret("x" * 48), limits, tmp_path_factory.mktemp("imports"))
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        for subject, name, datum in FILES:
            path = real_data / "shenzhen" / name
            import_file(session, FileImport(subject=subject, path=path, datum=datum), means)
        street_id = session.scalar(select(Street.id).where(Street.name == "沙头"))
        for name, role in (
            ("inspector", Role.INSPECTOR),
            ("colleague", Role.INSPECTOR),
            ("leader", Role.LEADER),
        ):
            accounts.create(session, name, "王建国", role, PASSWORD)
        accounts.create(session, "street", "街道", Role.STREET, PASSWORD, street_id=street_id)
    engine.dispose()
    return serve(database)


@pytest.fixture(scope="module")
def roadless(make_database: MakeDatabase, serve: Serve) -> tuple[str, str]:
    """Address of a portal without roads, and the ids of its communities as a link wants them."""
    database = make_database()
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        accounts.create(session, "inspector", "王建国", Role.INSPECTOR, PASSWORD)
        ids = route_days.add_communities(session)
        session.commit()
    engine.dispose()
    return serve(database), ",".join(map(str, ids))


def choose(page: Page, n: int) -> list[str]:
    """Query west Futian, tick the first ``n`` named communities, open the form; return their names."""
    page.goto(f"/query?area={WEST_FUTIAN}")
    ticks = page.locator("[data-stop]")
    expect(ticks.nth(n - 1)).to_be_visible()
    names = [str(ticks.nth(i).get_attribute("data-stop-name")) for i in range(n)]
    for i in range(n):
        ticks.nth(i).check()
    page.click("#query-basket-route")
    expect(page.locator(".route-chosen li")).to_have_count(n)
    return names


def plan(page: Page) -> None:
    """Send the form and wait for the route, drawn."""
    page.click("#route-plan-button")
    expect(page.locator("[data-route]")).to_be_visible(timeout=20_000)
    expect(page.locator(".route-marker").first).to_be_visible()


def open_planned(page: Page, minutes: str = SHORT_VISIT) -> str:
    """Plan the usual day and return the address of its route."""
    choose(page, STOPS)
    page.fill("#route-visit", minutes)
    plan(page)
    return page.url.partition("?")[0]


def lines_on_the_map(page: Page) -> list[dict[str, int]]:
    """Return corners and dashes of the coloured lines (the canvas has no elements to look at)."""
    lines: list[dict[str, int]] = page.evaluate(
        """() => import("app/atlas.js").then(({ map }) => {
            const found = [];
            map.eachLayer((layer) => layer instanceof L.Polyline && found.push(layer));
            const ways = found.filter(({ options }) => options.color !== "#ffffff");
            return ways.map((way) => ({ corners: way.getLatLngs().length, dashed: !!way.options.dashArray }));
        })"""
    )
    return lines


def legend_of_the_route(page: Page) -> str:
    """Return what the legend says of the line, as it is seen: within the legend and not cut."""
    words = page.locator(".route-legend > span:nth-child(2)")
    expect(words).to_be_visible()
    cut = "(one) => one.scrollWidth > one.clientWidth || one.closest('.map-legend').scrollWidth > innerWidth"
    assert not words.evaluate(cut)
    return words.inner_text()


def violations(page: Page, context: str) -> list[tuple[str, list[object]]]:
    page.wait_for_load_state("networkidle")
    found = Axe().run(page, context=context, options=WCAG).response["violations"]
    return [(breach["id"], [node["target"] for node in breach["nodes"]]) for breach in found]


def test_from_a_query_to_a_route_along_real_roads(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    names = choose(page, STOPS)
    page.select_option("#route-start", "point")
    page.fill("#route-start-name", "住建局")
    page.fill("#route-start-at", "114.0285,22.5390")
    page.fill("#route-visit", SHORT_VISIT)
    plan(page)

    shown = page.locator(".route-stop")
    expect(shown).to_have_count(STOPS)
    assert sorted(page.locator(".route-stop .route-name").all_inner_texts()) == sorted(names)
    assert page.locator(".route-dropped").count() == 0
    expect(page.locator(".route-totals")).to_contain_text(f"站点{STOPS}")
    via = page.locator(".route-leg").all_inner_texts()
    assert len(via) == STOPS + 1
    assert sum("经 " in text for text in via) >= STOPS - 2
    assert len({road for text in via for road in re.findall(r"[\u4e00-\u9fff]+[路道街]", text)}) > 8

    for place in (".route-label", ".route-of-totals", ".route-head", ".route-legend"):
        expect(page.locator(place)).to_contain_text(LABEL)
    expect(page.locator(".route-marker")).to_have_count(STOPS)
    lines = lines_on_the_map(page)
    assert len(lines) >= STOPS
    assert {line["dashed"] for line in lines} == {False}
    assert sum(line["corners"] for line in lines) > 10 * STOPS  # roads bend, straight lines do not


def test_a_link_made_on_a_desk_shows_the_route_on_a_phone(enter: Enter, futian: str) -> None:
    desk = enter(futian, "inspector")
    open_planned(desk)
    desk.wait_for_url(re.compile("at="))
    phone = enter(futian, "inspector", PHONE)
    phone.goto(desk.url)
    expect(phone.locator(".route-marker")).to_have_count(STOPS)
    phone.wait_for_url(re.compile("at=.*,phone"))
    covers = [phone.locator(part).bounding_box() for part in ("#drawer-frame", "#legend", ".map-tools")]
    for marker in phone.locator(".route-marker").all():
        box: Any = marker.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        assert 0 <= x <= PHONE["width"]
        for cover in filter(None, covers):
            within = cover["x"] < x < cover["x"] + cover["width"]
            assert not (within and cover["y"] < y < cover["y"] + cover["height"])

    again = enter(futian, "inspector")
    again.goto(desk.url)
    expect(again.locator(".route-marker")).to_have_count(STOPS)
    assert re.findall("at=[^&]*", again.url) == re.findall("at=[^&]*", desk.url)


def test_what_is_chosen_hides_no_name(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    choose(page, 8)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    inks = page.evaluate(INK_UNDER_SPOTS)
    assert len(inks) > 8
    assert set(inks) == {0}


def test_the_route_is_its_owners(enter: Enter, futian: str) -> None:
    address = open_planned(enter(futian, "inspector"))
    for username, status in (("colleague", 404), ("leader", 403), ("street", 403)):
        page = enter(futian, username)
        for tail in ("", "/sheet", ".geojson"):
            assert page.request.get(address + tail).status == status
        rail = page.locator(".rail a", has_text="巡查")
        assert rail.count() == (1 if username == "colleague" else 0)


def test_the_sheet_and_the_files(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    address = open_planned(page)
    for kind in ("gpx", "csv", "xlsx", "geojson"):
        with page.expect_download() as download:
            page.click(f".route-files a[href$='.{kind}']")
        name = download.value.suggested_filename
        assert re.fullmatch(rf"云岭市（虚构）_巡查路线_\d{{8}}-[0-9A-F]{{6}}\.{kind}", name)
        assert download.value.path().stat().st_size > 500
    with page.expect_popup() as popup:
        page.click(".route-files a[href$='/sheet']")
    sheet = popup.value
    expect(sheet.locator("h1")).to_have_text("物业服务巡查路线单")
    expect(sheet.locator("tbody .sheet-order", has_text=re.compile(r"^\d+$"))).to_have_count(STOPS)
    expect(sheet.locator("thead th").nth(1)).to_contain_text(LABEL)
    expect(sheet.locator("[data-print]")).to_be_visible()
    assert violations(sheet, "body") == []
    sheet.emulate_media(media="print")
    expect(sheet.locator(".sheet-tools")).to_be_hidden()
    assert sheet.url == f"{address}/sheet"


def test_list_and_map_light_up_together(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    open_planned(page)
    page.locator("#stop-3 .route-name").hover()
    expect(page.locator(".route-marker.is-hovered")).to_have_text("3")
    page.locator(".route-icon[aria-label^='第 5 站']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#stop-5 .route-name")).to_be_focused()
    page.locator("#stop-5 .route-name").click()
    expect(page.locator("[data-community]")).to_be_visible()
    expect(page.locator(".route-marker")).to_have_count(0)
    page.go_back()
    expect(page.locator(".route-marker")).to_have_count(STOPS)
    page.click("#layers-button")
    page.get_by_label("我的巡查路线").check()
    expect(page).to_have_url(re.compile("overlays=[^&]*routes"))


def test_the_form_keeps_what_was_typed(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    names = choose(page, 4)
    page.select_option("#route-start", "point")
    page.fill("#route-start-name", "住建局")
    page.fill("#route-start-at", "114.0285")
    page.click("#route-plan-button")
    expect(page.locator("#route-error")).to_be_focused()
    expect(page.locator("#route-error-start_at")).to_contain_text("114.0285 不是 经度,纬度")
    assert page.input_value("#route-start-name") == "住建局"
    assert "/routes/new" in page.url

    page.locator(".route-remove").nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".route-chosen li")).to_have_count(3)
    expect(page.locator("#route-removed")).to_have_text(f"已移除 {names[1]}，还有 3 个小区")
    expect(page.locator(".route-remove").nth(1)).to_be_focused()
    assert page.input_value("#route-start-name") == "住建局"
    page.reload()
    expect(page.locator(".route-chosen li")).to_have_count(3)


def test_the_start_is_picked_on_the_map(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    choose(page, 4)
    page.select_option("#route-start", "point")
    page.click("#route-pick")
    expect(page.locator("#route-pick-hint")).to_contain_text("Esc")
    page.keyboard.press("Escape")
    expect(page.locator("#route-pick")).to_be_focused()
    expect(page.locator(".route-form")).to_be_visible()
    page.click("#route-pick")
    page.mouse.click(600, 450)
    expect(page.locator("#route-start-at")).to_have_value(re.compile(r"^11\d\.\d{6},22\.\d{6}$"))
    expect(page.locator(".route-terminus.start")).to_be_visible()
    assert page.input_value("#route-start-name") == ""
    assert "/routes/new" in page.url  # the click chose a point and opened no card


def test_what_does_not_fit_leads_to_another_day(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    open_planned(page, "60")
    planned = page.locator(".route-stop").count()
    dropped = page.locator(".route-dropped li").count()
    assert planned + dropped == STOPS
    assert dropped > 0
    expect(page.locator(".route-dropped li").first).to_contain_text("当日班次内排不下")
    page.click(".route-dropped .btn")
    expect(page.locator(".route-chosen li")).to_have_count(dropped)


def test_without_roads_everything_says_so(enter: Enter, roadless: tuple[str, str]) -> None:
    address, ids = roadless
    page = enter(address, "inspector")
    page.goto(f"/routes/new?stops={ids}")
    plan(page)
    for place in (".route-label", ".route-of-totals", ".route-head", ".route-legend"):
        expect(page.locator(place)).to_contain_text("直线估算，非路网")
    assert {line["dashed"] for line in lines_on_the_map(page)} == {True}
    page.set_viewport_size(PHONE)
    assert legend_of_the_route(page) == "巡查路线 · 直线估算，非路网"
    times = page.locator(".route-stop > .route-eta").all_inner_texts()
    assert len(times) == 3
    assert all(int(time.partition(":")[2]) % 15 == 0 for time in times)


def test_axe_finds_nothing(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector")
    page.goto("/routes")
    assert violations(page, "#drawer-frame") == []
    choose(page, STOPS)
    page.wait_for_load_state("networkidle")
    page.evaluate("drawer.scrollTop = drawer.scrollHeight")  # where the button's bar covers no row
    assert violations(page, "#drawer-frame") == []
    page.fill("#route-visit", "60")
    plan(page)
    assert violations(page, "#drawer-frame") == []
    assert violations(page, ".folium-map") == []


def test_on_a_phone_the_next_stop_comes_first(enter: Enter, futian: str) -> None:
    page = enter(futian, "inspector", PHONE)
    open_planned(page)
    card = page.locator(".route-next")
    expect(card.locator(".route-next-name")).to_be_in_viewport()
    expect(card).to_contain_text(LABEL)
    assert legend_of_the_route(page) == f"巡查路线 · {LABEL}"
    first = card.locator(".route-next-name").inner_text()
    card.get_by_text("完成，去下一站").click()
    expect(page.locator("#route-next-title")).to_contain_text(f"2 / {STOPS}")
    assert card.locator(".route-next-name").inner_text() != first
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    small = page.evaluate(
        """() => [...document.querySelectorAll("#drawer a, #drawer button")]
            .map((part) => ({ part, box: part.getBoundingClientRect() }))
            .filter(({ part, box }) => box.height && box.height < 44)
            .map(({ part, box }) => `${part.className} ${part.textContent.trim()} ${box.height}`)"""
    )
    assert small == []
    assert violations(page, "#drawer-frame") == []
