"""gunicorn with one place for work, and clients that take their time."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest

from portal.config import ROOT
from tests.scripts.test_check_certificate import make_certificate

SLOW = 40
APPLICATION = """
import time
from portal.web import connections
connections.HEAD_SECONDS = {head}
connections.BODY_SECONDS = {body}
def app(environ, start_response):
    said = environ["wsgi.input"].read() if environ["REQUEST_METHOD"] == "POST" else b"well"
    if environ["PATH_INFO"] == "/work":
        time.sleep(0.5)
    start_response("200 OK", [("Content-Length", str(len(said)))])
    return [said]
"""
Connect = Callable[[], socket.socket]


class Served:
    """A server, and how to reach it."""

    def __init__(self, folder: Path, *, tls: bool, head: float, body: float) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = int(probe.getsockname()[1])
        (folder / "served_app.py").write_text(APPLICATION.format(head=head, body=body))
        command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        command += [
            "--threads",
            "1",
            "--worker-class",
            "portal.web.connections.PatientWorker",
            "--no-control-socket",
        ]
        command += ["--worker-connections", "100", "--graceful-timeout", "1"]
        self.context = None
        if tls:
            certificate, key = make_certificate(folder, days=1)
            command += ["--certfile", str(certificate), "--keyfile", str(key)]
            self.context = ssl.create_default_context()
            self.context.check_hostname, self.context.verify_mode = False, ssl.CERT_NONE
        environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}
        self.log = (folder / "log").open("w+")
        self.process = subprocess.Popen(
            [*command, "served_app:app"], env=environment, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with suppress(OSError):
                assert self.ask("/")[0] == 200
                return
            time.sleep(0.1)
        raise AssertionError((folder / "log").read_text())

    def ask(self, path: str, body: bytes | None = None) -> tuple[int, bytes, float]:
        """Return status, body and seconds of an answer."""
        began = time.monotonic()
        kind = http.client.HTTPConnection if self.context is None else http.client.HTTPSConnection
        more = {} if self.context is None else {"context": self.context}
        asked = kind("127.0.0.1", self.port, timeout=20, **more)  # type: ignore[arg-type]
        try:
            asked.request("GET" if body is None else "POST", path, body)
            answer = asked.getresponse()
            return answer.status, answer.read(), time.monotonic() - began
        finally:
            asked.close()

    def connect(self, *, handshake: bool = True) -> socket.socket:
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return plain if self.context is None or not handshake else self.context.wrap_socket(plain)


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def served(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path, tls=request.param, head=30, body=30)
    yield found
    found.process.terminate()
    found.process.wait(20)
    found.log.close()


@pytest.fixture
def strict(tmp_path: Path) -> Iterator[Served]:
    found = Served(tmp_path, tls=False, head=1, body=1)
    yield found
    found.process.terminate()
    found.process.wait(20)
    found.log.close()


HEAD = b"GET / HTTP/1.1\r\nHost: x\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nslow"


@pytest.mark.parametrize(
    "sent", [b"", HEAD, POST, HEAD + b"\r\n"], ids=["idle", "head", "body", "never closed"]
)
def test_slow_connections_hold_up_nobody(served: Served, sent: bytes) -> None:
    with ExitStack() as open_ones:
        for _ in range(SLOW):
            one = open_ones.enter_context(served.connect(handshake=bool(sent)))
            one.sendall(sent)
        for _ in range(3):
            status, _, seconds = served.ask("/")
            assert status == 200 and seconds < 2


def test_a_slow_body_comes_whole(served: Served) -> None:
    with served.connect() as one:
        one.sendall(POST)
        for _ in range(6):
            time.sleep(0.05)
            one.sendall(b"-" * 16)
        answer = b""
        while len(answer.partition(b"\r\n\r\n")[2]) < 100:
            answer += one.recv(1000) or pytest.fail("ended early")
        assert answer.endswith(b"slow" + b"-" * 96)
    assert served.ask("/", b"x" * 200_000)[1] == b"x" * 200_000


def test_work_takes_places_in_turn(served: Served) -> None:
    seconds: list[float] = []
    askers = [threading.Thread(target=lambda: seconds.append(served.ask("/work")[2])) for _ in range(3)]
    for asker in askers:
        asker.start()
    for asker in askers:
        asker.join()
    assert max(seconds) > 1.4


@pytest.mark.parametrize("sent", [HEAD, POST], ids=["head", "body"])
def test_who_takes_too_long_is_cut_off(strict: Served, sent: bytes) -> None:
    with strict.connect() as one:
        one.sendall(sent)
        began = time.monotonic()
        with suppress(ConnectionError):
            while time.monotonic() - began < 10 and one.recv(1000):
                pass
        assert 0.5 < time.monotonic() - began < 6
    assert strict.ask("/")[0] == 200
