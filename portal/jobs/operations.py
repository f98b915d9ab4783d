"""Housekeeping: what is done each night."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import procrastinate
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.actions.imports import uploads
from portal.actions.operations import purge as keeping
from portal.db import SessionFactory

NIGHT = 3  # o'clock in the city

log = logging.getLogger("portal.jobs")


def register(
    queue: procrastinate.App, sessions: SessionFactory, city: Callable[[Session], City], folder: Path
) -> None:
    """Tell ``queue`` which periodic tasks there are; ``folder`` is the instance folder.

    The queue's times are UTC. So a nightly task is due every hour, and does its work in
    the hour that is `NIGHT` in the city.
    """

    @queue.periodic(cron="17 * * * *")
    @queue.task(name="purge", queueing_lock="purge")
    def purge(timestamp: int) -> None:
        with sessions() as session:
            if datetime.fromtimestamp(timestamp, city(session).zone).hour != NIGHT:
                return
            removed = keeping.purge(session)
            removed["uploads"] = uploads.forget_old(session, folder)
        log.info("purged", extra={"job": "purge", "rows": sum(removed.values())})
