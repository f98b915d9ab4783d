import os
from pathlib import Path

import pytest

from portal.cluster.programs import (
    OLDEST_MAJOR,
    Account,
    can_enter,
    find_programs,
    run_program,
    server_account,
)
from portal.errors import ConfigError, Unavailable

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")


def test_an_installed_version_is_found_with_all_its_programs() -> None:
    programs = find_programs()
    assert programs.major >= OLDEST_MAJOR
    assert (programs.folder / "initdb").is_file()
    assert find_programs(programs.major) == programs


def test_a_demanded_version_that_is_missing_is_named() -> None:
    with pytest.raises(ConfigError, match="PostgreSQL 99 is not installed") as caught:
        find_programs(99)
    assert "postgresql-99" in caught.value.remedy


def test_programs_speak_and_their_failure_is_told(tmp_path: Path) -> None:
    programs, account = find_programs(), server_account(tmp_path / "none")
    assert str(programs.major) in run_program(programs, account, "pg_ctl", "--version")
    with pytest.raises(Unavailable, match=r"pg_ctl failed: .*no such place"):
        run_program(programs, account, "pg_ctl", "status", "-D", "/no such place")


def test_the_callers_environment_does_not_reach_the_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGDATA", "/somewhere/else")
    with pytest.raises(Unavailable, match="no database directory specified"):
        run_program(find_programs(), server_account(Path("/none")), "pg_ctl", "status")


@as_root
def test_root_hands_the_server_to_the_owner_of_the_data(tmp_path: Path) -> None:
    fresh = server_account(tmp_path / "none")
    assert fresh is not None
    assert fresh.name == "postgres"
    os.chown(tmp_path, 1, 1)
    kept = server_account(tmp_path)
    assert kept is not None
    assert kept.uid == 1
    with pytest.raises(ConfigError, match="root cannot run PostgreSQL"):
        server_account(Path("/root"))


@as_root
def test_a_private_folder_cannot_be_entered(tmp_path: Path) -> None:
    account = Account("nobody", 65534, 65534)
    (tmp_path / "inner").mkdir()
    tmp_path.chmod(0o700)
    assert not can_enter(account, tmp_path / "inner")
    assert can_enter(None, tmp_path / "inner")
