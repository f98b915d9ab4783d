"""Health: alive without a database, ready only with one."""

from __future__ import annotations

from dataclasses import replace

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.db import make_engine, make_session_factory


def test_ready_with_policy(client: FlaskClient, seeded: Session) -> None:
    assert client.get("/readyz").json == {"status": "ready"}


def test_alive_but_not_ready_without_database(config: Config) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", pooled=False)
    app = create_app(replace(config), engine=engine, sessions=make_session_factory(engine))
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert "127.0.0.1" not in answer.text
    engine.dispose()
