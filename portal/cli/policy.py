"""``portal policy``: what the city decides."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import click
import orjson
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from geo.policy.catalogue import GROUPS, key_of, title_of, value_at
from geo.policy.differences import arranged
from geo.policy.toml import write_toml
from portal.actions import policy as actions
from portal.actions.policy import consequences, versions, words
from portal.actions.policy.versions import Why
from portal.cli.speech import lines, paragraphs, say
from portal.cli.wiring import open_session, services
from portal.errors import N_
from portal.store import policy as policy_store


@click.group("policy", help=N_("查看城市政策，或写入新的一版。"))
def group() -> None:
    """Show the city's policy, or put a new version in force."""


@group.command(help=N_("以 JSON 输出今天有效的政策；加 --toml 则输出可以修改后再写入的文件。"))
@click.option("--toml", "as_toml", is_flag=True, help=N_("输出 TOML，每项注明名称。"))
@with_appcontext
def show(as_toml: bool) -> None:
    """Print the policy in force today, as JSON or TOML."""
    with open_session() as session:
        if as_toml:
            text = write_toml(_in_force(session), lambda path: say(title_of(path)) if key_of(path) else "")
            click.echo(text, nl=False)
        else:
            click.echo(policy_store.current_policy(session).decode())


@group.command(help=N_("列出政策的每一项：名称、含义、今天的值、可填的范围。"))
@with_appcontext
def keys() -> None:
    """List every key of the policy with its name, meaning, value and range."""
    with open_session() as session:
        document = _in_force(session)
    for group in GROUPS:
        click.echo(say(group.name))
        for key in group.keys:
            told = words.spell_short(value_at(document, key.path))
            unit = f" {say(key.unit)}" if key.unit else ""
            click.echo(f"  {key.path} = {say(told)}{unit}")
            click.echo("      " + say(N_("{name}：{value}"), name=say(key.name), value=say(key.meaning)))
            click.echo("      " + say(N_("可填：{allowed}"), allowed=key.kind.allowed))


@group.command(
    "set",
    short_help=N_("把文件写入为新的一版。"),
    help=N_("把 FILE（TOML，写法见 data/city.toml）写入为新的一版；旧版保留。先列出改动和后果。"),
)
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--from", "since", type=click.DateTime(["%Y-%m-%d"]), default=None, help=N_("从哪一天起生效；默认今天。")
)
@click.option("--reason", default="", help=N_("修改的理由，记入操作日志。"))
@click.option("--dry-run", is_flag=True, help=N_("只列出改动和后果，什么都不写入。"))
@with_appcontext
def put(file: Path, since: datetime | None, reason: str, dry_run: bool) -> None:
    """Put FILE (TOML, see data/city.toml) in force as a new version. Older versions stay."""
    why = Why(reason=versions.clean_reason(reason) if reason else "")
    with open_session() as session:
        day = since.date() if since else policy_store.today(session)
        foreseen = consequences.foresee(session, actions.read(file), day, why)
        for change in foreseen.changes:
            click.echo(say(words.tell_change(change)))
        for line in words.tell(foreseen):
            click.echo(f"- {say(line)}")
        if dry_run:
            click.echo(say(N_("以上只是预览，没有写入。")))
            return
        version = actions.replace(session, file, day, why)
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


def _in_force(session: Session) -> dict[str, Any]:
    """Return the policy in force today, in the order of the one that the portal came with."""
    document = orjson.loads(policy_store.current_policy(session))
    found: dict[str, Any] = arranged(document, actions.read(services().config.policy_path))
    return found
