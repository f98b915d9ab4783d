"""What the reading process may do: its limits, no network, no file but those it was given.

Resource limits hold everywhere. Network namespaces and Landlock are Linux
features that a container may withhold; without them the readers still open
nothing by name, so they are a second wall, raised where the system offers it.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

from portal.readers.limits import MEGABYTE, ReadLimits

OPEN_FILES = 64

_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_LANDLOCK_CREATE, _LANDLOCK_ADD, _LANDLOCK_RESTRICT = 444, 445, 446
_LANDLOCK_VERSION_FLAG, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
# How many access rights each version of Landlock's interface knows: linux/landlock.h.
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
_RIGHTS_NEWEST = 16

_SYSTEM = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/share/zoneinfo",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/mime.types",
)


def raise_fence(limits: ReadLimits, readable: Iterable[Path]) -> None:
    """Limit this process for good: call it before a user's file is touched.

    Parameters
    ----------
    limits
        Memory, CPU time and size of what may be written.
    readable
        Files that it may open by name, beside Python and this program.
    """
    limit_resources(limits)
    libc = ctypes.CDLL(None, use_errno=True)
    leave_network(libc)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    restrict_files(libc, [*_program_paths(), *readable])


def limit_resources(limits: ReadLimits) -> None:
    """Set the limits on memory, CPU time, file size and open files."""
    memory = limits.reader_memory_mb * MEGABYTE
    for kind, soft, hard in (
        (resource.RLIMIT_AS, memory, memory),
        (resource.RLIMIT_CPU, limits.reader_cpu_seconds, limits.reader_cpu_seconds + 1),
        (resource.RLIMIT_FSIZE, limits.max_result_mb * MEGABYTE, limits.max_result_mb * MEGABYTE),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        ceiling = resource.getrlimit(kind)[1]
        if ceiling != resource.RLIM_INFINITY:
            soft, hard = min(soft, ceiling), min(hard, ceiling)
        resource.setrlimit(kind, (soft, hard))


def leave_network(libc: ctypes.CDLL) -> bool:
    """Move to an empty network namespace; False where the system does not allow it."""
    if libc.unshare(_CLONE_NEWNET) == 0:
        return True
    return bool(libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0)


def restrict_files(libc: ctypes.CDLL, readable: Iterable[Path]) -> bool:
    """Forbid opening any file but those beneath ``readable``, and all writing; False without Landlock."""
    version = libc.syscall(_LANDLOCK_CREATE, None, 0, _LANDLOCK_VERSION_FLAG)
    if version < 1:
        return False
    handled = (1 << _RIGHTS_BY_VERSION.get(version, _RIGHTS_NEWEST)) - 1
    attributes = struct.pack("=Q", handled)
    ruleset = libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow_reading(libc, ruleset, path)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        return bool(libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow_reading(libc: ctypes.CDLL, ruleset: int, path: Path) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = _READ_FILE | _READ_DIR if path.is_dir() else _READ_FILE
        libc.syscall(_LANDLOCK_ADD, ruleset, _LANDLOCK_PATH_BENEATH, struct.pack("=Qi", rights, handle), 0)
    finally:
        os.close(handle)


def _program_paths() -> list[Path]:
    root = Path(__file__).resolve().parents[3]
    own = [root / name for name in ("portal", "geo", "data")]
    # The root itself is on the path of modules, but holds the instance folder with its keys.
    modules = [Path(name) for name in sys.path if name and Path(name).resolve() != root]
    libraries = [Path(prefix) / "lib" for prefix in (sys.prefix, sys.base_prefix)]
    return [*own, *modules, *libraries, *map(Path, _SYSTEM)]
