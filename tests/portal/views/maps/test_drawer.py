"""The map page around what is in hand, and the drawer alone for a page already open."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Community
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return map_city.build(seeded)


@pytest.fixture
def leader(log_in: LogIn, town: SmallCity) -> FlaskClient:
    return log_in(Role.LEADER)


def test_the_whole_page_holds_what_the_fragment_is(leader: FlaskClient, town: SmallCity) -> None:
    address = f"/communities/{town.communities['安华苑']}?period={PERIOD}"
    whole, part = leader.get(address), leader.get(address, headers=FRAGMENT)
    assert whole.text.startswith("<!doctype html>")
    assert "<html" not in part.text
    drawer = BeautifulSoup(whole.text, "html.parser").select_one("#drawer article")
    alone = BeautifulSoup(part.text, "html.parser").select_one("article")
    assert drawer is not None
    assert str(drawer) == str(alone)


def test_only_what_was_made_for_the_drawer_says_so(leader: FlaskClient, town: SmallCity) -> None:
    address = f"/communities/{town.communities['安华苑']}?period={PERIOD}"
    assert leader.get(address, headers=FRAGMENT).headers["X-Part"] == "drawer"
    mistaken = leader.get("/query?points_below=many", headers=FRAGMENT)
    assert (mistaken.status_code, mistaken.headers["X-Part"]) == (422, "drawer")
    for other in (leader.get(address), leader.get("/communities/999999", headers=FRAGMENT)):
        assert "X-Part" not in other.headers


def test_a_form_that_comes_back_leaves_its_page_where_it_is(log_in: LogIn, town: SmallCity) -> None:
    address = f"/data/communities/{town.communities['安华苑']}"
    clerk = log_in(Role.CLERK)
    refused = clerk.post(f"{address}/name", data={"name": ""}, headers=FRAGMENT)
    assert (refused.status_code, refused.headers["HX-Replace-Url"]) == (422, "false")
    assert "HX-Replace-Url" not in clerk.get(address, headers=FRAGMENT).headers


def test_both_say_what_they_are_about(leader: FlaskClient, town: SmallCity) -> None:
    address = f"/communities/{town.communities['安华苑']}"
    for headers in ({}, FRAGMENT):
        page = BeautifulSoup(leader.get(address, headers=headers).text, "html.parser")
        assert page.title is not None
        assert page.title.get_text(strip=True) == "安华苑 · 物业一张图"


def test_a_title_with_markup_is_text(leader: FlaskClient, seeded: Session, town: SmallCity) -> None:
    name = "</title><script>alert(1)</script>"
    seeded.get_one(Community, town.communities["安华苑"]).name = name
    seeded.commit()
    for headers in ({}, FRAGMENT):
        text = leader.get(f"/communities/{town.communities['安华苑']}", headers=headers).text
        assert "<script>alert" not in text
        assert "&lt;/title&gt;&lt;script&gt;" in text


def test_the_back_button_gets_the_drawer_alone(leader: FlaskClient) -> None:
    headers = {**FRAGMENT, "HX-History-Restore-Request": "true"}
    assert "<html" not in leader.get("/streets", headers=headers).text


def test_with_nothing_in_hand_the_drawer_is_closed(leader: FlaskClient) -> None:
    page = BeautifulSoup(leader.get("/").text, "html.parser")
    assert page.select_one("#drawer [data-nothing]") is not None
