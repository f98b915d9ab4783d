from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from portal.config import ROOT, Config
from scripts.prepare import LOAD_SAMPLE, make, run_commands, wants_sample


def test_all_commands_run_and_only_the_last_is_heard(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["db --help", "worker --help", "accounts --help"]) == 0
    said = capsys.readouterr()
    assert 0 < said.err.index("portal db") < said.err.index("portal worker")
    assert "portal accounts" in said.out
    assert "portal db" not in said.out


def test_the_first_failure_ends_it_with_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["accounts no-such-command", "db --help"]) == 2
    said = capsys.readouterr()
    assert "No such command" in said.err
    assert "portal db" not in said.out


def test_the_sample_is_made_ahead_only_where_it_is_wanted_and_was_never_loaded(tmp_path: Path) -> None:
    config = replace(Config.from_environ({}), instance_dir=tmp_path)
    assert wants_sample(["db upgrade", LOAD_SAMPLE], config)
    assert not wants_sample(["db upgrade"], config)
    assert not wants_sample([LOAD_SAMPLE], replace(config, database_url="postgresql://elsewhere/atlas"))
    (tmp_path / "sample").mkdir()
    assert not wants_sample([LOAD_SAMPLE], config)


def test_the_command_is_the_one_that_set_up_calls() -> None:
    assert f'"{LOAD_SAMPLE}"' in (ROOT / "scripts" / "service.sh").read_text("utf-8")


def test_no_sample_is_made_of_a_real_citys_policy(tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    text = (ROOT / "data" / "city.toml").read_text("utf-8")
    file.write_text(text.replace("fictional = true", "fictional = false"), "utf-8")
    city, made = make(file)
    assert (city.fictional, made) == (False, None)
