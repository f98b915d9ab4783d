from pathlib import Path

import pytest

from portal.config import ROOT
from scripts.check_settings import main, strange_names

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path))


def test_it_ends_with_two_lines_and_exit_code_2(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    monkeypatch.setenv("PORTAL_CITY", "Shen Zhen")
    assert main() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert [line[:11] for line in said.err.splitlines()] == ["PORTAL_CITY", "  Use up to"]
    monkeypatch.setenv("PORTAL_CITY", "shenzhen")
    assert main() == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("variable", ["PORTAL_POLICY", "PORTAL_PMTILES"])
@pytest.mark.parametrize("content", [b"", b"[city]\n", b"= not toml", b"\xff\xfe", b"PMTiles\x02"])
def test_a_file_that_is_not_what_it_should_be_is_named(
    variable: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    monkeypatch.setenv(variable, str(file))
    assert main() == 2
    message, remedy = capsys.readouterr().err.splitlines()
    assert message.startswith(f"{variable} names {file}, which is no ")
    assert remedy.strip()


def test_good_files_pass(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tiles").write_bytes(b"PMTiles\x03 and more")
    monkeypatch.setenv("PORTAL_PMTILES", str(tmp_path / "tiles"))
    monkeypatch.setenv("PORTAL_POLICY", str(ROOT / "data/city.toml"))
    assert main() == 0


def test_a_name_that_is_no_setting_is_said_and_does_not_stop(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("PORTAL_PROXYHOPS", "1")
    assert main() == 0
    assert capsys.readouterr().err == (
        "! PORTAL_PROXYHOPS is no setting and does nothing: did you mean PORTAL_PROXY_HOPS?\n"
    )


def test_names_that_are_known_or_nobodys_are_left_alone() -> None:
    names = ["PORTAL_CITY", "PORTAL_TEST_DATABASE_URL", "PORTALS", "HOME"]
    assert list(strange_names(dict.fromkeys(names, ""))) == []
    assert "docs/settings.md" in next(strange_names({"PORTAL_XYZ": ""}))
