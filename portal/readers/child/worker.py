"""The reading child: it fences itself in, runs one function, writes one message and ends.

Started by `portal.readers.child.process` as ``python -I -c … RESULT_FD``, with the
request on standard input. It imports nothing heavy before the function does.
"""

from __future__ import annotations

import os
import pickle
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from portal.errors import SpokenError
from portal.readers.child import wire
from portal.readers.child.fence import raise_fence
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import OUT_OF_MEMORY, READER_BROKE, RESULT_TOO_LARGE, refuse


@dataclass(frozen=True)
class Request:
    """What the portal asks of the child.

    Parameters
    ----------
    call
        A pickled pair of function and arguments. The portal wrote it, so the
        child may trust it; only answers go the other way.
    readable
        Files that the function opens by name.
    limits
        What it may use.
    parent
        The process that asks, with which this one ends.
    """

    call: bytes
    readable: tuple[Path, ...]
    limits: ReadLimits
    parent: int


def main() -> None:
    """Answer the request on standard input in the file descriptor named by the first argument."""
    request: Request = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by the portal
    raise_fence(request.limits, request.readable)
    if os.getppid() != request.parent:  # killed before the fence ties this process to it
        os._exit(1)
    message = _answer(request)
    if len(message) > request.limits.max_result_mb * MEGABYTE:
        message = _failure(refuse(RESULT_TOO_LARGE))
    with open(int(sys.argv[1]), "wb") as stream:  # noqa: PTH123 - a descriptor, not a path
        stream.write(message)
    # No farewell of the interpreter: nothing is left to flush, and libraries may hang in theirs.
    os._exit(0)


def _answer(request: Request) -> bytes:
    try:
        function, arguments = pickle.loads(request.call)  # noqa: S301 - written by the portal
        return wire.encode({"value": function(*arguments)})
    except SpokenError as error:
        return _failure(error)
    except MemoryError:
        return _failure(refuse(OUT_OF_MEMORY, limit_mb=request.limits.reader_memory_mb))
    except BaseException as error:  # whatever a hostile file provokes becomes one plain answer
        # The log gets the class and the place; the exception's text may quote the file.
        sys.stderr.writelines([type(error).__name__, "\n", *_places(error)])
        sys.stderr.flush()
        return _failure(refuse(READER_BROKE))


def _places(error: BaseException) -> Iterable[str]:
    return (f"{frame.filename}:{frame.lineno}\n" for frame in traceback.extract_tb(error.__traceback__))


def _failure(error: SpokenError) -> bytes:
    told = {"message": error.msgid, "remedy": error.remedy_msgid, "params": error.params}
    return wire.encode({"error": {"class": type(error).__name__, **told}})
