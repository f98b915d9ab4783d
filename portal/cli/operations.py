"""``portal backup | restore | check | worker``: keeping a portal alive."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from portal.cli.wiring import open_session, services
from portal.cluster import main_place
from portal.cluster.dumps import check_dump, dump, restore_into
from portal.cluster.dumps import restore as restore_embedded
from portal.config import Config
from portal.errors import N_, Conflict
from portal.jobs import operations as jobs
from portal.queue import make_queue
from portal.store.operations import health


@click.command(
    short_help="把城市的数据库写入一个文件。",
    help="""把城市的数据库写入 TARGET（默认 instance/backups/城市-时间.dump）。

    加密地址和姓名的密钥不在备份里：请把 instance/secret_key 另存于安全之处。
    没有它，恢复后的门户除这些以外都能看。
    """,
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
    dump(str(config.owner_database_url), target)
    click.echo(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")


@click.command(
    short_help="用备份替换城市的数据库。",
    help="""把 portal backup 写的文件 SOURCE 恢复为城市的数据库。

    原有的数据库另名保留。外部 PostGIS（PORTAL_DATABASE_URL）须是空库。
    """,
)
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="不询问。")
@with_appcontext
def restore(source: Path, yes: bool) -> None:
    """Restore SOURCE, a file of `portal backup`, as the city's database."""
    config = services().config
    check_dump(source)
    if not yes:
        click.confirm(f"用 {source.name} 替换城市 {config.city} 的数据库？", abort=True)
    services().engine.dispose()
    if Config.from_environ(os.environ).embedded:
        kept = restore_embedded(main_place(config.instance_dir), config.city, source, _now())
        click.echo(f"已恢复；原来的数据库保留为 {kept}" if kept else "已恢复")
        return
    with open_session() as session:
        if health.table_count(session):
            raise Conflict(N_("目标数据库不是空的"), remedy=N_("请新建一个空数据库再恢复"))
    restore_into(str(config.owner_database_url), source)
    click.echo("已恢复")


@click.command(help="检查整个门户；有问题时退出码为 1。")
@with_appcontext
def check() -> None:
    """Look the whole portal over; exit 1 when something is wrong."""
    with open_session() as session:
        findings = health.examine(session)
    for finding in findings:
        mark = {True: "正常", False: "异常", None: "说明"}[finding.good]
        click.echo(f"{mark}  {finding.what}：{finding.detail}")
    if any(finding.good is False for finding in findings):
        raise SystemExit(1)


@click.command(help="处理后台任务，直到被停止。")
@click.option("--once", is_flag=True, help="队列空了就停止。")
@with_appcontext
def worker(once: bool) -> None:
    """Work off background jobs until stopped."""
    wired = services()
    queue = make_queue(str(wired.config.database_url))
    jobs.register(queue, wired.sessions)
    try:
        asyncio.run(jobs.work(queue, once=once))
    finally:
        wired.engine.dispose()


def _now() -> datetime:
    return datetime.now(ZoneInfo("Asia/Shanghai"))
