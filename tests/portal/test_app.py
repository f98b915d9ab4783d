"""The wired portal: health, deny by default, login."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.config import ROOT


def test_every_route_declares_a_permission(app: Flask) -> None:
    undeclared = [name for name, view in app.view_functions.items() if not hasattr(view, "permission")]
    assert undeclared == []


def test_alive_without_database_and_ready_with_policy(client: FlaskClient, session: Session) -> None:
    assert client.get("/healthz").json == {"status": "alive"}
    assert client.get("/readyz").status_code == 503
    policy.seed(session, ROOT / "data" / "city.toml")
    assert client.get("/readyz").json == {"status": "ready"}
