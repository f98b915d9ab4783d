"""Markup in names, in Chromium: shown as text on every page and on the map, and never run."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.actions import accounts, policy
from portal.config import ROOT
from portal.db import make_engine
from portal.models import (
    Community,
    CommunityAlias,
    CommunityGate,
    Complaint,
    Finding,
    Firm,
    ImportReject,
    ImportRun,
    Neighbourhood,
    Street,
)
from portal.terms import Role
from tests.browser.conftest import PASSWORD, Enter, Serve
from tests.conftest import MakeDatabase
from tests.portal import route_days
from tests.portal.two_streets import OWN_CENTRE, PERIOD, TwoStreets, add_secrets, build

pytestmark = pytest.mark.browser

RUNS = "window.ran=1"
MARKUP = f"""<img src=x onerror="{RUNS}">'"><svg onload={RUNS}></script><script>{RUNS}</script>%s%(x)s{{x}}"""
NAMES = (
    (Street, "name"),
    (Street, "district"),
    (Neighbourhood, "name"),
    (Community, "name"),
    (Community, "address"),
    (Community, "registered_street"),
    (Community, "kind"),
    (CommunityGate, "name"),
    (Firm, "name"),
    (Finding, "clause"),
    (Complaint, "reported_community"),
    (ImportRun, "file_name"),
    (ImportRun, "source"),
    (ImportRun, "datum_message"),
    (ImportReject, "reason"),
    (ImportReject, "remedy"),
)


@dataclass(frozen=True)
class Portal:
    """A served city in which every name holds markup, and addresses of its pages by account."""

    address: str
    town: TwoStreets
    pages: dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def portal(make_database: MakeDatabase, serve: Serve, city: City) -> Portal:
    database = make_database()
    engine = make_engine(database.portal_url)
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
        town = build(session)
        run_id = add_secrets(session, town)
        session.add(CommunityAlias(community_id=town.communities["甲安苑"], alias=f"又{MARKUP}"))
        for table, column in NAMES:
            # Some names are keys, so that each begins with its number.
            spoilt = f"{column}{MARKUP}" if table in (Finding, Complaint, ImportReject) else None
            rows = session.query(table).filter(getattr(table, column).is_not(None)).all()
            for number, row in enumerate(rows):
                session.execute(
                    update(table).where(table.id == row.id).values({column: spoilt or f"{number}{MARKUP}"})
                )
        session.commit()
        for role in (Role.CLERK, Role.ADMINISTRATOR):
            accounts.create(session, role, MARKUP, role, PASSWORD)
        accounts.create(session, "street", MARKUP, Role.STREET, PASSWORD, street_id=town.own)
        admin = accounts.create(session, f"x{MARKUP}"[:80], MARKUP, Role.ADMINISTRATOR, PASSWORD)
        viewer = Viewer(admin.id, admin.username, Role.ADMINISTRATOR)
        route_id = route_days.plan(session, city, viewer, [town.communities["乙安苑"]])
    engine.dispose()
    there, nowhere, firm = town.communities["乙安苑"], town.communities["乙无位"], town.firm
    everyone = (
        f"/?period={PERIOD}",
        f"/communities/{there}?period={PERIOD}",
        f"/communities/{nowhere}",
        "/streets",
        f"/streets/{town.other}",
        f"/firms/{firm}",
        f"/query?period={PERIOD}&firm_id={firm}&streets={town.other}&near=114.05,22.45&radius_m=90000",
        f"/query?text={MARKUP}&firm={MARKUP}&kind={MARKUP}&sort={MARKUP}",
    )
    queues = (
        "/data",
        "/data/unlocated",
        "/data/unnamed",
        "/data/unplaced-complaints?all=1",
        "/data/jurisdictions",
    )
    pages = {
        "clerk": (
            *queues,
            f"/data/communities/{there}",
            f"/data/communities/{nowhere}",
            "/data/imports",
            f"/data/imports/{run_id}",
        ),
        "administrator": (
            *everyone,
            "/administration",
            "/administration/audit",
            "/account",
            "/routes",
            f"/routes/new?stops={there}&start_name={MARKUP}&start_at={MARKUP}&day={MARKUP}",
            f"/routes/{route_id}",
            f"/routes/{route_id}/sheet",
        ),
        "street": (*everyone, *queues),
    }
    return Portal(serve(database), town, pages)


def harmless(page: Page) -> list[str]:
    """Return what of the markup became part of the page."""
    found: list[str] = page.evaluate(
        """() => [
            ...(window.ran ? ["it ran"] : []),
            ...[...document.querySelectorAll("img[src='x'], [onerror], [onload]")].map((it) => it.outerHTML),
        ]"""
    )
    return found


@pytest.mark.parametrize("username", ["clerk", "administrator", "street"])
def test_markup_in_names_is_text_on_every_page(enter: Enter, portal: Portal, username: str) -> None:
    page, shown = enter(portal.address, username), 0
    for path in portal.pages[username]:
        page.goto(path)
        expect(page.locator("main")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert harmless(page) == [], path
        shown += page.locator("main").inner_text().count("<img src=x")
    assert shown > 10


def test_markup_in_names_is_text_on_the_map_and_in_the_search(enter: Enter, portal: Portal) -> None:
    page = enter(portal.address, "administrator")
    page.goto(f"/?period={PERIOD}")
    page.wait_for_function("() => performance.getEntriesByName('atlas:drawn').length > 0")
    page.evaluate(
        """([lon, lat]) => import('app/atlas.js')
            .then(({ map }) => map.setView([lat, lon], 16, { animate: false }) && undefined)""",
        list(OWN_CENTRE),
    )
    frame = page.locator(".leaflet-container").bounding_box()
    assert frame is not None
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(300)
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2, steps=5)
    expect(page.locator(".tip-name")).to_contain_text("<img src=x")
    page.fill("#search-box", "onerror")
    expect(page.locator("#search-list .result-name").first).to_contain_text("<img src=x")
    assert harmless(page) == []
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2")).to_contain_text("<img src=x")
    assert harmless(page) == []
