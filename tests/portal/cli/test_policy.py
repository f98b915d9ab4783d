"""``portal policy``."""

from __future__ import annotations

import json
from pathlib import Path

from portal.config import ROOT
from tests.portal.cli.conftest import Run


def test_new_version_is_shown_once_in_force(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "city.toml"
    file.write_text((ROOT / "data" / "city.toml").read_text("utf-8").replace("云岭市", "新城市"), "utf-8")
    put = run("policy", "set", file)
    assert put.exit_code == 0, put.output
    assert "城市政策第 2 版自" in put.output
    assert json.loads(run("policy", "show").output)["city"]["name"] == "新城市"


def test_the_measuring_crs_is_changed_by_one_word(run: Run) -> None:
    run("db", "upgrade")
    put = run("policy", "metric-epsg", "32648")
    assert put.exit_code == 0, put.output
    assert json.loads(run("policy", "show").output)["city"]["metric_epsg"] == 32648


def test_the_city_is_named(run: Run) -> None:
    run("db", "upgrade")
    put = run("policy", "name", "深圳市", "Shenzhen")
    assert put.exit_code == 0, put.output
    head = json.loads(run("policy", "show").output)["city"]
    assert (head["name"], head["name_en"]) == ("深圳市", "Shenzhen")


def test_broken_policy_is_refused(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "city.toml"
    file.write_text("[city]\n")
    refused = run("policy", "set", file)
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: 城市政策缺少 scores")
