"""A worker with a slow kind of job: as `./run portal worker`, for tests that kill it.

``python -m tests.portal.jobs.slow_worker URL`` works until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import replace

import psycopg
from sqlalchemy import func, insert, select

from geo.texts import Phrase
from portal import logs
from portal.config import Config
from portal.db import make_engine, make_session_factory
from portal.jobs import worker
from portal.jobs.frame import Frame, Kind, Outcome, Work
from portal.jobs.worker import Worker
from portal.models import LoginAttempt
from portal.queue import make_queue
from portal.services import Services
from portal.tianditu import Tianditu

STEPS, STEP_S = 12, 0.15


def write_slowly(work: Work) -> Outcome:
    """Write one row at the beginning and one at the end."""
    for n in (0, 1):
        work.session.execute(insert(LoginAttempt).values(username_hash=b"slow", address_hash=b"%d" % n))
        work.session.commit()
        for done in range(STEPS):
            work.say("第 {n} 遍", done, STEPS, n=n)
            time.sleep(STEP_S)
    return Outcome(Phrase("写了 {n} 行", n=2), "maps.page", {}, {"rows": 2})


def sleep_in_sql(work: Work) -> Outcome:
    """Hear of nothing until the database answers."""
    work.session.execute(select(func.pg_sleep(60)))
    return Outcome(Phrase("睡醒了"))


SLOW = Kind(code="slow", name="慢任务", queue="slow", limit=2, body=write_slowly)
SLOW_ONCE = replace(SLOW, code="slow_once", queue="once", resumable=False)
ASLEEP = replace(SLOW, code="asleep", queue="asleep", body=sleep_in_sql)
KINDS = {kind.code: kind for kind in (SLOW, SLOW_ONCE, ASLEEP)}


def make_worker(services: Services) -> Worker:
    """Return a worker for these kinds."""
    url = str(services.config.database_url)
    return Worker(lambda: make_queue(url), Frame(services, KINDS), patrol=lambda: None)


def forget_jobs(owner_url: str) -> None:
    """Remove what other tests left."""
    with psycopg.connect(owner_url) as owner:
        owner.execute("TRUNCATE job, procrastinate_jobs, procrastinate_workers, login_attempt CASCADE")


def main(url: str) -> None:
    """Work until ended."""
    logs.set_up("INFO")
    worker.PATROL_S = 1.0
    engine = make_engine(url)
    config = replace(Config.from_environ({}), database_url=url, secret_key="x" * 48)
    services = Services(config, engine, make_session_factory(engine), Tianditu(""))
    asyncio.run(make_worker(services).work())


if __name__ == "__main__":
    main(sys.argv[1])
