"""The worker is killed while it looks into a file of 5,000 rows and imports it: as if nothing had been.

Each time the database holds all or nothing of the job, no reader outlives the worker, the next worker ends
the job or says what to do, and what it leaves is what an import leaves that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from portal.access import Viewer
from portal.actions import policy
from portal.actions.imports import uploads
from portal.actions.imports.undo import undo_import
from portal.actions.operations import job_runs, jobs
from portal.config import ROOT, Config
from portal.db import make_engine, make_session_factory
from portal.jobs.frame import Frame, Kind
from portal.jobs.kinds import IMPORT, KINDS, PREVIEW
from portal.models import Base, Community, UserAccount
from portal.services import Services
from portal.terms import JobState, Role
from portal.tianditu import Tianditu
from tests.conftest import Database
from tests.portal.rows import add, street

ROWS, PLANTED = 5_000, 200
PATIENCE_S = 60
SAID = {"subject": "complaints", "source": "hotline"}
# Jobs tell of themselves meanwhile; scores are made anew beside an import, whenever it has been quiet.
BESIDE = {"job", "service_score"}
ROWS_OF_ITS_OWN = {"data_version": "subject <> 'scores'", "audit": "subject NOT IN ('scores', 'jobs')"}
# What differs between two imports of the same file: when, under which number, with which nonce.
RESULT = (
    "SELECT md5(string_agg((to_jsonb(c) - '{id,repeat_of_id,address_encrypted,attributes_encrypted}'::text[])"
    "::text, '|' ORDER BY c.source_key)), count(*) FROM complaint c",
    "SELECT md5(string_agg(c.source_key || (to_jsonb(w) - '{id,complaint_id}'::text[])::text, '|'"
    " ORDER BY c.source_key)), count(*) FROM work_order w JOIN complaint c ON c.id = w.complaint_id",
    "SELECT counts, state, datum, file_sha256 FROM import_run WHERE state <> 'undone'",
    "SELECT r.row, r.field, r.severity, r.reason, r.remedy FROM import_reject r"
    " JOIN import_run i ON i.id = r.import_run_id AND i.state <> 'undone' ORDER BY 1, 2, 3, 4::text",
    "SELECT subject, shape, said FROM column_reading",
)


def hotline() -> bytes:
    """A year's records of a small town: every 25th without a moment that can be read."""
    lines = ["编号,受理时间,诉求小类,街道,小区名称,地址"]
    for n in range(ROWS):
        at = f"2025-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:30"
        when = "改日再说" if n % (ROWS // PLANTED) == 7 else at
        lines.append(
            f"{n},{when},{('电梯', '停车', '噪音')[n % 3]},{'东西'[n % 2]},{n % 40} 号院,{n % 40} 号院 {n} 室"
        )
    return "\n".join(lines).encode()


class Town:
    """A town with its clerk, and the file that is brought again and again."""

    def __init__(self, wired: Services, owner_url: str) -> None:
        self.wired, self.owner_url = wired, owner_url
        self.folder = wired.config.instance_dir
        with wired.sessions() as session:
            streets = [
                add(session, street(name, west, west + 0.05)) for name, west in (("东", 114.0), ("西", 114.1))
            ]
            for n in range(40):
                add(session, Community(name=f"{n} 号院", street_id=streets[n % 2], street_how="manual"))
            account = UserAccount(
                username="killed", password_hash="x", session_key="x", role=Role.CLERK, display_name="甲"
            )
            self.user_id = add(session, account)
            session.commit()
        self.viewer = Viewer(self.user_id, "killed", Role.CLERK)

    def ask(self, statement: str, *values: Any) -> list[Any]:
        with psycopg.connect(self.owner_url) as owner:
            return owner.execute(statement, values).fetchall()

    def bring(self) -> UUID:
        content = hotline()
        with self.wired.sessions() as session:
            key = uploads.begin(session, self.user_id, "热线.csv", len(content), 10)
            uploads.receive(session, self.folder, key, self.user_id, 0, content)
        return key

    def begin(self, kind: Kind, key: UUID) -> UUID:
        with self.wired.sessions() as session:
            if kind is PREVIEW:
                return uploads.look_into(session, kind, key, self.user_id, SAID)
            return uploads.confirm(session, kind, key, self.user_id)

    def job(self, job_id: UUID) -> dict[str, Any]:
        names = "state, attempt, error, remedy, finished_at - started_at"
        (row,) = self.ask(f"SELECT {names} FROM job WHERE id = %s", job_id)
        return dict(zip(("state", "attempt", "error", "remedy", "lasted"), row, strict=True))

    def wait_for(self, job_id: UUID, state: JobState, attempt: int = 1) -> dict[str, Any]:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            job = self.job(job_id)
            if job["state"] == state and job["attempt"] >= attempt:
                return job
            time.sleep(0.02)
        raise AssertionError(job)

    def rows(self) -> dict[str, Any]:
        """Return a digest of every table that a job may write."""
        digests = {}
        for table in Base.metadata.sorted_tables:
            if table.name not in BESIDE:
                where = ROWS_OF_ITS_OWN.get(table.name, "true")
                every = "md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                (digests[table.name],) = self.ask(f"SELECT {every} FROM {table.name} t WHERE {where}")
        return digests

    def result(self, key: UUID) -> dict[str, Any]:
        """Return what an import left, in the database and on the disk."""
        run_id = self.run_of(key)
        files = {
            path.name.removeprefix(str(run_id)): sha256(path.read_bytes()).hexdigest()
            for path in (self.folder / "imports").iterdir()
        }
        return {"files": files} | {statement: self.ask(statement) for statement in RESULT}

    def run_of(self, key: UUID) -> UUID:
        ((run_id,),) = self.ask("SELECT import_run_id FROM upload WHERE id = %s", key)
        assert isinstance(run_id, UUID)
        return run_id

    def undo(self, key: UUID) -> None:
        """Take the import back, and forget its files, so that those of the next stand alone."""
        with self.wired.sessions() as session:
            undo_import(session, self.run_of(key), self.user_id)
        for path in (self.folder / "imports").iterdir():
            path.unlink()
        self.ask("DELETE FROM column_reading RETURNING 1")


@dataclass(frozen=True)
class Undisturbed:
    """What an import leaves that nobody disturbs, and how long each job takes."""

    result: dict[str, Any]
    lasts_s: dict[str, float]


class Victims:
    """Workers in processes of their own, as `./run` starts them, one after the other."""

    def __init__(self, town: Town, database: Database, log: Path) -> None:
        self.town, self.log = town, log
        self.environment = {
            **os.environ,
            "PORTAL_DATABASE_URL": database.portal_url,
            "PORTAL_OWNER_DATABASE_URL": database.owner_url,
            "PORTAL_INSTANCE": str(town.folder),
            "PORTAL_SECRET_KEY": "x" * 48,
        }
        self.running: subprocess.Popen[bytes] | None = None
        self.hit = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                [sys.executable, "-m", "portal", "worker"], cwd=ROOT, env=self.environment, stderr=log
            )

    def kill(self) -> None:
        """Kill the worker, and wait until nothing of it is left: neither its readers nor its connections."""
        if self.running is None:
            return
        readers = children_of(self.running.pid)
        self.running.send_signal(signal.SIGKILL)
        self.running.wait()
        self.running = None
        self.town.wired.engine.dispose()
        theirs = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        until = time.monotonic() + PATIENCE_S
        while (left := self.town.ask(theirs)) and time.monotonic() < until:
            time.sleep(0.02)
        assert left == []
        while (alive := [pid for pid in readers if is_alive(pid)]) and time.monotonic() < until:
            time.sleep(0.02)
        assert alive == []

    def kill_during(self, job_id: UUID, after_s: float, attempt: int = 1) -> None:
        """Kill the worker so long after it began a job: all of the job is there then, or nothing."""
        before = self.town.rows()
        if self.running is None:
            self.start()
        self.town.wait_for(job_id, JobState.RUNNING, attempt)
        time.sleep(after_s)
        self.kill()
        if self.town.job(job_id)["state"] == JobState.RUNNING:
            self.hit += 1
            assert self.town.rows() == before


def children_of(pid: int) -> list[int]:
    """Return the processes that a process started, or any of its threads."""
    return [
        int(child)
        for listed in Path(f"/proc/{pid}/task").glob("*/children")
        for child in listed.read_text().split()
    ]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.fixture(scope="module")
def town(config: Config, own_database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    engine = make_engine(own_database.portal_url)
    sessions = make_session_factory(engine)
    with sessions() as session:
        policy.seed(session, ROOT / "data" / "city.toml")
    folder = tmp_path_factory.mktemp("instance")
    settings = replace(config, database_url=own_database.portal_url, instance_dir=folder)
    yield Town(Services(settings, engine, sessions, Tianditu("")), own_database.owner_url)
    engine.dispose()


@pytest.fixture(scope="module")
def undisturbed(town: Town) -> Undisturbed:
    key, frame, lasts_s = town.bring(), Frame(town.wired, KINDS), {}
    for kind in (PREVIEW, IMPORT):
        job_id = town.begin(kind, key)
        frame.run(job_id)
        job = town.job(job_id)
        assert job["state"] == JobState.DONE
        lasts_s[kind.code] = job["lasted"].total_seconds()
    result = town.result(key)
    assert town.ask("SELECT count(*) FROM complaint") == [(ROWS - PLANTED,)]
    assert sorted(result["files"]) == ["-rejects.csv", "-to-mend.csv"]
    town.undo(key)
    return Undisturbed(result, lasts_s)


@pytest.fixture
def victims(town: Town, own_database: Database, tmp_path: Path) -> Iterator[Victims]:
    made = Victims(town, own_database, tmp_path / "worker.log")
    yield made
    made.kill()
    print((tmp_path / "worker.log").read_text())  # noqa: T201 - shown when the test fails


def moments(lasts_s: float, n: int, seed: int) -> list[float]:
    """Return moments within a job in any order, one in each n-th of it."""
    dice = random.Random(seed)
    drawn = [(part + dice.random()) / n * lasts_s for part in range(n)]
    dice.shuffle(drawn)
    return drawn


def disturb(
    town: Town, victims: Victims, undisturbed: Undisturbed, rounds: Sequence[Sequence[float]]
) -> None:
    """Bring the file, and kill the worker at a moment of each of its two jobs, again and again."""
    for moments_s in rounds:
        key = town.bring()
        for kind, after_s in zip((PREVIEW, IMPORT), moments_s, strict=True):
            job_id = town.begin(kind, key)
            victims.kill_during(job_id, after_s)
            victims.start()
            assert town.wait_for(job_id, JobState.DONE)["error"] is None
        assert town.result(key) == undisturbed.result
        assert {path.name for path in (town.folder / "uploads").iterdir()} >= {
            str(key),
            f"{key}.preview.json",
        }
        town.undo(key)


def test_a_worker_killed_in_a_preview_and_in_an_import(
    town: Town, victims: Victims, undisturbed: Undisturbed
) -> None:
    lasts_s = undisturbed.lasts_s
    disturb(town, victims, undisturbed, [(0.4 * lasts_s["preview"], 0.8 * lasts_s["import"])])
    assert victims.hit >= 1


@pytest.mark.slow
def test_a_worker_killed_at_ten_moments(town: Town, victims: Victims, undisturbed: Undisturbed) -> None:
    drawn = [moments(undisturbed.lasts_s[kind.code], 5, seed) for seed, kind in ((8, PREVIEW), (9, IMPORT))]
    disturb(town, victims, undisturbed, list(zip(*drawn, strict=True)))
    assert victims.hit >= 7  # the others came too late: a job may last less long than it did


@pytest.mark.slow
def test_an_import_that_kills_each_worker_says_what_to_do_and_runs_again_when_told(
    town: Town, victims: Victims, undisturbed: Undisturbed
) -> None:
    key = town.bring()
    victims.start()
    town.wait_for(town.begin(PREVIEW, key), JobState.DONE)
    job_id = town.begin(IMPORT, key)
    drawn = moments(undisturbed.lasts_s["import"] / 2, job_runs.ATTEMPTS, 10)
    for attempt, after_s in enumerate(drawn, start=1):
        victims.kill_during(job_id, after_s, attempt)
    victims.start()
    job = town.wait_for(job_id, JobState.INTERRUPTED)
    assert "没有写入任何内容" in job["error"]["text"]
    assert "可以重新运行" in job["remedy"]["text"]
    with town.wired.sessions() as session:
        jobs.resume(session, town.viewer, IMPORT, job_id)
    town.wait_for(job_id, JobState.DONE)
    assert town.result(key) == undisturbed.result
    town.undo(key)
