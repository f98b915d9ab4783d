"""``portal score``."""

from __future__ import annotations

from tests.portal.cli.conftest import Run


def test_no_evidence_no_scores(run: Run) -> None:
    run("db", "upgrade")
    done = run("score")
    assert done.exit_code == 0, done.output
    assert done.output == "新增 0，变更 0，删除 0，未变 0\n"
