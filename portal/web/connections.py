"""gunicorn's worker for a portal without a proxy in front: who is slow holds up nobody but himself.

gunicorn's own threads read a request, answer it and write the answer, so that as many slow connections as
there are threads stop everything. Here reading and writing have threads of their own, of which there may be
many since they only wait; the few that gunicorn calls threads are places that the portal's own work takes,
and gives back while it waits for a body. What takes longer than anybody would need is cut off.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, cast

from gunicorn.workers.gthread import ThreadWorker

HEAD_SECONDS = 15.0  # for the handshake of TLS and the head of a request
BODY_SECONDS = 30.0  # for a body, and longer as it is longer
LEAST_BYTES_S = 8 * 1024
UNKNOWN_LENGTH_SECONDS = 300.0
ANSWER_SECONDS = 900.0


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Threads that wait for clients, places for work, and an eye on who takes too long."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.places = threading.BoundedSemaphore(self.cfg.threads)
        self.deadlines: dict[Any, float] = {}
        self._here = threading.local()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        """Return as many threads as there may be connections: no one waits for another's client."""
        return ThreadPoolExecutor(max_workers=self.worker_connections)

    def load_wsgi(self) -> None:
        """Let the portal's work take a place."""
        super().load_wsgi()
        self.wsgi: Callable[..., Iterable[bytes]] = self._placed(self.wsgi)

    def handle(self, conn: Any) -> Any:
        """Answer a request; close here what is to be closed, since the client's own end is waited for."""
        self._here.conn = conn
        self.deadlines[conn] = time.monotonic() + HEAD_SECONDS
        try:
            goes_on = super().handle(conn)
        finally:
            self.deadlines.pop(conn, None)
        if goes_on is False:
            with suppress(OSError):
                conn.close(graceful=True)
            conn.close = lambda graceful=False: None
        return goes_on

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there."""
        self.deadlines[conn] = time.monotonic() + ANSWER_SECONDS
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        """Cut off who takes too long; called about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, deadline in list(self.deadlines.items()):
            if deadline < now and self.deadlines.pop(conn, 0.0):
                with suppress(OSError):
                    # Not TLS's own, whose state belongs to the thread that reads.
                    socket.socket.shutdown(conn.sock, socket.SHUT_RDWR)

    def _placed(self, wsgi: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        def work(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            length = environ.get("CONTENT_LENGTH", "")
            seconds = int(length) / LEAST_BYTES_S if length.isdecimal() else UNKNOWN_LENGTH_SECONDS
            latest = time.monotonic() + BODY_SECONDS + seconds
            environ["wsgi.input"] = _Body(environ["wsgi.input"], lambda: self._waiting(latest))
            with self.places:
                return wsgi(environ, start_response)

        return work

    @contextmanager
    def _waiting(self, latest: float) -> Iterator[None]:
        """Give the place back while a body is waited for, until ``latest``."""
        conn = self._here.conn
        self.deadlines[conn] = latest
        self.places.release()
        try:
            yield
        finally:
            self.places.acquire()
            self.deadlines[conn] = time.monotonic() + ANSWER_SECONDS


class _Body:
    """The body of a request, read without a place."""

    def __init__(self, body: Any, waiting: Callable[[], Any]) -> None:
        self._body, self._waiting = body, waiting

    def read(self, size: int | None = None) -> bytes:
        with self._waiting():
            return cast(bytes, self._body.read(size))

    def readline(self, size: int | None = None) -> bytes:
        with self._waiting():
            return cast(bytes, self._body.readline(size))

    def readlines(self, size: int | None = None) -> list[bytes]:
        with self._waiting():
            return cast(list[bytes], self._body.readlines(size))

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line
