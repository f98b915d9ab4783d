"""Health: alive without a database, ready only with one."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.config import Config
from portal.db import make_engine, make_session_factory
from portal.views.operations import health


def test_ready_with_policy(client: FlaskClient, seeded: Session) -> None:
    assert client.get("/readyz").json == {"status": "ready", "worker": "silent"}


def test_ready_says_whether_a_worker_was_heard_of(client: FlaskClient, seeded: Session) -> None:
    seeded.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    assert client.get("/readyz").json == {"status": "ready", "worker": "alive"}


def test_not_ready_where_the_schema_is_of_another_version(
    client: FlaskClient, seeded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "newest_schema", lambda: "9999")
    answer = client.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503
    assert answer.json is not None
    assert "9999" in answer.json["detail"]
    assert "db upgrade" in answer.json["remedy"]


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


def test_not_ready_where_the_disk_is_full(
    client: FlaskClient, seeded: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(health.shutil, "disk_usage", lambda folder: SimpleNamespace(free=3 * 2**20 + 5))
        answer = client.get("/readyz")
    assert answer.status_code == 503 and "门户所在的磁盘只剩 3 MB" in answer.text

    def refuse(session: Session) -> None:
        session.execute(text("DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"))

    monkeypatch.setattr(health.checks, "write_something", refuse)
    answer = client.get("/readyz", headers={"Accept": "application/json"})
    assert answer.status_code == 503 and answer.json is not None
    assert answer.json["detail"] == "数据库所在的磁盘已满，没有保存任何内容"
    assert "腾出磁盘空间" in answer.json["remedy"]
