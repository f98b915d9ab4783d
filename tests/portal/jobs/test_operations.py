"""Jobs run through the real queue: deferred, worked off, done."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker

from portal.db import driver_url
from portal.jobs import operations as jobs
from portal.models import LoginAttempt
from portal.queue import make_queue
from tests.conftest import MakeDatabase


def test_purge_runs_from_the_queue_as_the_portals_role(make_database: MakeDatabase) -> None:
    made = make_database()
    engine = create_engine(driver_url(made.portal_url))
    sessions = sessionmaker(engine)
    with sessions() as session:
        past = datetime.now(UTC) - timedelta(days=3)
        session.add(LoginAttempt(username_hash=b"old", address_hash=b"x", at=past))
        session.commit()
    queue = make_queue(made.portal_url)
    jobs.register(queue, sessions)

    async def defer_and_work() -> None:
        async with queue.open_async():
            await queue.tasks["purge"].defer_async(timestamp=0)
        await jobs.work(queue, once=True)

    asyncio.run(defer_and_work())
    with psycopg.connect(made.portal_url) as portal:
        assert portal.execute("SELECT count(*) FROM login_attempt").fetchone() == (0,)
        assert portal.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'").fetchone() == (
            0,
        )
    engine.dispose()
