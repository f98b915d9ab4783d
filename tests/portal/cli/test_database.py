"""``portal db``."""

from __future__ import annotations

from tests.portal.cli.conftest import Run


def test_upgrade_seeds_the_policy_once(run: Run) -> None:
    first = run("db", "upgrade")
    assert first.exit_code == 0, first.output
    assert "已按 city.toml 写入城市政策第 1 版" in first.output
    second = run("db", "upgrade")
    assert "写入城市政策" not in second.output
    assert "数据库结构已是最新" in second.output
