"""The cache of bytes: least recently used goes first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from portal.byte_cache import ByteCache


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


def test_what_is_replaced_by_too_large_a_value_stays_as_it_was() -> None:
    cache = ByteCache(40)
    cache.put("a", b"0123456789")
    cache.put("a", b"x" * 41)
    assert cache.get("a") == b"0123456789"


def test_threads_may_share_it() -> None:
    cache = ByteCache(4_000)

    def work(start: int) -> None:
        for number in range(start, start + 2_000):
            cache.put(str(number % 700), bytes(10))
            cache.get(str(number % 500))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(0, 800, 100)))
    assert sum(cache.get(str(number)) is not None for number in range(700)) == 400
