"""Where the map looks, and what covers it: legend, drawer, names, marks; tiles at every zoom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect
from sqlalchemy.orm import Session

from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.terms import Role
from tests.browser.conftest import DESK, PASSWORD, PHONE, Enter, Serve
from tests.conftest import Database, MakeDatabase
from tests.portal import map_city
from tests.portal.small_city import SmallCity

pytestmark = pytest.mark.browser

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
COVERS = (".map-tools", ".map-legend", ".map-buttons", ".map-foot", "#drawer-frame")
APPROVAL = "粤S（2025）00123号"
ANHUA = (114.05, 22.5)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080600000"
    "01f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
# Which pixels of names and marks a place has: their opacity in a square around it.
INK_AT = """([lon, lat, dx, dy, reach]) => {
  const canvas = document.querySelector(".map-overlay");
  const frame = map_atlas.getContainer().getBoundingClientRect();
  const box = canvas.getBoundingClientRect();
  const at = map_atlas.latLngToContainerPoint([lat, lon]);
  const scale = canvas.width / box.width;
  const [x, y] = [frame.x + at.x - box.x + dx - reach, frame.y + at.y - box.y + dy - reach];
  const side = 2 * reach * scale;
  const { data } = canvas.getContext("2d").getImageData(x * scale, y * scale, side, side);
  return data.filter((_, i) => i % 4 === 3 && data[i] > 0).length;
}"""

FETCHED = (
    """(part) => performance.getEntriesByType("resource").filter(({ name }) => name.includes(part)).length"""
)


@pytest.fixture(scope="module")
def database(
    make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Database, SmallCity]:
    """The small city with a number of map approval."""
    made = make_database()
    rules = (ROOT / "data" / "city.toml").read_text("utf-8")
    own = tmp_path_factory.mktemp("policy") / "city.toml"
    own.write_text(rules.replace('map_approval_number = ""', f'map_approval_number = "{APPROVAL}"'), "utf-8")
    engine = make_engine(made.portal_url, pooled=False)
    with Session(engine) as session:
        policy.seed(session, own)
        city = map_city.build(session)
        accounts.create(session, "leader", "领导", Role.LEADER, PASSWORD)
        english = accounts.create(session, "english", "Leader", Role.LEADER, PASSWORD)
        accounts.set_language(session, english.id, "en")
        session.commit()
    engine.dispose()
    return made, city


@pytest.fixture(scope="module")
def address(database: tuple[Database, SmallCity], serve: Serve) -> str:
    return serve(database[0])


def drawn(page: Page, path: str = "/") -> Page:
    """Open a page and wait until nothing is on its way any more."""
    page.goto(path)
    expect(page.locator("#legend summary")).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    return page


def window_box(page: Page, west: float, south: float, east: float, north: float) -> dict[str, float]:
    """Return where a box in degrees lies in the window."""
    box: dict[str, float] = page.evaluate(
        """([west, south, east, north]) => {
          const frame = map_atlas.getContainer().getBoundingClientRect();
          const a = map_atlas.latLngToContainerPoint([north, west]);
          const b = map_atlas.latLngToContainerPoint([south, east]);
          return { x: frame.x + a.x, y: frame.y + a.y, width: b.x - a.x, height: b.y - a.y };
        }""",
        [west, south, east, north],
    )
    return box


def assert_uncovered(page: Page, box: dict[str, float]) -> None:
    frame: Any = page.locator(".folium-map").bounding_box()
    assert frame["x"] <= box["x"] <= box["x"] + box["width"] <= frame["x"] + frame["width"]
    assert frame["y"] <= box["y"] <= box["y"] + box["height"] <= frame["y"] + frame["height"]
    for cover in COVERS:
        other = page.locator(cover).bounding_box()
        if other is None:
            continue
        beside = other["x"] >= box["x"] + box["width"] or other["x"] + other["width"] <= box["x"]
        apart = other["y"] >= box["y"] + box["height"] or other["y"] + other["height"] <= box["y"]
        assert beside or apart, cover


@SIZES
@pytest.mark.parametrize("username", ["leader", "english"])
def test_the_whole_city_is_seen_beside_the_legend(
    enter: Enter, address: str, size: ViewportSize, username: str
) -> None:
    page = drawn(enter(address, username, size))
    city = window_box(page, 114.02, 22.4, 114.18, 22.6)
    assert_uncovered(page, city)
    page.evaluate("map_atlas.setView([22, 113], 9, { animate: false })")
    page.click("[data-map=home]")
    again = window_box(page, 114.02, 22.4, 114.18, 22.6)
    assert_uncovered(page, again)
    assert again["width"] == pytest.approx(city["width"], abs=2)


@SIZES
def test_an_area_that_is_asked_for_is_covered_by_nothing(
    enter: Enter, address: str, size: ViewportSize
) -> None:
    page = enter(address, "leader", size)
    drawn(page, "/query?area=114.04,22.49;114.07,22.49;114.07,22.51;114.04,22.51")
    expect(page.locator("#query-words")).to_contain_text("2 个小区")
    assert_uncovered(page, window_box(page, 114.04, 22.49, 114.07, 22.51))


def test_a_link_made_on_a_desk_shows_on_a_phone_what_it_is_about(enter: Enter, address: str) -> None:
    query = "/query?area=114.04,22.49;114.07,22.49;114.07,22.51;114.04,22.51"
    desk = drawn(enter(address, "leader"), query)
    desk.evaluate("map_atlas.setView([22.5, 114.02], 13, { animate: false })")
    desk.wait_for_url(re.compile("at=114.02"))
    phone = drawn(enter(address, "leader", PHONE), desk.url)
    assert_uncovered(phone, window_box(phone, 114.04, 22.49, 114.07, 22.51))

    again = drawn(enter(address, "leader"), desk.url)
    assert again.evaluate("[map_atlas.getCenter().lng, map_atlas.getZoom()]") == [
        pytest.approx(114.02, abs=1e-4),
        13,
    ]


def test_a_link_made_on_a_phone_looks_the_same_on_a_phone(enter: Enter, address: str) -> None:
    query = "/query?area=114.04,22.49;114.07,22.49;114.07,22.51;114.04,22.51"
    first = drawn(enter(address, "leader", PHONE), query)
    first.evaluate("map_atlas.setView([22.5, 114.3], 14, { animate: false })")
    first.wait_for_url(re.compile("at=114.3.*,14,phone"))
    second = drawn(enter(address, "leader", PHONE), first.url)
    assert second.evaluate("[map_atlas.getCenter().lng, map_atlas.getZoom()]") == [
        pytest.approx(114.3, abs=1e-4),
        14,
    ]


@pytest.mark.parametrize("zoom", ["11.5", "12.75", "10.3"])
def test_between_two_zooms_every_tile_is_there(enter: Enter, address: str, zoom: str) -> None:
    page = enter(address, "leader")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/tiles/" in request.url else None)
    drawn(page, f"/?at=114.05,22.5,{zoom}")
    assert asked
    assert {len(re.findall(r"/\d+/\d+/\d+\.mvt", url)) for url in asked} == {1}
    assert page.evaluate("map_atlas.getZoom()") == round(float(zoom) * 4) / 4
    page.mouse.move(*centre(window_box(page, *ANHUA, *ANHUA)))
    expect(page.locator(".tip")).to_contain_text("安华苑")


def test_between_two_zooms_no_seam_shows(enter: Enter, address: str) -> None:
    page = drawn(enter(address, "leader"), "/?at=114.082,22.5,13.75")
    sides = page.evaluate(
        """() => [...document.querySelectorAll("canvas.leaflet-tile")].filter(({ width }) => width > 1)
            .map((tile) => [tile.coords.x, tile.coords.y, tile.getBoundingClientRect()])
            .map(([x, y, { left, right }]) => [x, y, left, right])"""
    )
    ends = {(x, y): right for x, y, _, right in sides}
    overlaps = [ends[x - 1, y] - left for x, y, left, _ in sides if (x - 1, y) in ends]
    assert overlaps
    assert all(1 <= overlap < 3 for overlap in overlaps)


def centre(box: dict[str, float]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("zoom", ["15", "15.5", "17"])
def test_the_name_of_a_community_stands_beside_its_dot(enter: Enter, address: str, zoom: str) -> None:
    page = drawn(enter(address, "leader"), f"/?at=114.05,22.5,{zoom}")
    assert page.evaluate(INK_AT, [*ANHUA, 0, 0, 4]) == 0
    assert page.evaluate(INK_AT, [*ANHUA, 0, 16, 8]) > 20


@pytest.mark.parametrize("username", ["leader", "english"])
def test_source_and_approval_are_read_in_full_on_a_phone(
    enter: Enter, address: str, username: str, database: tuple[Database, SmallCity]
) -> None:
    page = enter(address, username, PHONE)
    for path in ("/", f"/communities/{database[1].communities['安华苑']}"):
        drawn(page, path)
        expect(page.locator(".approval")).to_contain_text(APPROVAL)
        for part in (".approval", "#attribution"):
            box: Any = page.locator(part).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= PHONE["width"]
            for at in (box["x"] + 8, box["x"] + box["width"] - 8):
                hit = page.evaluate(
                    "([x, y]) => document.elementFromPoint(x, y)?.closest('#map-foot') !== null",
                    [at, box["y"] + box["height"] / 2],
                )
                assert hit, part


def test_where_tianditu_is_silent_the_roads_are_shown(
    enter: Enter, database: tuple[Database, SmallCity], serve: Serve
) -> None:
    page = enter(serve(database[0], PORTAL_TIANDITU_KEY="key"), "leader", failing="503")
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/tiles/tianditu/**", refuse)
    drawn(page, "/?at=114.05,22.5,14")
    expect(page.locator("#notice")).to_contain_text("天地图暂时没有应答")
    expect(page.locator("#attribution")).to_have_text("虚构道路")
    expect(page.locator("img.leaflet-tile")).to_have_count(0)
    assert page.evaluate(FETCHED, "roads=1") > 0

    page.unroute("**/tiles/tianditu/**")
    page.route("**/tiles/tianditu/**", lambda route: route.fulfill(body=PICTURE, content_type="image/png"))
    page.click("#layers-button")
    page.get_by_label("影像").check()
    expect(page.locator("#attribution")).to_have_text("底图 © 天地图")
    expect(page.locator("img.leaflet-tile").first).to_be_visible()
    assert all("/img/" not in url for url in asked)
