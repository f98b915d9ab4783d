"""``./run`` from start to Ctrl-C, with a cluster of its own and an empty city."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.cluster import is_running, main_place
from portal.cluster.place import load_state

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


def serve(instance: Path, city: str, address: str) -> tuple["subprocess.Popen[str]", str]:
    """Start ./run and wait until it says that it serves; return it and what it said."""
    running = subprocess.Popen(
        [ROOT / "run", "--bind", address],
        env={**os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_CITY": city},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert running.stdout is not None
    said = ""
    while "Stop: Ctrl-C" not in said:
        line = running.stdout.readline()
        assert line, said
        said += line
    return running, said


def interrupt(running: "subprocess.Popen[str]") -> int:
    """Press Ctrl-C; return the exit code."""
    running.send_signal(signal.SIGINT)
    code = running.wait(STOP_SECONDS)
    assert running.stdout is not None
    running.stdout.close()
    return code


def status(address: str) -> int:
    with urllib.request.urlopen(f"http://{address}/readyz", timeout=10) as answer:
        return int(answer.status)


def test_it_serves_until_interrupted_and_leaves_nothing_running(instance: Path) -> None:
    port, second = free_port(), f"127.0.0.1:{free_port()}"
    address = f"127.0.0.1:{port}"
    first, said = serve(instance, "trial", address)
    try:
        assert f"http://{address}" in said
        assert re.search(r"ready in \d+\.\d s", said)
        assert re.search(r"^  administrator +\S+", said, flags=re.MULTILINE)
        assert status(address) == 200
        assert (instance / "secret_key").stat().st_mode & 0o777 == 0o600
        other, _ = serve(instance, "other", second)
    finally:
        code = interrupt(first)
    # The database that the first has started is left to the second, which then stops it.
    try:
        assert code == 0
        assert status(second) == 200
    finally:
        interrupt(other)
    assert not is_running(main_place(instance))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_a_command_called_from_elsewhere_stops_the_database_that_it_started(
    instance: Path, tmp_path: Path
) -> None:
    try:
        said = subprocess.run(
            [ROOT / "run", "portal", "db", "upgrade"],
            env={**os.environ, "PORTAL_INSTANCE": str(instance), "PORTAL_CITY": "trial"},
            cwd=tmp_path, capture_output=True, text=True, timeout=300,
        )  # fmt: skip
        assert said.returncode == 0, said.stderr
        assert "No module named" not in said.stderr
        assert not is_running(main_place(instance))
    finally:
        subprocess.run(
            [ROOT / "run", "stop"], env={**os.environ, "PORTAL_INSTANCE": str(instance)}, check=False
        )


def test_a_database_that_is_killed_begins_anew(instance: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    running, _ = serve(instance, "trial", address)
    try:
        state = load_state(main_place(instance))
        assert state is not None
        deadline = time.monotonic() + STOP_SECONDS
        while "watching" not in (instance / "logs/database.log").read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        os.kill(int((state.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        assert running.stdout is not None
        while "database stopped" not in (line := running.stdout.readline()):
            assert line
        deadline = time.monotonic() + STOP_SECONDS
        while (code := readiness(address)) != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert code == 200
    finally:
        interrupt(running)
    assert not is_running(main_place(instance))


def readiness(address: str) -> int:
    """Return the status of /readyz, whatever it is."""
    try:
        return status(address)
    except urllib.error.HTTPError as error:
        return error.code
