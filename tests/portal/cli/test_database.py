"""``portal db``."""

from __future__ import annotations

from tests.portal.cli.conftest import Run


def test_upgrade_seeds_the_policy_once(run: Run) -> None:
    first = run("db", "upgrade")
    assert first.exit_code == 0, first.output
    assert "policy version 1 from city.toml" in first.output
    second = run("db", "upgrade")
    assert "policy version" not in second.output
    assert "schema is up to date" in second.output
