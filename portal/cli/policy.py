"""``portal policy``: what the city decides."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

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
        day = since.date() if since else _today(session)
        version = actions.replace(session, file, day)
    click.echo(f"policy version {version} in force from {day}")


@group.command("metric-epsg")
@click.argument("epsg", type=int)
@with_appcontext
def measure_in(epsg: int) -> None:
    """Measure metres in the projected CRS EPSG: a new version, in force from today.

    \b
    portal policy metric-epsg 32648     UTM zone 48, for Chengdu or Chongqing
    portal policy metric-epsg 4547      CGCS2000 / 3-degree Gauss-Kruger CM 114E
    """
    with open_session() as session:
        version = actions.measure_in(session, epsg)
    click.echo(f"policy version {version} in force from today")


@group.command("name")
@click.argument("name")
@click.argument("name_en")
@with_appcontext
def rename(name: str, name_en: str) -> None:
    """Call the city NAME, in English NAME_EN: a new version, in force from today.

    \b
    portal policy name 深圳市 Shenzhen
    """
    with open_session() as session:
        version = actions.rename(session, name, name_en)
    click.echo(f"policy version {version} in force from today")


def _today(session: Session) -> date:
    return datetime.now(ZoneInfo(services().city(session).timezone)).date()
