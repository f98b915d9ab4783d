"""Security headers of pages and of data."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from tests.conftest import LogIn


def test_page_allows_no_inline_code_but_the_nonce(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get("/", headers={"Accept": "text/html"})
    policy = answer.headers["Content-Security-Policy"]
    nonce = re.search(r"'nonce-([^']+)'", policy)
    assert nonce is not None
    assert "unsafe" not in policy
    assert "http" not in policy
    inline = re.findall(r"<script(?![^>]*\bsrc=)([^>]*)>", answer.text)
    assert all(f'nonce="{nonce[1]}"' in tag or "application/json" in tag for tag in inline)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_nonce_differs_between_answers(client: FlaskClient, seeded: Session) -> None:
    first, second = (client.get("/login").headers["Content-Security-Policy"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    "address",
    ["/", "/account", "/search.json?q=x", "/query/matches.json", "/query.csv", "/nowhere.json", "/static/x"],
)
def test_no_cache_keeps_what_is_not_told_to(log_in: LogIn, address: str) -> None:
    assert "no-store" in log_in(Role.LEADER).get(address).headers["Cache-Control"]


@pytest.mark.parametrize("address", ["/layers/communities.geojson", "/tiles/base/9/418/222.mvt"])
def test_what_a_browser_keeps_is_its_own_and_asked_about(log_in: LogIn, address: str) -> None:
    answer = log_in(Role.LEADER).get(address)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in answer.headers["Vary"]


def test_the_session_is_in_no_answer_that_others_may_get(log_in: LogIn) -> None:
    browser = log_in(Role.LEADER)
    with browser.get("/static/app/app.css") as answer:
        assert answer.cache_control.public
        assert "Set-Cookie" not in answer.headers


def test_other_sites_may_neither_frame_nor_embed(log_in: LogIn) -> None:
    for address in ("/", "/layers/communities.geojson"):
        headers = log_in(Role.LEADER).get(address).headers
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "frame-ancestors 'none'" in log_in(Role.LEADER).get("/").headers["Content-Security-Policy"]


def test_a_foreign_host_header_leads_nowhere(client: FlaskClient, seeded: Session) -> None:
    answer = client.get("/query", headers={"Host": "evil.example", "Accept": "text/html"})
    assert answer.headers["Location"] == "/login?next=/query"


def test_data_are_sandboxed(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get("/layers/communities.geojson")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
