"""The fence binds the process for good, so each test raises it in a child and looks at what that may do."""

from __future__ import annotations

import ctypes
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from portal.errors import FileRefused
from portal.readers.child.fence import OPEN_FILES
from portal.readers.child.process import read_in_child
from portal.readers.limits import MEGABYTE, ReadLimits

ROOT = Path(__file__).parents[4]


def offers_landlock() -> bool:
    return bool(ctypes.CDLL(None).syscall(444, None, 0, 1) > 0)


def offers_namespaces() -> bool:
    probe = (
        "import ctypes; c = ctypes.CDLL(None); raise SystemExit(c.unshare(1 << 30) and c.unshare(5 << 28))"
    )
    return subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


needs_landlock = pytest.mark.skipif(not offers_landlock(), reason="this kernel has no Landlock")
needs_namespaces = pytest.mark.skipif(not offers_namespaces(), reason="no network namespaces here")


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (resource.RLIMIT_AS, (1024 * MEGABYTE, 1024 * MEGABYTE)),
        (resource.RLIMIT_CPU, (1, 2)),
        (resource.RLIMIT_FSIZE, (512 * MEGABYTE, 512 * MEGABYTE)),
        (resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES)),
        (resource.RLIMIT_CORE, (0, 0)),
    ],
)
def test_resources_are_limited(kind: int, expected: tuple[int, int], hasty: ReadLimits) -> None:
    assert read_in_child(resource.getrlimit, kind, limits=hasty) == expected


def test_limits_never_exceed_those_of_the_parent(hasty: ReadLimits) -> None:
    before = resource.getrlimit(resource.RLIMIT_CORE)
    assert read_in_child(resource.getrlimit, resource.RLIMIT_CORE, limits=hasty) == (0, 0)
    assert resource.getrlimit(resource.RLIMIT_CORE) == before


@needs_landlock
def test_only_named_files_can_be_opened(tmp_path: Path, hasty: ReadLimits) -> None:
    given, other = tmp_path / "given.txt", tmp_path / "other.txt"
    given.write_text("a")
    other.write_text("b")
    assert read_in_child(Path.read_text, given, limits=hasty, readable=[given]) == "a"
    with pytest.raises(FileRefused):
        read_in_child(Path.read_text, other, limits=hasty, readable=[given])


@needs_landlock
@pytest.mark.parametrize("path", ["/etc/passwd", "/root", "pyproject.toml"])
def test_secrets_cannot_be_read(path: str, hasty: ReadLimits) -> None:
    with pytest.raises(FileRefused):
        read_in_child(os.open, str(ROOT / path), os.O_RDONLY, limits=hasty)


@needs_landlock
def test_nothing_can_be_written(tmp_path: Path, hasty: ReadLimits) -> None:
    existing = tmp_path / "existing.txt"
    existing.write_text("kept")
    with pytest.raises(FileRefused):
        read_in_child(Path.write_text, tmp_path / "new.txt", "x", limits=hasty)
    with pytest.raises(FileRefused):
        read_in_child(Path.write_text, existing, "x", limits=hasty, readable=[existing])
    with pytest.raises(FileRefused):
        read_in_child(os.unlink, existing, limits=hasty, readable=[existing])
    assert [path.name for path in tmp_path.iterdir()] == ["existing.txt"]
    assert existing.read_text() == "kept"


@needs_landlock
def test_no_program_can_be_started(hasty: ReadLimits) -> None:
    with pytest.raises(FileRefused):
        read_in_child(subprocess.check_output, ["/bin/echo"], limits=hasty)


@needs_namespaces
def test_there_is_no_network(hasty: ReadLimits) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        socket.create_connection(address, 1).close()
        with pytest.raises(FileRefused):
            read_in_child(socket.create_connection, address, 1, limits=hasty)
