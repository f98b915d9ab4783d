"""Jobs run through the real queue: deferred, worked off, done."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from geo.policy.city import City
from portal.actions.imports import uploads
from portal.db import driver_url
from portal.jobs import operations as jobs
from portal.models import LoginAttempt
from portal.queue import make_queue
from tests.conftest import MakeDatabase


@pytest.mark.parametrize(("at", "left"), [("03:17", 0), ("04:17", 1), ("02:59", 1)])
def test_purge_runs_from_the_queue_at_night_in_the_city(
    make_database: MakeDatabase, city: City, tmp_path: Path, at: str, left: int
) -> None:
    """As the portal's role; the zone is one that is neither UTC nor this machine's."""
    there = replace(city, timezone="Asia/Urumqi")
    timestamp = datetime.fromisoformat(f"2025-06-03T{at}:00+06:00").timestamp()
    made = make_database()
    engine = create_engine(driver_url(made.portal_url))
    sessions = sessionmaker(engine)
    with sessions() as session:
        past = datetime.now(UTC) - timedelta(days=3)
        session.add(LoginAttempt(username_hash=b"old", address_hash=b"x", at=past))
        session.commit()
    queue = make_queue(made.portal_url)
    (tmp_path / uploads.FOLDER).mkdir()
    orphan = uploads.path_of(tmp_path, uuid.uuid4())
    orphan.touch()
    jobs.register(queue, sessions, lambda session: there, tmp_path)

    async def defer_and_work() -> None:
        async with queue.open_async():
            await queue.tasks["purge"].defer_async(timestamp=int(timestamp))
            await queue.run_worker_async(wait=False, install_signal_handlers=False, delete_jobs="successful")

    asyncio.run(defer_and_work())
    assert orphan.exists() == bool(left)
    with psycopg.connect(made.portal_url) as portal:
        assert portal.execute("SELECT count(*) FROM login_attempt").fetchone() == (left,)
        assert portal.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'").fetchone() == (
            0,
        )
    engine.dispose()
