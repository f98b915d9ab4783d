"""The worker survives the database, its jobs survive the worker."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from portal.actions.operations import jobs
from portal.config import ROOT
from portal.jobs.frame import Kind
from portal.services import Services
from tests.conftest import Database
from tests.portal.jobs.slow_worker import ASLEEP, SLOW, SLOW_ONCE, make_worker

PATIENCE_S = 60

Start = Callable[[], "subprocess.Popen[bytes]"]


@pytest.fixture
def start(own_database: Database, tmp_path: Path) -> Iterator[Start]:
    """Starts a worker in a process of its own."""
    running: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            made = subprocess.Popen(
                [sys.executable, "-m", "tests.portal.jobs.slow_worker", own_database.portal_url],
                cwd=ROOT,
                stderr=log,
            )
        running.append(made)
        return made

    yield begin
    for process in running:
        process.kill()
        process.wait()
    print((tmp_path / "worker.log").read_text())  # noqa: T201 - shown when the test fails


def begin(wired: Services, kind: Kind) -> UUID:
    with wired.sessions() as session:
        return jobs.begin(session, kind)


def look(owner_url: str, statement: str, *values: Any) -> Any:
    with psycopg.connect(owner_url) as owner:
        return owner.execute(statement, values).fetchall()


def job_of(database: Database, job_id: UUID) -> dict[str, Any]:
    names = "state, attempt, done, total, step, error, said"
    (row,) = look(database.owner_url, f"SELECT {names} FROM job WHERE id = %s", job_id)
    return dict(zip(names.split(", "), row, strict=True))


def wait_for(database: Database, job_id: UUID, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = job_of(database, job_id)
        if wanted(found):
            return found
        time.sleep(0.1)
    raise AssertionError(job_of(database, job_id))


def is_half_done(job: dict[str, Any]) -> bool:
    return job["state"] == "running" and (job["done"] or 0) >= 3


def rows_written(database: Database) -> int:
    (row,) = look(database.owner_url, "SELECT count(*) FROM login_attempt")
    return int(row[0])


def test_a_job_waits_runs_and_is_done(wired: Services, own_database: Database) -> None:
    job_id = begin(wired, SLOW)
    asyncio.run(make_worker(wired).work_off())
    job = job_of(own_database, job_id)
    assert (job["state"], job["attempt"]) == ("done", 1)
    assert rows_written(own_database) == 2
    assert look(own_database.owner_url, "SELECT count(*) FROM procrastinate_jobs") == [(0,)]


def test_a_killed_workers_job_runs_again_with_the_next(
    wired: Services, own_database: Database, start: Start
) -> None:
    first = start()
    job_id = begin(wired, SLOW)
    wait_for(own_database, job_id, is_half_done)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert rows_written(own_database) == 0
    began = time.monotonic()
    start()
    job = wait_for(own_database, job_id, lambda job: job["state"] == "done")
    assert job["attempt"] == 2
    assert rows_written(own_database) == 2
    assert time.monotonic() - began < 20  # nobody waits until the dead worker is given up


def test_a_killed_workers_job_that_cannot_run_again_says_what_to_do(
    wired: Services, own_database: Database, start: Start
) -> None:
    first = start()
    job_id = begin(wired, SLOW_ONCE)
    wait_for(own_database, job_id, is_half_done)
    first.send_signal(signal.SIGKILL)
    first.wait()
    start()
    job = wait_for(own_database, job_id, lambda job: job["state"] == "interrupted")
    assert "没有写入任何内容" in job["error"]["text"]
    assert rows_written(own_database) == 0


def test_a_worker_and_its_jobs_survive_their_connections(
    wired: Services, own_database: Database, start: Start
) -> None:
    worker = start()
    job_id = begin(wired, SLOW)
    wait_for(own_database, job_id, is_half_done)
    terminated = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    wired.engine.dispose()
    (row,) = look(own_database.owner_url.replace("atlas_test_owner", "atlas_test_portal"), terminated)
    assert row[0] >= 3
    job = wait_for(own_database, job_id, lambda job: job["state"] == "done")
    assert job["attempt"] == 2
    assert rows_written(own_database) == 2
    assert worker.poll() is None
    following = begin(wired, SLOW)
    wait_for(own_database, following, lambda job: job["state"] == "done")


def test_a_worker_that_is_asked_to_stop_gives_its_job_back(
    wired: Services, own_database: Database, start: Start
) -> None:
    worker = start()
    job_id = begin(wired, SLOW)
    wait_for(own_database, job_id, is_half_done)
    began = time.monotonic()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert time.monotonic() - began < 8
    job = job_of(own_database, job_id)
    assert (job["state"], job["attempt"]) == ("waiting", 0)
    start()
    wait_for(own_database, job_id, lambda job: job["state"] == "done")


def test_queues_run_side_by_side_and_each_in_order(
    wired: Services, own_database: Database, start: Start
) -> None:
    start()
    slow, behind, other = begin(wired, SLOW), begin(wired, SLOW), begin(wired, SLOW_ONCE)
    wait_for(own_database, slow, is_half_done)
    wait_for(own_database, other, lambda job: job["state"] == "running")
    assert job_of(own_database, behind)["state"] == "waiting"
    wait_for(own_database, behind, lambda job: job["state"] == "done")


def test_a_statement_is_broken_off_for_who_cancels(
    wired: Services, own_database: Database, start: Start
) -> None:
    start()
    job_id = begin(wired, ASLEEP)
    wait_for(own_database, job_id, lambda job: job["state"] == "running")
    with wired.sessions() as session:
        session.connection().exec_driver_sql("UPDATE job SET state = 'cancelling'")
        session.commit()
    job = wait_for(own_database, job_id, lambda job: job["state"] == "cancelled")
    assert job["error"] is None
