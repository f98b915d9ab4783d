import pytest

from scripts.prepare import run_commands


def test_commands_run_in_order_in_one_process(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["db --help", "accounts --help"]) == 0
    said = capfd.readouterr().out
    assert 0 < said.index("portal db") < said.index("portal accounts")


def test_the_first_failure_ends_it_with_its_message(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_commands(["accounts no-such-command", "db --help"]) == 2
    said = capfd.readouterr()
    assert "No such command" in said.err
    assert "portal db" not in said.out
