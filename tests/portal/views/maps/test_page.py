"""The map page: small, complete, nothing from elsewhere, nothing inline without a nonce."""

from __future__ import annotations

import re
from datetime import date

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import CityPolicy
from portal.terms import Role, Subject
from tests.conftest import LogIn, make_street
from tests.portal import map_city

MOST_BYTES = 30_000


@pytest.fixture
def leader(log_in: LogIn, seeded: Session) -> FlaskClient:
    map_city.build(seeded)
    return log_in(Role.LEADER)


def page_of(browser: FlaskClient) -> BeautifulSoup:
    return BeautifulSoup(browser.get("/").text, "html.parser")


def test_the_page_is_small_in_both_languages(leader: FlaskClient) -> None:
    for language in ("zh", "en"):
        leader.post("/language", data={"language": language})
        assert len(leader.get("/").data) <= MOST_BYTES


def test_scripts_are_files_or_carry_the_nonce(leader: FlaskClient) -> None:
    answer = leader.get("/")
    nonce = re.search(r"'nonce-([^']+)'", answer.headers["Content-Security-Policy"])
    assert nonce is not None
    for script in BeautifulSoup(answer.text, "html.parser").select("script"):
        data = script.get("type") == "application/json"
        assert data or script.get("src", "").startswith("/static/") or script.get("nonce") == nonce[1]  # type: ignore[union-attr]
    assert re.findall(r"\son\w+=|\sstyle=", answer.text) == []


def test_everything_comes_from_this_host_with_its_version(leader: FlaskClient) -> None:
    page = page_of(leader)
    addresses = [
        tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href], img[src]")
    ]
    assert addresses
    assert [a for a in addresses if not re.fullmatch(r"/static/\S+\?v=[0-9a-f]{12}", str(a))] == []


def test_every_control_has_a_name(leader: FlaskClient) -> None:
    page = page_of(leader)
    for control in page.select("button, a, select, input:not([type=hidden])"):
        label = page.select_one(f'label[for="{control.get("id")}"]') if control.get("id") else None
        assert control.get_text(strip=True) or control.get("aria-label") or label, control


def test_the_approval_number_is_shown_where_the_city_has_one(leader: FlaskClient, seeded: Session) -> None:
    assert page_of(leader).select(".approval") == []
    document = seeded.get_one(CityPolicy, 1).document
    head = {**document["city"], "map_approval_number": "粤S(2025)001号"}
    seeded.add(CityPolicy(version=2, effective_from=date(2025, 1, 1), document={**document, "city": head}))
    seeded.commit()
    approval = page_of(leader).select_one(".approval")
    assert approval is not None
    assert approval.get_text() == "审图号：粤S(2025)001号"


def test_an_empty_city_has_its_page_too(log_in: LogIn, seeded: Session) -> None:
    answer = log_in(Role.LEADER).get("/")
    assert answer.status_code == 200
    assert "73.5" in answer.text  # China


@pytest.mark.parametrize(
    ("role", "links"),
    [
        (Role.LEADER, []),
        (Role.CLERK, ["/data/import"]),
        (Role.ADMINISTRATOR, ["/administration/policy", "/data/import"]),
    ],
)
def test_an_empty_map_says_what_to_bring_first_the_settings_of_the_city(
    log_in: LogIn, seeded: Session, role: Role, links: list[str]
) -> None:
    browser = log_in(role)
    shown = page_of(browser).select_one(".map-empty")
    assert shown is not None
    steps = [step.get_text(" ", strip=True) for step in shown.select("li")]
    assert "城市政策" in steps[0] and "EPSG:32650" in steps[0] and "导入文件" in steps[1]
    assert [link["href"] for link in shown.select("a")] == links
    make_street(seeded)
    touch(seeded, [Subject.STREETS])
    seeded.commit()
    assert page_of(browser).select(".map-empty") == []
