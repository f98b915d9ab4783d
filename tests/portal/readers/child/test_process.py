from __future__ import annotations

import math
import os
import pathlib
import signal
import time
from pathlib import Path

import pytest

from geo.errors import RoadError
from geo.policy.city import City
from geo.roads.osm import read_roads
from portal.errors import FileRefused, FileTooLarge
from portal.readers import problems
from portal.readers.child.process import read_in_child
from portal.readers.limits import ReadLimits
from portal.readers.problems import Problem


def outcome(problem: Problem) -> str:
    return problem.reason


def test_returns_what_the_function_returns(hasty: ReadLimits) -> None:
    assert read_in_child(math.gcd, 12, 18, limits=hasty) == 6


def test_starts_fast(limits: ReadLimits) -> None:
    best = min(_seconds(limits) for _ in range(5))
    assert best < 0.5


def _seconds(limits: ReadLimits) -> float:
    start = time.perf_counter()
    read_in_child(math.gcd, 1, 1, limits=limits)
    return time.perf_counter() - start


def test_does_not_see_the_environment(monkeypatch: pytest.MonkeyPatch, hasty: ReadLimits) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "secret")
    assert read_in_child(os.getenv, "PORTAL_SECRET_KEY", limits=hasty) is None


def test_is_stopped_when_it_computes_too_long(hasty: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_in_child(math.factorial, 10**7, limits=hasty)
    assert refused.value.msgid == outcome(problems.TOOK_TOO_LONG)


def test_is_stopped_when_it_only_waits(hasty: ReadLimits) -> None:
    start = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read_in_child(time.sleep, 60, limits=hasty)
    assert refused.value.msgid == outcome(problems.TOOK_TOO_LONG)
    assert time.monotonic() - start < hasty.wall_seconds + 3


def test_is_refused_more_memory_than_allowed(hasty: ReadLimits) -> None:
    with pytest.raises(FileTooLarge) as refused:
        read_in_child(bytes, 2 * 10**9, limits=hasty)
    assert refused.value.msgid == outcome(problems.OUT_OF_MEMORY)
    assert refused.value.params == {"limit_mb": 1024}


def test_may_not_hand_back_too_much() -> None:
    limits = ReadLimits(max_upload_mb=1, reader_memory_mb=1024, reader_cpu_seconds=5, max_result_mb=1)
    assert len(read_in_child(bytes, 900_000, limits=limits)) == 900_000
    with pytest.raises(FileTooLarge) as refused:
        read_in_child(bytes, 2_000_000, limits=limits)
    assert refused.value.msgid == outcome(problems.RESULT_TOO_LARGE)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (os.abort, ()),
        (signal.raise_signal, (signal.SIGSEGV,)),
        (os._exit, (3,)),
        (os._exit, (0,)),  # ends well and says nothing
        (int, ("ten",)),
        (object, ()),  # a result that may not pass
    ],
)
def test_a_broken_reader_is_one_plain_error(function: object, arguments: object, hasty: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        read_in_child(function, *arguments, limits=hasty)  # type: ignore[arg-type, misc]
    assert refused.value.msgid == outcome(problems.READER_BROKE)


def test_the_log_gets_the_place_and_not_the_content(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, hasty: ReadLimits
) -> None:
    with pytest.raises(FileRefused), caplog.at_level("WARNING", logger="portal.readers"):
        monkeypatch.setattr("logging.Logger.propagate", True, raising=False)
        read_in_child(int, "13800000000张三", limits=hasty)
    assert "张三" not in caplog.text


def test_inherits_the_open_files_it_is_given(tmp_path: Path, hasty: ReadLimits) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"content")
    with path.open("rb") as stream:
        handle = stream.fileno()
        assert read_in_child(os.pread, handle, 100, 0, limits=hasty, handles=[handle]) == b"content"
        with pytest.raises(FileRefused):
            read_in_child(os.pread, handle, 100, 0, limits=hasty)


def test_raises_the_errors_of_the_house(tmp_path: Path, city: City, limits: ReadLimits) -> None:
    path = tmp_path / "roads.pbf"
    path.write_bytes(b"\0\0\0\x0d\x0a\x09OSMHeader but nothing behind it")
    with pytest.raises(RoadError) as raised:
        read_in_child(read_roads, path, city, limits=limits, readable=[path])
    assert raised.value.remedy
    assert (raised.value.msgid, raised.value.params["file"]) == (
        "{file} 不能按 OpenStreetMap PBF 读取：{error}",
        "roads.pbf",
    )


@pytest.mark.realdata
def test_reads_roads_as_the_function_itself_does(real_data: Path, city: City, limits: ReadLimits) -> None:
    from geopandas.testing import assert_geodataframe_equal

    path = real_data / "shenzhen" / "futian_roads.osm.pbf"
    roads = read_in_child(read_roads, path, city, limits=limits, readable=[path])
    assert_geodataframe_equal(roads, read_roads(path, city))


def test_leaves_no_process_behind(hasty: ReadLimits) -> None:
    identity = read_in_child(os.getpid, limits=hasty)
    assert not pathlib.Path(f"/proc/{identity}").exists()
