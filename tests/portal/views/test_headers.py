"""Security headers of pages and of data."""

from __future__ import annotations

import re

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


def test_data_are_sandboxed(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get("/layers/communities.geojson")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
