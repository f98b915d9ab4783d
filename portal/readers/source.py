"""Open a user's file safely: a regular file, no link, not too large, not changing."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from portal.readers.child.process import read_in_child
from portal.readers.formats.kinds import HEAD_BYTES, Kind, guess_kind
from portal.readers.limits import MEGABYTE, ReadLimits
from portal.readers.problems import (
    HAS_CHANGED,
    IS_A_LINK,
    IS_EMPTY,
    IS_NOT_ROADS,
    IS_TOO_LARGE,
    NOT_A_FILE,
    NOT_FOUND,
    NOT_READABLE,
    refuse,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Source:
    """An open file: its descriptor, at position 0, and its size in bytes."""

    handle: int
    size: int


@contextmanager
def open_source(path: Path, limits: ReadLimits) -> Iterator[Source]:
    """Open ``path`` for reading, and make sure on leaving that it did not change meanwhile.

    Raises
    ------
    FileRefused
        It is missing, a link, a folder, a pipe or a device, empty, too large
        (told by its size, before a byte is read), or it changed.
    """
    handle = _open(path)
    try:
        before = os.fstat(handle)
        _check_size(before.st_size, limits)
        yield Source(handle, before.st_size)
        after = os.fstat(handle)
        if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
            raise refuse(HAS_CHANGED)
    finally:
        os.close(handle)


def read_source(function: Callable[..., T], path: Path, limits: ReadLimits, *args: Any) -> T:
    """Call ``function(handle, size, *args)`` on an open file in the limited child; return what it returns.

    Raises
    ------
    FileRefused
        As `open_source` and `portal.readers.child.process.read_in_child`.
    """
    with open_source(path, limits) as source:
        return read_in_child(
            function, source.handle, source.size, *args, limits=limits, handles=[source.handle]
        )


def check_road_file(path: Path, limits: ReadLimits) -> None:
    """Refuse ``path`` unless it looks like an OpenStreetMap PBF of an allowed size.

    Raises
    ------
    FileRefused
        As `open_source`, or the content is of another kind.
    """
    with open_source(path, limits) as source:
        if guess_kind(os.pread(source.handle, HEAD_BYTES, 0)) is not Kind.ROADS:
            raise refuse(IS_NOT_ROADS)


def _open(path: Path) -> int:
    try:
        kind = os.lstat(path).st_mode
        if stat.S_ISLNK(kind):
            raise refuse(IS_A_LINK)
        # Looked at before opening too: merely opening a device can do something.
        if not stat.S_ISREG(kind):
            raise refuse(NOT_A_FILE)
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise refuse(NOT_FOUND) from error
    except OSError as error:
        raise refuse(NOT_READABLE) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise refuse(NOT_A_FILE)
    return handle


def _check_size(size: int, limits: ReadLimits) -> None:
    if size == 0:
        raise refuse(IS_EMPTY)
    if size > limits.max_upload_mb * MEGABYTE:
        megabytes = -(-size // MEGABYTE)
        raise refuse(IS_TOO_LARGE, size_mb=megabytes, limit_mb=limits.max_upload_mb)
