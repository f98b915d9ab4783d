"""``./run`` from start to Ctrl-C, with a cluster of its own and an empty city."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.cluster import is_running, main_place

ROOT = Path(__file__).resolve().parents[1]
STOP_SECONDS = 30


@pytest.fixture
def instance() -> Iterator[Path]:
    # Not pytest's own folder: root's cluster runs by an account that cannot enter that.
    folder = Path(tempfile.mkdtemp(prefix="atlas-run-"))
    folder.chmod(0o755)
    yield folder / "instance"
    shutil.rmtree(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_it_serves_until_interrupted_and_leaves_nothing_running(instance: Path) -> None:
    port = free_port()
    address = f"127.0.0.1:{port}"
    environment = {**os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_CITY": "trial"}
    running = subprocess.Popen(
        [ROOT / "run", "--bind", address],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert running.stdout is not None
    try:
        said = ""
        while "Stop: Ctrl-C" not in said:
            line = running.stdout.readline()
            assert line, said
            said += line
        assert f"http://{address}" in said
        assert re.search(r"ready in \d+\.\d s", said)
        assert re.search(r"^  administrator +\S+", said, flags=re.MULTILINE)
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=10) as answer:
            assert answer.status == 200
        assert is_running(main_place(instance))
        assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(STOP_SECONDS)
        running.stdout.close()
    assert running.returncode == 0
    assert not is_running(main_place(instance))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
