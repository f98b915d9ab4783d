"""``portal policy``."""

from __future__ import annotations

import json
from pathlib import Path

from geo.policy.catalogue import KEYS
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


def test_a_file_is_foreseen_before_it_is_set(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "city.toml"
    text = run("policy", "show", "--toml").output
    assert "metric_epsg = " in text and "# 量算坐标系" in text
    minutes = json.loads(run("policy", "show").output)["routes"]["visit_minutes"]
    file.write_text(text.replace(f"visit_minutes = {minutes}", f"visit_minutes = {minutes + 1}"), "utf-8")
    tried = run("policy", "set", file, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert f"每站停留：{minutes} → {minutes + 1}" in tried.output
    assert "以后新排的路线按新值计算" in tried.output and "没有写入" in tried.output
    assert json.loads(run("policy", "show").output)["routes"]["visit_minutes"] == minutes
    put = run("policy", "set", file, "--reason", "巡查办公会")
    assert put.exit_code == 0, put.output
    assert f"每站停留：{minutes} → {minutes + 1}" in put.output
    assert json.loads(run("policy", "show").output)["routes"]["visit_minutes"] == minutes + 1
    again = run("policy", "set", file)
    assert again.exit_code == 1 and "没有改动任何一项" in again.output


def test_a_key_out_of_range_is_named_with_its_value_and_what_to_write(run: Run, tmp_path: Path) -> None:
    run("db", "upgrade")
    file = tmp_path / "city.toml"
    text = (ROOT / "data" / "city.toml").read_text("utf-8")
    file.write_text(text.replace("visit_minutes = 30", "visit_minutes = 3000"), "utf-8")
    refused = run("policy", "set", file)
    assert refused.exit_code == 1
    assert "routes.visit_minutes：3000 不在允许的范围内（1 到 480 的整数）" in refused.output
    assert "请填写：1 到 480 的整数" in refused.output


def test_every_key_is_listed_with_its_words(run: Run) -> None:
    run("db", "upgrade")
    listed = run("policy", "keys").output
    for key in KEYS.values():
        assert f"  {key.path} = " in listed
        assert f"{key.name}：{key.meaning}" in listed
