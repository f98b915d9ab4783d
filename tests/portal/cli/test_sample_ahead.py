"""The sample city, made while other things are set up."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from geo.policy.city import City
from geo.sample import SampleCity
from portal.cli import sample_ahead
from portal.config import ROOT


def begin_making(folder: Path, **environ: str) -> subprocess.Popen[bytes]:
    """Make it as ./run does; return when the making has begun."""
    making = subprocess.Popen(
        [sys.executable, "-m", "portal.cli.sample_ahead"],
        cwd=ROOT,
        env={**os.environ, "PORTAL_INSTANCE": str(folder), **environ},
    )
    while not (folder / sample_ahead.NAME).exists():
        assert making.poll() is None
        time.sleep(0.05)
    return making


def test_who_wants_it_waits_for_it_and_gets_it_once(tmp_path: Path, city: City) -> None:
    making = begin_making(tmp_path)
    assert (tmp_path / sample_ahead.NAME).stat().st_mode & 0o777 == 0o600
    made = sample_ahead.take(tmp_path, city)
    assert making.wait(10) == 0
    assert isinstance(made, SampleCity)
    assert len(made.communities) == 3000
    assert not (tmp_path / sample_ahead.NAME).exists()
    assert sample_ahead.take(tmp_path, city) is None


def test_what_is_cut_short_is_not_taken(tmp_path: Path, city: City) -> None:
    making = begin_making(tmp_path)
    making.kill()
    making.wait(10)
    assert sample_ahead.take(tmp_path, city) is None
    assert not (tmp_path / sample_ahead.NAME).exists()


@pytest.mark.parametrize("content", [b"", b"no pickle", b"\x80\x05\x95\x10", pickle.dumps(1)[:-1]])
def test_a_broken_file_is_not_taken(tmp_path: Path, city: City, content: bytes) -> None:
    (tmp_path / sample_ahead.NAME).write_bytes(content)
    assert sample_ahead.take(tmp_path, city) is None


def test_of_another_policy_it_is_not_taken(tmp_path: Path, city: City) -> None:
    (tmp_path / sample_ahead.NAME).write_bytes(pickle.dumps((replace(city, name="另一座城"), "made")))
    assert sample_ahead.take(tmp_path, city) is None


def test_nothing_is_made_of_a_real_citys_policy(tmp_path: Path, city: City) -> None:
    file = tmp_path / "city.toml"
    text = (ROOT / "data" / "city.toml").read_text("utf-8")
    file.write_text(text.replace("fictional = true", "fictional = false"), "utf-8")
    assert begin_making(tmp_path, PORTAL_POLICY=str(file)).wait(30) == 0
    assert (tmp_path / sample_ahead.NAME).read_bytes() == b""
    assert sample_ahead.take(tmp_path, city) is None
