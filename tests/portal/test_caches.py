"""The cache of bytes: least recently used goes first."""

from __future__ import annotations

from portal.caches import ByteCache


def test_drops_what_was_used_longest_ago() -> None:
    cache = ByteCache(40)
    for key in "abcd":
        cache.put(key, b"0123456789")
    assert cache.get("a") == b"0123456789"
    cache.put("e", b"0123456789")
    assert cache.get("b") is None
    assert cache.get("a") is not None and cache.get("e") is not None


def test_replacing_a_key_does_not_count_twice() -> None:
    cache = ByteCache(40)
    for _ in range(10):
        cache.put("a", b"0123456789")
    cache.put("b", b"0123456789")
    assert cache.get("a") is not None and cache.get("b") is not None


def test_too_large_a_value_is_not_kept() -> None:
    cache = ByteCache(40)
    cache.put("a", b"0123456789")
    cache.put("large", b"x" * 11)
    assert cache.get("large") is None
    assert cache.get("a") is not None
