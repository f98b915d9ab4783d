"""Two writes at the same time, the second of which waits for the first."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

Write = Callable[[Session], object]

_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def overlap(engine: Engine, first: Write, second: Write) -> None:
    """Run ``second`` while the transaction of ``first`` is open; commit that once ``second`` waits for it.

    Raises
    ------
    Exception
        Whatever ``second`` raises.
    """

    def run_second() -> None:
        with Session(engine) as session:
            second(session)
            session.commit()

    with ThreadPoolExecutor(1) as pool, Session(engine) as session:
        first(session)
        running = pool.submit(run_second)
        deadline = time.monotonic() + 10
        while not _is_waiting(engine) and time.monotonic() < deadline:
            time.sleep(0.02)
        waited = not running.done()
        session.commit()
        running.result(10)
    assert waited


def _is_waiting(engine: Engine) -> bool:
    with engine.connect() as connection:  # anew each time: a transaction sees one state of the activity
        return bool(connection.scalar(_WAITING))
