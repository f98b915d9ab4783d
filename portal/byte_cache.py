"""A small cache of bytes in memory, shared by the threads of a process."""

from __future__ import annotations

from threading import Lock

from cachetools import LRUCache


class ByteCache:
    """Keeps the answers used last, up to a total size; safe to use from several threads.

    Keys must change whenever the answer would: nothing here expires.

    Parameters
    ----------
    limit_bytes
        Sum of the sizes of what is kept.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._kept: LRUCache[str, bytes] = LRUCache(limit_bytes, getsizeof=len)
        self._lock = Lock()

    def get(self, key: str) -> bytes | None:
        """Return what was kept under ``key``, None when it is not there."""
        with self._lock:
            return self._kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep ``value``; what was used longest ago makes room. Too large a value is not kept."""
        # One that took most of the room would drive out all the others.
        if len(value) <= self._kept.maxsize // 4:
            with self._lock:
                self._kept[key] = value
