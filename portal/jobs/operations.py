"""What the worker does: bodies of jobs, each calling one action."""

from __future__ import annotations

import logging

import procrastinate

from portal.actions import operations as keeping
from portal.db import SessionFactory

log = logging.getLogger("portal.jobs")


def register(queue: procrastinate.App, sessions: SessionFactory) -> None:
    """Tell ``queue`` which jobs there are and when the periodic ones run (UTC)."""

    @queue.periodic(cron="17 19 * * *")  # 03:17 in the city
    @queue.task(name="purge", queueing_lock="purge")
    def purge(timestamp: int) -> None:
        with sessions() as session:
            removed = keeping.purge(session)
        log.info("purged", extra={"job": "purge", "rows": sum(removed.values())})


async def work(queue: procrastinate.App, *, once: bool) -> None:
    """Work off the queue until stopped; with ``once`` until it is empty."""
    async with queue.open_async():
        await queue.run_worker_async(
            wait=not once, delete_jobs="successful", listen_notify=not once, install_signal_handlers=not once
        )
