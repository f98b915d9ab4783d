"""Wait until the portal answers that it is ready; fail when its process ends or the time is over."""

from __future__ import annotations

import http.client
import os
import ssl
import sys
import time

PAUSE_SECONDS = 0.1


def is_ready(host: str, port: int, tls: bool) -> bool:
    """Whether ``/readyz`` answers 200."""
    connection: http.client.HTTPConnection
    if tls:
        # Whether the certificate is valid for this address is the browser's question, not ours.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(host, port, timeout=5, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def wait(bind: str, tls: bool, pid: int, seconds: float) -> str:
    """Poll until the portal is ready; return "" then, and why not otherwise.

    Parameters
    ----------
    bind
        ``HOST:PORT`` it listens on; the loopback stands for all addresses.
    pid
        The process that should answer.
    """
    host, _, port = bind.rpartition(":")
    host = {"0.0.0.0": "127.0.0.1", "[::]": "::1"}.get(host, host.strip("[]"))  # noqa: S104
    deadline = time.monotonic() + seconds
    while not is_ready(host, int(port), tls):
        if not _lives(pid):
            return "the portal stopped by itself"
        if time.monotonic() > deadline:
            return f"no answer from {bind} in {seconds:.0f} s"
        time.sleep(PAUSE_SECONDS)
    return ""


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    bind, tls, pid, seconds = sys.argv[1:]
    sys.exit(wait(bind, tls == "tls", int(pid), float(seconds)) or 0)
