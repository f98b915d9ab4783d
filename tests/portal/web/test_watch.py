"""Each request leaves one line: id, route, status, time, SQL."""

from __future__ import annotations

import io
import json

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from portal import logs
from portal.terms import Role
from tests.conftest import LogIn


@pytest.fixture
def lines(app: Flask) -> io.StringIO:
    stream = io.StringIO()
    logs.set_up("INFO", stream)
    yield stream
    logs.set_up("ERROR")


def test_line_tells_route_sql_and_id_but_no_query(log_in: LogIn, seeded: Session, lines: io.StringIO) -> None:
    browser = log_in(Role.LEADER)
    lines.truncate(0)
    lines.seek(0)
    answer = browser.get("/layers/communities.geojson?category=lift")
    (line,) = [json.loads(text) for text in lines.getvalue().splitlines()]
    assert line["route"] == "/layers/<name>.geojson"
    assert line["status"] == 200
    assert line["sql_count"] > 0
    assert line["sql_ms"] <= line["ms"]
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["user_id"] > 0
    assert "lift" not in json.dumps(line)


def test_a_page_without_login_names_nobody(app: Flask, seeded: Session, lines: io.StringIO) -> None:
    app.test_client().get("/login")
    (line,) = [json.loads(text) for text in lines.getvalue().splitlines()]
    assert "user_id" not in line
