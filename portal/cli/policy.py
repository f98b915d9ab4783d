"""``portal policy``: what the city decides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from flask.cli import with_appcontext

from portal.actions import policy as actions
from portal.cli.speech import lines, paragraphs, say
from portal.cli.wiring import open_session
from portal.errors import N_
from portal.store import policy as policy_store


@click.group("policy", help=N_("查看城市政策，或写入新的一版。"))
def group() -> None:
    """Show the city's policy, or put a new version in force."""


@group.command(help=N_("以 JSON 输出今天有效的政策。"))
@with_appcontext
def show() -> None:
    """Print the policy in force today, as JSON."""
    with open_session() as session:
        click.echo(policy_store.current_policy(session).decode())


@group.command("set", help=N_("把 FILE（TOML，写法见 data/city.toml）写入为新的一版；旧版保留。"))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), default=None, help=N_("从哪一天起生效；默认今天。")
)
@with_appcontext
def put(file: Path, since: datetime | None) -> None:
    """Put FILE (TOML, see data/city.toml) in force as a new version. Older versions stay."""
    with open_session() as session:
        day = since.date() if since else policy_store.today(session)
        version = actions.replace(session, file, day)
    click.echo(say(N_("城市政策第 {version} 版自 {day} 起生效"), version=version, day=day))


@group.command(
    "metric-epsg",
    short_help=N_("改用另一个以米为单位的投影坐标系。"),
    help=paragraphs(
        N_("从今天起以投影坐标系 EPSG 量算长度和面积，写入为新的一版。"),
        lines(
            N_(
                "./run portal policy metric-epsg 32648     UTM 48 带，适用于成都、重庆\n"
                "./run portal policy metric-epsg 4547      CGCS2000 三度带，中央经线 114°"
            )
        ),
    ),
)
@click.argument("epsg", type=int)
@with_appcontext
def measure_in(epsg: int) -> None:
    """Measure metres in the projected CRS EPSG: a new version, in force from today."""
    with open_session() as session:
        version = actions.measure_in(session, epsg)
    click.echo(say(N_("城市政策第 {version} 版自今天起生效"), version=version))


@group.command(
    "name",
    short_help=N_("给城市起中文名和英文名。"),
    help=paragraphs(
        N_("从今天起城市称为 NAME，英文名 NAME_EN，写入为新的一版。"),
        lines("./run portal policy name 深圳市 Shenzhen"),
    ),
)
@click.argument("name")
@click.argument("name_en")
@with_appcontext
def rename(name: str, name_en: str) -> None:
    """Call the city NAME, in English NAME_EN: a new version, in force from today."""
    with open_session() as session:
        version = actions.rename(session, name, name_en)
    click.echo(say(N_("城市政策第 {version} 版自今天起生效"), version=version))
