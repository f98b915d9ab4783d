"""``portal sample``."""

from __future__ import annotations

from pathlib import Path

from portal.config import ROOT
from tests.portal.cli.conftest import Run


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
