"""``portal accounts``."""

from __future__ import annotations

import re
from dataclasses import replace

from click.testing import CliRunner
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.app import create_app
from portal.cli import make_main
from portal.config import Config
from portal.store import accounts as store
from tests.conftest import MakeDatabase
from tests.portal.cli.conftest import Run

PASSWORD = "a long enough password"


def test_created_account_can_log_in(run: Run, committed_session: Session, own_config: Config) -> None:
    run("db", "upgrade")
    made = run("accounts", "create", "c1", "--role", "clerk", "--password", PASSWORD)
    assert made.exit_code == 0, made.output
    assert PASSWORD not in made.output
    opened = accounts.log_in(committed_session, "c1", PASSWORD, "127.0.0.1", own_config.secret_key)
    assert opened.role == "clerk"


def test_mistakes_end_in_plain_words(run: Run) -> None:
    run("db", "upgrade")
    wrong = run("accounts", "create", "c2", "--role", "clerk", "--password", "short")
    assert wrong.exit_code == 1
    assert wrong.output.startswith("Error: password：密码至少 10 个字符")
    nobody = run("accounts", "password", "nobody", "--password", PASSWORD)
    assert nobody.exit_code == 1
    assert "没有账号 nobody" in nobody.output
    official = run(
        "accounts", "create", "s1", "--role", "street", "--street", "不存在", "--password", PASSWORD
    )
    assert "没有唯一的街道" in official.output


def test_password_is_changed(run: Run, committed_session: Session, own_config: Config) -> None:
    run("db", "upgrade")
    run("accounts", "create", "c3", "--role", "leader", "--password", PASSWORD)
    run("accounts", "password", "c3", "--password", "another long password")
    secret = own_config.secret_key
    assert accounts.log_in(committed_session, "c3", "another long password", "127.0.0.1", secret)


def test_demo_accounts_are_made_and_printed(run: Run, committed_session: Session) -> None:
    run("db", "upgrade")
    assert run("accounts", "demo", "--print").output == ""
    shown = run("accounts", "demo").output
    assert re.search(r"leader +demo-\d{8}", shown)
    assert run("accounts", "demo", "--print").output == shown
    assert store.by_username(committed_session, "leader") is not None


def test_demo_accounts_are_refused_where_they_are_disabled(own_config: Config) -> None:
    main = make_main(lambda: create_app(replace(own_config, demo_accounts=False)))
    answer = CliRunner().invoke(main, ["accounts", "demo"])
    assert "不提供演示账号" in answer.output
    assert "demo-" not in answer.output


def test_a_password_that_does_not_work_is_not_printed(run: Run, own_config: Config) -> None:
    """As after a restore without the key of the backup's day."""
    run("db", "upgrade")
    run("accounts", "demo")
    other = replace(own_config, secret_key="y" * 48)
    said = CliRunner().invoke(make_main(lambda: create_app(other)), ["accounts", "demo"]).output
    assert accounts.demo_password(other.secret_key) not in said
    assert re.search(r"^  leader +（另有密码）", said, re.MULTILINE)
    assert "./run portal accounts password" in said


def test_where_nobody_can_log_in_the_first_account_is_asked_for(
    config: Config, make_database: MakeDatabase
) -> None:
    made = make_database()
    open_to_all = replace(
        config, database_url=made.portal_url, owner_database_url=made.owner_url, demo_accounts=False
    )
    main = make_main(lambda: create_app(open_to_all))
    CliRunner().invoke(main, ["db", "upgrade"])
    asked = "./run portal accounts create 用户名 --role administrator"
    assert asked in CliRunner().invoke(main, ["accounts", "demo"]).output
    CliRunner().invoke(main, ["accounts", "create", "a1", "--role", "administrator", "--password", PASSWORD])
    assert asked not in CliRunner().invoke(main, ["accounts", "demo"]).output


def test_help_names_the_shortest_password(run: Run) -> None:
    assert f"至少 {accounts.MIN_PASSWORD} 个字符" in run("accounts", "create", "--help").output
