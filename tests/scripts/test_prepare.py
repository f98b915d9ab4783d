from __future__ import annotations

import pytest

from scripts.prepare import run_commands


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
