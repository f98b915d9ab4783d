import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from scripts.wait_ready import is_ready, wait


class Slow(BaseHTTPRequestHandler):
    """Is ready at the third question."""

    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_response(200 if self.asked >= 3 and self.path == "/readyz" else 503)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Stay quiet."""


@pytest.fixture
def port() -> Iterator[int]:
    Slow.asked = 0
    server = HTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_waits_for_ready_not_for_any_answer(port: int) -> None:
    assert wait(f"0.0.0.0:{port}", False, os.getpid(), 10) == ""
    assert Slow.asked == 3


def test_plain_http_is_no_tls(port: int) -> None:
    assert not is_ready("127.0.0.1", port, tls=True)


def test_a_dead_process_ends_the_wait() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert wait("127.0.0.1:1", False, ended.pid, 10) == "the portal stopped by itself"


def test_time_ends_the_wait() -> None:
    assert wait("127.0.0.1:1", False, os.getpid(), 0) == "no answer from 127.0.0.1:1 in 0 s"
