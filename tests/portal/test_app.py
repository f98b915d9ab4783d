"""The wired portal: health, deny by default, login."""

from __future__ import annotations

import re
from dataclasses import replace

from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.app import create_app
from portal.config import ROOT, Config
from portal.db import SessionFactory


def test_every_route_declares_a_permission(app: Flask) -> None:
    undeclared = [name for name, view in app.view_functions.items() if not hasattr(view, "permission")]
    assert undeclared == []


def test_alive_without_database_and_ready_with_policy(client: FlaskClient, session: Session) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").status_code == 503
    policy.seed(session, ROOT / "data" / "city.toml")
    assert client.get("/readyz").json == {"status": "ready", "worker": "silent"}


def test_only_a_declared_proxy_is_believed(config: Config, app: Flask, sessions: SessionFactory) -> None:
    told = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "atlas.example",
    }
    engine = app.extensions["atlas"].engine
    behind = create_app(replace(config, proxy_hops=1, behind_tls=True), engine=engine, sessions=sessions)
    seen: dict[str, object] = {}
    for name, made in (("alone", app), ("behind", behind)):
        made.before_request(lambda name=name: seen.update({name: (request.remote_addr, request.url)}))
        made.test_client().get("/healthz", headers=told)
    assert seen["alone"] == ("127.0.0.1", "http://localhost/healthz")
    assert seen["behind"] == ("203.0.113.9", "https://atlas.example/healthz")


def test_behind_tls_the_cookie_is_secure_and_browsers_stay(
    config: Config, app: Flask, sessions: SessionFactory, seeded: Session
) -> None:
    engine = app.extensions["atlas"].engine
    behind = create_app(replace(config, proxy_hops=1, behind_tls=True), engine=engine, sessions=sessions)
    answer = behind.test_client().get("/login", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_behind_tls_a_form_from_another_site_is_refused(
    config: Config, app: Flask, sessions: SessionFactory, seeded: Session
) -> None:
    engine = app.extensions["atlas"].engine
    behind = create_app(replace(config, proxy_hops=1, behind_tls=True), engine=engine, sessions=sessions)
    browser = behind.test_client()
    told = {"X-Forwarded-Proto": "https"}
    page = browser.get("/login", headers=told).text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    form = {"csrf_token": found[1], "username": "x", "password": "y"}
    for referer, status in (("https://evil.example/", 400), ("https://localhost/login", 401)):
        answer = browser.post(
            "/login", data=form, headers=told | {"Referer": referer}, base_url="https://localhost"
        )
        assert answer.status_code == status
