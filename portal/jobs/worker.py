"""The worker: works off the queues until it is stopped, whatever becomes of the database."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from uuid import UUID

import procrastinate
import psycopg
import psycopg_pool
from procrastinate.exceptions import ProcrastinateException
from sqlalchemy.exc import SQLAlchemyError

from portal.actions.operations.jobs import TASK
from portal.jobs.frame import Frame

HOUSEKEEPING = "default"
PATROL_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
STEADY_S = 60.0  # who worked so long begins again with the first pause
LAST_WORDS_S = 10.0  # for bodies to end when the worker has to
STALLED_S = 30.0  # without a sign of life a worker is dead

AWAY = (SQLAlchemyError, ProcrastinateException, psycopg.Error, psycopg_pool.PoolTimeout, OSError)

log = logging.getLogger("portal.jobs")


class Worker:
    """Works off the queues; reconnects when the database goes away.

    Parameters
    ----------
    make_queue
        Returns the queue's app, not open, with its periodic tasks.
    frame
        Runs jobs.
    patrol
        Called every few seconds for what else is to be looked after.
    """

    def __init__(
        self, make_queue: Callable[[], procrastinate.App], frame: Frame, patrol: Callable[[], None]
    ) -> None:
        self.make_queue, self.frame, self.patrol = make_queue, frame, patrol
        self._stopping = asyncio.Event()

    async def work_off(self) -> None:
        """Work until the queues are empty."""
        await self._patrol()
        queue = self._queue()
        async with queue.open_async():
            await queue.run_worker_async(
                wait=False, listen_notify=False, delete_jobs="successful", install_signal_handlers=False
            )

    async def work(self) -> None:
        """Work until a signal; between two connections to the database it waits longer and longer."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(len(self.frame.queues) + 4))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stop)
        pause = FIRST_PAUSE_S
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                await self._serve()
            except AWAY as error:
                log.warning("the database went away", extra={"error": type(error).__name__})
            if time.monotonic() - began > STEADY_S:
                pause = FIRST_PAUSE_S
            if not self._stopping.is_set():
                log.warning("connecting again in %.0f s", pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    def _queue(self) -> procrastinate.App:
        queue = self.make_queue()

        @queue.task(name=TASK)
        def run(job_id: str) -> None:
            self.frame.run(UUID(job_id))

        return queue

    async def _serve(self) -> None:
        """Work on one connection to the database until that breaks, or the worker shall stop."""
        # First of all, since it fails at once where the queue's pool would keep trying.
        await self._patrol()
        queue = self._queue()
        async with queue.open_async():
            log.info("working")
            await self._sweep(queue)
            # One for each queue: a long import does not keep a score waiting.
            parts = [
                asyncio.create_task(
                    queue.run_worker_async(
                        queues=[name],
                        name=name,
                        concurrency=1,
                        delete_jobs="successful",
                        install_signal_handlers=False,
                        stalled_worker_timeout=STALLED_S,
                    )
                )
                for name in (HOUSEKEEPING, *self.frame.queues)
            ]
            parts.append(asyncio.create_task(self._patrol_on(queue)))
            ending = asyncio.create_task(self._stopping.wait())
            try:
                done, _ = await asyncio.wait([*parts, ending], return_when=asyncio.FIRST_COMPLETED)
            finally:
                self.frame.stop()
                for part in (*parts, ending):
                    part.cancel()
                await asyncio.gather(*parts, ending, return_exceptions=True)
                self.frame.go_on()
            for part in done - {ending}:
                part.result()

    async def _patrol_on(self, queue: procrastinate.App) -> None:
        while True:
            await asyncio.sleep(PATROL_S)
            await self._patrol()
            await self._sweep(queue)

    async def _patrol(self) -> None:
        await asyncio.to_thread(self._look_around)

    def _look_around(self) -> None:
        self.frame.revive()
        self.patrol()

    async def _sweep(self, queue: procrastinate.App) -> None:
        """Forget what dead workers had taken from the queue: the jobs themselves were revived."""
        for stalled in await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
            with suppress(ProcrastinateException):
                await queue.job_manager.finish_job(
                    stalled, status=procrastinate.jobs.Status.FAILED, delete_job=True
                )

    def _stop(self) -> None:
        """End soon; a body that does not hear of it ends with the process, and is found again."""
        self._stopping.set()
        asyncio.get_running_loop().call_later(LAST_WORDS_S, os._exit, 0)
