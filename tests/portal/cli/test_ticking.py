import time

import pytest

from portal.cli import ticking as module


def test_a_long_wait_says_what_for_and_how_long(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "SECONDS", 0.05)
    with module.ticking("reading") as change:
        time.sleep(0.12)
        change("writing")
        time.sleep(0.12)
    said = capsys.readouterr()
    assert said.out == ""
    assert "  … reading 0 s\n" in said.err
    assert said.err.endswith("  … writing 0 s\n")


def test_a_short_one_is_silent_and_an_error_passes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="cause"), module.ticking("working"):
        raise ValueError("cause")
    assert capsys.readouterr() == ("", "")


def test_five_seconds_is_the_longest_silence() -> None:
    assert module.SECONDS <= 5
