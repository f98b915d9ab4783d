"""Numbers, moments, language."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from portal.web import formats
from tests.conftest import LogIn


def test_number_shows_a_dash_for_missing_and_never_zero() -> None:
    assert formats.number(None) == "—"
    assert formats.number(0) == "0"
    assert formats.number(1234.55, 1) in ("1,234.5", "1,234.6")


def test_moment_is_the_citys_time(app: Flask, log_in: LogIn, seeded: Session) -> None:
    with app.test_request_context():
        assert formats.moment(datetime(2025, 1, 1, 18, 0, tzinfo=UTC)) == "2025-01-02 02:00"
        assert formats.moment(None) == "—"


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
