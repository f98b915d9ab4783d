"""The job queue: procrastinate on the portal's own PostGIS."""

from __future__ import annotations

import procrastinate


def make_queue(database_url: str) -> procrastinate.App:
    """Return the queue's app on ``database_url`` (libpq form); open it before use."""
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=database_url))
