"""A file is there when it is whole, and never half."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from portal.actions.imports.kept_files import write_whole


def test_a_file_is_seen_when_it_is_whole_and_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "imports" / "a.csv"
    with write_whole(path) as stream:
        stream.write(b"half")
        stream.flush()
        assert not path.exists()
        stream.write(b" and half")
    assert path.read_bytes() == b"half and half"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def test_what_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"before")
    with pytest.raises(ZeroDivisionError), write_whole(path) as stream:
        stream.write(b"half")
        raise ZeroDivisionError
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_attempt_left_is_in_nobodys_way(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.with_name("a.csv.part").write_bytes(b"a quarter")
    with write_whole(path) as stream:
        stream.write(b"whole")
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]
