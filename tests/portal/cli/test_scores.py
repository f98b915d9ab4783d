"""``portal score``."""

from __future__ import annotations

from tests.portal.cli.conftest import Run


def test_no_evidence_no_scores(run: Run) -> None:
    run("db", "upgrade")
    done = run("score")
    assert done.exit_code == 0, done.output
    assert done.output == "0 new, 0 changed, 0 removed, 0 unchanged\n"
