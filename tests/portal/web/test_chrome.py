"""What every page shares: rail by role, formats, versioned files, language."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask, url_for
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from portal.web import chrome
from tests.conftest import LogIn


def test_number_shows_a_dash_for_missing_and_never_zero() -> None:
    assert chrome.number(None) == "—"
    assert chrome.number(0) == "0"
    assert chrome.number(1234.55, 1) in ("1,234.5", "1,234.6")


def test_rail_shows_each_role_its_own(log_in: LogIn) -> None:
    assert 'href="/administration"' not in log_in(Role.LEADER).get("/account").text
    assert 'href="/administration"' in log_in(Role.ADMINISTRATOR).get("/account").text


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", ["/"]),
        ("/query?points_below=70", ["/query"]),
        ("/data/unlocated", ["/data"]),
        ("/data", ["/data"]),
        ("/administration/audit", ["/administration"]),
        ("/account", []),
        ("/streets", []),
        ("/database", []),
    ],
)
def test_the_rail_marks_where_one_is(log_in: LogIn, address: str, current: list[str]) -> None:
    answer = log_in(Role.ADMINISTRATOR).get(address, headers={"Accept": "text/html"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert [link["href"] for link in page.select(".rail [aria-current=page]")] == current


def test_static_files_carry_their_content_in_the_address(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        address = url_for("static", filename="app/app.css")
    assert "?v=" in address
    with client.get(address) as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_moment_is_the_citys_time(app: Flask, log_in: LogIn, seeded: Session) -> None:
    with app.test_request_context():
        assert chrome.moment(datetime(2025, 1, 1, 18, 0, tzinfo=UTC)) == "2025-01-02 02:00"
        assert chrome.moment(None) == "—"


def test_every_page_says_that_the_sample_city_is_fictional(log_in: LogIn) -> None:
    browser = log_in(Role.ADMINISTRATOR)
    for address in ("/account", "/administration", "/administration/audit", "/nowhere"):
        assert "虚构示例数据" in browser.get(address, headers={"Accept": "text/html"}).text


def test_pages_before_the_login_say_so_too(client: FlaskClient, seeded: Session) -> None:
    for address in ("/login", "/nowhere"):
        assert "虚构示例数据" in client.get(address, headers={"Accept": "text/html"}).text


def test_the_login_page_stands_without_a_policy(client: FlaskClient, session: Session) -> None:
    answer = client.get("/login")
    assert answer.status_code == 200
    assert "虚构示例数据" not in answer.text
