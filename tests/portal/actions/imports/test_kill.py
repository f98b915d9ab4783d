"""An import killed half-way leaves the database as before, and a re-run completes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.config import ROOT
from portal.db import driver_url
from tests.conftest import Database, MakeDatabase

ROWS = 2_000
# The tests' databases are copies of one: their tables have the same numbers.
LOCKS_HERE = "FROM pg_locks WHERE database = (SELECT oid FROM pg_database WHERE datname = current_database())"


@pytest.fixture
def database(make_database: MakeDatabase) -> Database:
    made = make_database()
    engine = create_engine(driver_url(made.portal_url))
    with Session(engine) as session:
        policy.seed(session, ROOT / "data" / "city.toml")
    engine.dispose()
    return made


@pytest.fixture
def complaints(tmp_path: Path) -> Path:
    path = tmp_path / "hotline.csv"
    lines = [f"{n},2025-03-01 08:00:00,电梯,12345,西街 {n} 号" for n in range(ROWS)]
    path.write_text("\n".join(["id,create_time,sub_type_name,来源,地址", *lines]), "utf-8")
    return path


def start(database: Database, path: Path, instance: Path) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PORTAL_DATABASE_URL": database.portal_url,
        "PORTAL_OWNER_DATABASE_URL": database.owner_url,
        "PORTAL_INSTANCE": str(instance),
        "PORTAL_SECRET_KEY": "x" * 48,
    }
    command = [sys.executable, "-m", "portal", "import", "complaints", str(path)]
    return subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def counts(watcher: psycopg.Connection[tuple[object, ...]]) -> list[object]:
    tables = ("complaint", "work_order", "import_run", "import_reject", "audit", "data_version")
    return [watcher.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]


def wait_until_stuck(watcher: psycopg.Connection[tuple[object, ...]]) -> None:
    """Wait until the import has written its rows and stands before the locked table."""
    stuck = f"SELECT count(*) {LOCKS_HERE} AND NOT granted AND relation = 'data_version'::regclass"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if watcher.execute(stuck).fetchone() == (1,):
            return
        time.sleep(0.05)
    pytest.fail("the import did not come to its last step")


def test_kill_9_half_way(database: Database, complaints: Path, tmp_path: Path) -> None:
    with (
        psycopg.connect(database.owner_url) as blocker,
        psycopg.connect(database.owner_url, autocommit=True) as watcher,
    ):
        before = counts(watcher)
        # Raising the data version is the last write of an import: all rows are in by then.
        blocker.execute("LOCK TABLE data_version IN EXCLUSIVE MODE")
        process = start(database, complaints, tmp_path / "instance")
        try:
            wait_until_stuck(watcher)
            written = watcher.execute(
                f"SELECT count(*) {LOCKS_HERE} AND relation = 'complaint'::regclass"
                " AND mode = 'RowExclusiveLock' AND granted"
            ).fetchone()
            assert written == (1,)
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        blocker.rollback()
        idle = (
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid NOT IN (%s, %s)"
        )
        ours = (watcher.info.backend_pid, blocker.info.backend_pid)
        while watcher.execute(idle, ours).fetchone() != (0,):
            time.sleep(0.05)
        assert counts(watcher) == before

        again = start(database, complaints, tmp_path / "instance")
        said, _ = again.communicate(timeout=120)
        assert again.returncode == 0, said.decode()
        assert "新增 2,000" in said.decode()
        assert watcher.execute("SELECT count(*) FROM complaint").fetchone() == (ROWS,)
        assert watcher.execute("SELECT state FROM import_run").fetchall() == [("done",)]
