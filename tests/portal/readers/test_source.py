from __future__ import annotations

import os
from pathlib import Path

import pytest

from portal.errors import FileRefused, status_of
from portal.readers import problems
from portal.readers.limits import ReadLimits
from portal.readers.source import check_road_file, open_source


def test_gives_an_open_file_and_its_size(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"content")
    with open_source(path, limits) as source:
        assert (os.read(source.handle, 100), source.size) == (b"content", 7)
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.read(source.handle, 1)


def test_size_is_judged_before_a_byte_is_read(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as stream:
        stream.truncate(2_000_000_000)
    with pytest.raises(FileRefused) as refused, open_source(path, limits):
        pytest.fail("opened")
    assert status_of(refused.value) == 413
    assert "2000 MB" in refused.value.message


@pytest.mark.parametrize("change", ["grow", "shrink", "overwrite"])
def test_a_file_that_changes_meanwhile_is_refused(change: str, tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"content")
    with pytest.raises(FileRefused) as refused, open_source(path, limits):
        if change == "grow":
            with path.open("ab") as stream:
                stream.write(b"more")
        elif change == "shrink":
            os.truncate(path, 3)
        else:
            path.write_bytes(b"CONTENT")
            os.utime(path, ns=(1, 1))
    assert refused.value.msgid == problems.HAS_CHANGED.reason


def test_an_error_inside_is_not_hidden_by_the_change(tmp_path: Path, limits: ReadLimits) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"content")
    with pytest.raises(KeyError), open_source(path, limits):
        path.write_bytes(b"longer content")
        raise KeyError


@pytest.mark.realdata
def test_road_files_are_known_by_content(real_data: Path, tmp_path: Path, limits: ReadLimits) -> None:
    check_road_file(real_data / "shanghai" / "roads.osm.pbf", limits)
    fake = tmp_path / "roads.osm.pbf"
    fake.write_text("<osm version='0.6'/>")
    with pytest.raises(FileRefused):
        check_road_file(fake, limits)
    fake.write_text("name\nx\n")
    with pytest.raises(FileRefused) as refused:
        check_road_file(fake, limits)
    assert refused.value.msgid == problems.IS_NOT_ROADS.reason
