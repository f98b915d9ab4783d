"""A small cache of bytes in memory, shared by the threads of a process."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock


class ByteCache:
    """Keeps the answers used last, up to a total size.

    Keys must change whenever the answer would: nothing here expires.

    Parameters
    ----------
    limit_bytes
        Sum of the sizes of what is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self.limit_bytes = limit_bytes
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return what was kept under ``key``, None when it is not there."""
        with self._lock:
            value = self._kept.get(key)
            if value is not None:
                self._kept.move_to_end(key)
            return value

    def put(self, key: str, value: bytes) -> None:
        """Keep ``value``; what was used longest ago makes room. Too large a value is not kept."""
        if len(value) > self.limit_bytes // 4:
            return
        with self._lock:
            self._size += len(value) - len(self._kept.pop(key, b""))
            self._kept[key] = value
            while self._size > self.limit_bytes:
                _, dropped = self._kept.popitem(last=False)
                self._size -= len(dropped)
