"""``portal policy``: what the city decides."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from portal.actions import policy as actions
from portal.cli.wiring import open_session, services
from portal.store import system


@click.group("policy")
def group() -> None:
    """Show the city's policy, or put a new version in force."""


@group.command()
@with_appcontext
def show() -> None:
    """Print the policy in force today, as JSON."""
    with open_session() as session:
        click.echo(system.current_policy(session).decode())


@group.command("set")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="First day in force (today)."
)
@with_appcontext
def put(file: Path, since: datetime | None) -> None:
    """Put FILE (TOML, see data/city.toml) in force as a new version. Older versions stay."""
    with open_session() as session:
        day: date = (
            since.date() if since else datetime.now(ZoneInfo(services().city(session).timezone)).date()
        )
        version = actions.replace(session, file, day)
    click.echo(f"policy version {version} in force from {day}")
