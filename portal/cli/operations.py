"""``portal backup | restore | check | worker``: keeping a portal alive."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import click
import procrastinate
from flask.cli import with_appcontext
from sqlalchemy.exc import SQLAlchemyError

from portal.cli.speech import paragraphs, say
from portal.cli.ticking import ticking
from portal.cli.wiring import open_session, services
from portal.cluster import main_place
from portal.cluster.dumps import check_dump, dump, restore_into, restoring_alone
from portal.cluster.dumps import restore as restore_embedded
from portal.config import Config
from portal.errors import N_, Conflict, SpokenError
from portal.jobs import operations as housekeeping
from portal.jobs import scores
from portal.jobs.frame import Frame
from portal.jobs.kinds import KINDS
from portal.jobs.worker import Worker
from portal.queue import make_queue
from portal.store.operations import check as checks


@click.command(
    short_help=N_("把城市的数据库写入一个文件。"),
    help=paragraphs(
        N_("把城市的数据库写入 TARGET（默认 instance/backups/城市-时间.dump）。"),
        N_(
            "加密地址和姓名的密钥不在备份里：请把 instance/secret_key 另存于安全之处。"
            "没有它，恢复后的门户除这些以外都能看。"
        ),
    ),
)
@click.argument("target", type=click.Path(path_type=Path), required=False)
@with_appcontext
def backup(target: Path | None) -> None:
    """Write the city's database to TARGET (default: instance/backups/CITY-TIME.dump)."""
    config = services().config
    if target is None:
        folder = config.instance_dir / "backups"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"{config.city}-{_now():%Y%m%d-%H%M%S}.dump"
    with ticking(say(N_("备份"))):
        dump(str(config.owner_database_url), target)
    click.echo(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")


@click.command(
    short_help=N_("用备份替换城市的数据库。"),
    help=paragraphs(
        N_("把 ./run portal backup 写的文件 SOURCE 恢复为城市的数据库。"),
        N_("原有的数据库另名保留，空库除外。外部 PostGIS（PORTAL_DATABASE_URL）须是空库。"),
        N_("账号、密码和加密的姓名地址属于备份那时的 instance/secret_key：请把它一并放回。"),
        N_("所有登录随之结束，每个人都要重新登录。"),
    ),
)
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help=N_("不询问。"))
@with_appcontext
def restore(source: Path, yes: bool) -> None:
    """Restore SOURCE, a file of `portal backup`, as the city's database."""
    config = services().config
    check_dump(source)
    if not yes:
        asked = say(N_("用 {file} 替换城市 {city} 的数据库？"), file=source.name, city=config.city)
        click.confirm(asked, abort=True)
    services().engine.dispose()
    with restoring_alone(config.instance_dir):
        kept = _restore(config, source)
    click.echo(say(N_("已恢复；原来的数据库保留为 {name}"), name=kept) if kept else say(N_("已恢复")))
    click.echo(say(N_("所有登录都已结束：备份不知道此后谁退出过或被停用，请检查账号")))
    click.echo(say(N_("账号和密码是备份里的；加密的姓名和地址要用备份那时的 instance/secret_key 才能看")))


def _restore(config: Config, source: Path) -> str:
    """Restore into the embedded cluster or an empty database; return what the present one is now called."""
    if Config.from_environ(os.environ).embedded:
        with ticking(say(N_("恢复"))):
            return restore_embedded(main_place(config.instance_dir), config.city, source, _now())
    with open_session() as session:
        if checks.table_count(session):
            raise Conflict(N_("目标数据库不是空的"), remedy=N_("请新建一个空数据库再恢复"))
    with ticking(say(N_("恢复"))):
        restore_into(str(config.owner_database_url), source)
    return ""


@click.command(help=N_("检查整个门户；有问题时退出码为 1。"))
@with_appcontext
def check() -> None:
    """Look the whole portal over; exit 1 when something is wrong."""
    with open_session() as session:
        findings = checks.examine(session)
    for finding in findings:
        mark = {True: N_("正常"), False: N_("异常"), None: N_("说明")}[finding.good]
        click.echo(
            say(
                N_("{mark}  {what}：{detail}"),
                mark=say(mark),
                what=say(finding.what),
                detail=say(finding.detail),
            )
        )
    if any(finding.good is False for finding in findings):
        raise SystemExit(1)


@click.command(help=N_("处理后台任务，直到被停止。"))
@click.option("--once", is_flag=True, help=N_("队列空了就停止。"))
@with_appcontext
def worker(once: bool) -> None:
    """Work off background jobs until stopped."""
    wired = services()

    def queue() -> procrastinate.App:
        made = make_queue(str(wired.config.database_url))
        housekeeping.register(made, wired.sessions, wired.city, wired.config.instance_dir)
        return made

    made = Worker(queue, Frame(wired, KINDS), patrol=lambda: scores.keep_fresh(wired))
    try:
        asyncio.run(made.work_off() if once else made.work())
    finally:
        wired.engine.dispose()


def _now() -> datetime:
    """Return the present moment in the city, in UTC where no policy can be read: that must stop nobody."""
    try:
        with open_session() as session:
            return datetime.now(services().city(session).zone)
    except (SpokenError, SQLAlchemyError):
        return datetime.now(UTC)
