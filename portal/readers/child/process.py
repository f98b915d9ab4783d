"""Run one function in a child process that cannot hurt the portal.

A fresh interpreter, not a fork: the portal has threads and database
connections. What the child may do is in `portal.readers.child.fence`; what may come
back, and why that is safe, in `portal.readers.child.wire`.
"""

from __future__ import annotations

import logging
import os
import pickle
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, TypeVar

import geo.errors
import portal.errors
from portal.errors import SpokenError
from portal.readers.child import wire
from portal.readers.child.worker import Request
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import OUT_OF_MEMORY, READER_BROKE, RESULT_TOO_LARGE, TOOK_TOO_LONG, refuse

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_ROOT = Path(__file__).resolve().parents[3]
_ENTRY = "from portal.readers.child.worker import main; main()"
_START = f"import sys; sys.path.insert(0, {str(_ROOT)!r}); {_ENTRY}"
# Nothing of the portal's environment goes in (it holds keys). BLAS threads reserve address space each.
_ENVIRONMENT = {
    "LANG": "C.UTF-8",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "PROJ_NETWORK": "OFF",
}
_STDERR_CHARACTERS = 4_000


def read_in_child(
    function: Callable[..., T],
    *args: Any,
    limits: ReadLimits,
    readable: Iterable[Path] = (),
    handles: Sequence[int] = (),
    types: Sequence[type] = (),
) -> T:
    """Call ``function(*args)`` in a limited process and return what it returns.

    Parameters
    ----------
    function
        A function at the top level of a module; what it returns must be of
        the types that `portal.readers.child.wire.encode` takes.
    args
        Its arguments.
    limits
        Memory, CPU time, wall clock and size of the result.
    readable
        Files that ``function`` opens by name. It can open no others.
    handles
        Open file descriptors that the child inherits under the same numbers.
    types
        Dataclasses that the result may contain.

    Raises
    ------
    FileRefused
        The child took too long, needed too much memory, crashed, or its result
        is too large or malformed.
    SpokenError
        What ``function`` raised of geo's or the portal's family.
    """
    call = pickle.dumps((function, args))
    request = Request(call, tuple(path.resolve() for path in readable), limits, os.getpid())
    # The request is a file too: a pipe would need a thread to fill it.
    with (
        tempfile.TemporaryFile() as asked,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as log,
    ):
        pickle.dump(request, asked)
        asked.seek(0)
        command = [sys.executable, "-I", "-X", "utf8", "-W", "ignore", "-c", _START, str(answer.fileno())]
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and program, no word of the user's
            command,
            stdin=asked,
            stdout=log,
            stderr=log,
            pass_fds=(answer.fileno(), *handles),
            env=_ENVIRONMENT,
            cwd="/",
            start_new_session=True,
        )
        in_time = _wait(process, limits.wall_seconds)
        return _result(process.returncode, in_time, answer, log, limits, types)  # type: ignore[no-any-return]


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for the child to end, then kill its whole group; False when it had to be stopped."""
    try:
        pidfd = os.pidfd_open(process.pid)
        try:
            waiting = select.poll()
            waiting.register(pidfd, select.POLLIN)
            return bool(waiting.poll(seconds * 1000))
        finally:
            os.close(pidfd)
    finally:
        # Before the child is reaped, so that its number cannot belong to another process yet.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _result(
    status: int,
    in_time: bool,
    answer: IO[bytes],
    log: IO[bytes],
    limits: ReadLimits,
    types: Sequence[type],
) -> Any:
    _report(status, log)
    if not in_time:
        raise refuse(TOOK_TOO_LONG, seconds=round(limits.wall_seconds))
    if status == -signal.SIGXCPU:
        raise refuse(TOOK_TOO_LONG, seconds=limits.reader_cpu_seconds)
    if status == -signal.SIGKILL:
        raise refuse(OUT_OF_MEMORY, limit_mb=limits.reader_memory_mb)
    size = os.fstat(answer.fileno()).st_size
    if size > limits.max_result_mb * MEGABYTE:
        raise refuse(RESULT_TOO_LARGE)
    if status != 0:
        raise refuse(READER_BROKE)
    answer.seek(0)
    try:
        outcome = wire.decode(answer.read(size), types)
        error = outcome.get("error")
        if error is None:
            return outcome["value"]
        raised = _rebuild(error)
    except (wire.WireError, LookupError, AttributeError, TypeError) as problem:
        _LOG.warning("the reader's answer is malformed: %s", problem)
        raise refuse(READER_BROKE) from problem
    raise raised


def _rebuild(told: dict[str, Any]) -> SpokenError:
    for module in (portal.errors, geo.errors):
        kind = getattr(module, told["class"], None)
        if isinstance(kind, type) and issubclass(kind, SpokenError):
            return kind(told["message"], remedy=told["remedy"], **told["params"])
    raise LookupError(told["class"])


def _report(status: int, log: IO[bytes]) -> None:
    """Put what the child said into the portal's log: it is for the administrator, never for the user."""
    size = log.seek(0, os.SEEK_END)
    log.seek(max(0, size - _STDERR_CHARACTERS))
    said = log.read().decode("utf-8", "replace").strip()
    if said or status:
        _LOG.warning("the reader ended with status %s: %s", status, said)
