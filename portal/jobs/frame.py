"""The frame of work that takes long. A new kind is a body and a line in `portal.jobs.kinds`.

A **body** takes its `Work` and returns an `Outcome`, or raises a `SpokenError`, which its user reads::

    def work_out(work: Work) -> Outcome:
        work.say(N_("读取"), 0, 200)               # a step, and how many of how many
        for n, one in enumerate(…):
            work.say(N_("读取"), n, 200)           # as often as you like; raises when it shall end
        done = action(work.session, …)            # its commits hold when the body has returned
        return Outcome(Phrase(N_("写入 {n}"), n=done.n), "imports.run", {"number": done.run_id})

Such a body is one transaction with the job's own end: it may be killed at any moment, and runs again or is
marked as interrupted. Outside of the database it may only leave what a second run leaves again. It need
not fear another run of the same job. Between two calls of `say` lie at most some seconds, or SQL, which
is broken off for it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any
from uuid import UUID

import psycopg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.actions.operations import job_runs
from portal.actions.operations.job_runs import Cancelled, Claim, Outcome, Progress, Stopped
from portal.actions.operations.jobs import Terms
from portal.services import Services
from portal.terms import JobState

__all__ = ["Cancelled", "Frame", "Kind", "Outcome", "Stopped", "Terms", "Work"]

BEAT_S = 1.0

log = logging.getLogger("portal.jobs")


@dataclass(eq=False)
class Work:
    """What a body works with.

    Parameters
    ----------
    session
        Its transaction: actions may commit in it, which holds when the body has returned.
    services
        The wired portal: policy, cipher, settings.
    arguments
        As given to `portal.actions.operations.jobs.begin`.
    user_id
        Who asked, None for the portal itself.
    """

    session: Session
    services: Services
    arguments: Mapping[str, Any]
    user_id: int | None
    _progress: Progress = field(default_factory=Progress)
    _ended: Event = field(default_factory=Event)
    _stopped: bool = False

    def say(self, step: str, done: int | None = None, total: int | None = None, /, **params: object) -> None:
        """Say how far it is; costs nothing, and is seen within a second.

        Parameters
        ----------
        step
            A phrase, or a marked text filled from ``params``.
        done, total
            How many of how many, from the step's beginning: the remaining time follows from them.

        Raises
        ------
        Cancelled
            Somebody cancelled the job.
        Stopped
            The worker has to end.
        """
        phrase = step if isinstance(step, Phrase) else Phrase(step, **params)
        if done is None or total is None or total <= 0:
            self._progress = Progress(phrase)
        else:
            self._progress = Progress(phrase, min(max(done, 0), total), total)
        self.check()

    def check(self) -> None:
        """Raise as `say` does, where there is nothing to say."""
        if self._ended.is_set():
            raise Stopped if self._stopped else Cancelled

    @property
    def ended(self) -> Event:
        """Set as soon as the body shall end, for what waits on something else than the database."""
        return self._ended

    def end(self, *, stopped: bool) -> None:
        """Let the body end; what it does in SQL is broken off."""
        if not self._ended.is_set():
            self._stopped = stopped
            self._ended.set()


Body = Callable[[Work], Outcome]


@dataclass(frozen=True, kw_only=True)
class Kind(Terms):
    """A kind of job: its terms and its body."""

    body: Body


class Frame:
    """Runs jobs of the given kinds.

    Parameters
    ----------
    services
        The wired portal.
    kinds
        By code.
    """

    def __init__(self, services: Services, kinds: Mapping[str, Kind]) -> None:
        self.services, self.kinds = services, kinds
        self._running: set[Work] = set()
        self._stopping = False

    @property
    def queues(self) -> list[str]:
        """The names of all queues."""
        return sorted({kind.queue for kind in self.kinds.values()})

    def run(self, job_id: UUID) -> None:
        """Run a job; whatever goes wrong is told with the job, or found by `revive`."""
        if self._stopping:  # the next worker finds that nobody heard of it
            return
        try:
            state = job_runs.perform(self.services.engine, job_id, self._body, resumable=self._resumable)
        except SQLAlchemyError as error:
            log.warning("a job lost its database", extra={"job": str(job_id), "error": type(error).__name__})
            return
        if state is not None:
            log.info("job %s", state, extra={"job": str(job_id)})

    def revive(self) -> None:
        """Find jobs that died with their worker or database connection, and those that nobody heard of."""
        for job_id, state in job_runs.revive(self.services.sessions, self.kinds).items():
            log.warning("found a job that was broken off: now %s", state, extra={"job": str(job_id)})

    def stop(self) -> None:
        """Let all bodies end soon; what can run again does so with the next worker."""
        self._stopping = True
        for work in list(self._running):
            work.end(stopped=True)

    def go_on(self) -> None:
        """Run jobs again after `stop`."""
        self._stopping = False

    def _resumable(self, claim: Claim) -> bool:
        return claim.kind in self.kinds and self.kinds[claim.kind].resumable

    def _body(self, session: Session, claim: Claim) -> Outcome:
        work = Work(session, self.services, claim.arguments, claim.user_id)
        if claim.kind not in self.kinds:  # of another version of the portal
            raise Stopped
        with self._watched(work, claim):
            return self.kinds[claim.kind].body(work)

    @contextmanager
    def _watched(self, work: Work, claim: Claim) -> Iterator[None]:
        """Tell how far the work is, and end it when it shall end, from a second thread and connection."""
        over = Event()
        driver = work.session.connection().connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        beating = Thread(target=self._beat, args=(work, claim, over, driver), daemon=True)
        self._running.add(work)
        if self._stopping:
            work.end(stopped=True)
        beating.start()
        try:
            yield
        except Exception as error:
            # Whatever broke because it was to end, ended.
            if work.ended.is_set():
                raise (Stopped if work._stopped else Cancelled) from error
            raise
        finally:
            over.set()
            beating.join()
            self._running.discard(work)

    def _beat(self, work: Work, claim: Claim, over: Event, driver: psycopg.Connection[Any]) -> None:
        while not over.wait(BEAT_S):
            try:
                state = job_runs.beat(self.services.sessions, claim, work._progress)
                if state is None:
                    work.end(stopped=True)
                elif state is JobState.CANCELLING:
                    work.end(stopped=False)
            except SQLAlchemyError as error:
                # The work has its own connection: whether that holds, it finds out itself.
                told = {"job": str(claim.id), "error": type(error).__name__}
                log.warning("progress not written", extra=told)
            if work.ended.is_set() and not over.is_set():
                _break_off(driver)


def _break_off(driver: psycopg.Connection[Any]) -> None:
    """Break off the statement that runs; where none does, the body hears of its end when it says its next."""
    try:
        driver.cancel_safe(timeout=5)
    except psycopg.Error as error:
        log.warning("a statement goes on", extra={"error": type(error).__name__})
