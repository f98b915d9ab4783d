"""``portal sample``."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.actions.imports import sample
from portal.cli import sample_ahead
from portal.config import ROOT, Config
from tests.portal.cli.conftest import Run


def test_the_city_that_was_made_ahead_is_the_one_that_is_loaded(
    own_config: Config, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("db", "upgrade")
    loaded: list[object] = []
    monkeypatch.setattr(sample_ahead, "take", lambda folder, city: (folder, city.fictional))
    monkeypatch.setattr(sample, "load", lambda *_, made, **__: loaded.append(made))
    assert run("sample", "load", "--if-empty").exit_code == 0
    assert loaded == [(own_config.instance_dir, True)]


def test_a_real_citys_database_gets_no_sample_city(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "city.toml"
    text = (ROOT / "data" / "city.toml").read_text("utf-8")
    file.write_text(text.replace("fictional = true", "fictional = false"), "utf-8")
    run("policy", "set", file)
    quiet = run("sample", "load", "--if-empty")
    assert (quiet.exit_code, quiet.output) == (0, "")
    refused = run("sample", "load")
    assert refused.exit_code == 1
    assert "虚构城市" in refused.output
