"""``portal sample``."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from geo.policy.city import City
from portal.actions.imports import sample
from portal.app import create_app
from portal.cli import make_main
from portal.cli.sample import AHEAD
from portal.config import ROOT, Config
from tests.portal.cli.conftest import Run


@pytest.mark.parametrize("same_policy", [True, False])
def test_a_sample_made_ahead_is_loaded_where_it_is_of_this_policy(
    own_config: Config, run: Run, city: City, monkeypatch: pytest.MonkeyPatch, same_policy: bool
) -> None:
    run("db", "upgrade")
    loaded: list[object] = []

    def load(*_: Any, made: object, **__: Any) -> None:
        loaded.append(made)

    monkeypatch.setattr(sample, "load", load)
    main, ahead = make_main(lambda: create_app(own_config)), Future[Any]()
    ahead.set_result((city if same_policy else replace(city, name="另一座城"), "made"))
    main.context_settings["obj"].data[AHEAD] = ahead
    assert CliRunner().invoke(main, ["sample", "load", "--if-empty"]).exit_code == 0
    assert loaded == ["made" if same_policy else None]


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
