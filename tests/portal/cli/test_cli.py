"""The command line as a whole."""

from __future__ import annotations

from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.cli import make_main, operations
from portal.cluster.place import free_port
from portal.config import Config
from tests.portal.cli.conftest import Run


def test_help_lists_what_the_portal_can_do_and_nothing_else(run: Run) -> None:
    lines = run("--help").output.partition("Commands:")[2].splitlines()
    assert {line.split()[0] for line in lines if line.strip()} == {
        "accounts", "backup", "check", "db", "import", "policy", "restore", "sample", "score", "worker",
    }  # fmt: skip
    assert not [line for line in lines if line.endswith("...")]


def test_a_database_that_is_away_is_said_with_what_fits(
    own_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = f"postgresql://portal:x@127.0.0.1:{free_port()}/atlas"
    main = make_main(lambda: create_app(replace(own_config, database_url=nowhere)))
    for url, remedy in (("", "再运行同样的 ./run portal"), (nowhere, "请核对 PORTAL_DATABASE_URL 的地址")):
        monkeypatch.setenv("PORTAL_DATABASE_URL", url)
        done = CliRunner().invoke(main, ["check"])
        assert done.exit_code == 1
        first, second = done.output.splitlines()
        assert first.startswith("Error: 数据库没有应答") and remedy in second
        assert "x@" not in done.output


def test_a_database_that_answers_that_it_cannot_is_not_said_to_be_away(
    own_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    def examine(session: Session) -> None:
        session.execute(text("SET LOCAL statement_timeout = 10"))
        session.execute(text("SELECT pg_sleep(1)"))

    monkeypatch.setattr(operations.checks, "examine", examine)
    done = CliRunner().invoke(make_main(lambda: create_app(own_config)), ["check"])
    assert done.exit_code == 1
    assert "数据库没有完成操作：canceling statement due to statement timeout\n→ 没有写完的" in done.output


def test_a_wrong_setting_has_the_exit_code_of_a_wrong_argument() -> None:
    main = make_main(lambda: create_app(Config.from_environ({"PORTAL_CITY": "Shen Zhen"})))
    done = CliRunner().invoke(main, ["check"])
    assert done.exit_code == 2
    assert done.output.startswith("Error: PORTAL_CITY is 'Shen Zhen'\n→ ")
