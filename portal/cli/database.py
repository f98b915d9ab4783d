"""``portal db``: bring the schema and the policy to the newest version."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from portal.actions import policy
from portal.cli.speech import say
from portal.cli.wiring import open_session, services
from portal.config import role_of
from portal.db import upgrade_schema
from portal.errors import N_


@click.group("db", help=N_("数据库结构。"))
def group() -> None:
    """Keep the database's schema."""


@group.command(help=N_("以所有者角色升级数据库结构，并写入城市政策；可随时运行，做过的不会重做。"))
@with_appcontext
def upgrade() -> None:
    """Run the migrations as the database's owner, then seed the policy.

    Safe to run at any time: what is done already is not done again.
    """
    config = services().config
    upgrade_schema(str(config.owner_database_url), role_of(str(config.database_url)))
    with open_session() as session:
        version = policy.seed(session, config.policy_path, city_code=config.city)
    if version:
        click.echo(
            say(N_("已按 {file} 写入城市政策第 {version} 版"), file=config.policy_path.name, version=version)
        )
    click.echo(say(N_("数据库结构已是最新")))
