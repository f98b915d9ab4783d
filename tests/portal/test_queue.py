"""The queue's app speaks to the portal's own database."""

from __future__ import annotations

import asyncio

from portal.queue import make_queue
from tests.conftest import Database


def test_queue_opens_on_the_portals_database(database: Database) -> None:
    queue = make_queue(database.portal_url)

    async def connected() -> bool:
        async with queue.open_async():
            return await queue.check_connection_async()

    assert asyncio.run(connected())
