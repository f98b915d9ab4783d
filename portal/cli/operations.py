"""``portal backup | restore | check | worker``: keeping a portal alive."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import with_appcontext

from portal import jobs
from portal.cli.wiring import open_session, services
from portal.cluster import main_place
from portal.cluster.dumps import dump, restore_into
from portal.cluster.dumps import restore as restore_embedded
from portal.config import Config
from portal.errors import N_, Conflict
from portal.queue import make_queue
from portal.store import health


@click.command(short_help="Write the city's database to a file.")
@click.argument("target", type=click.Path(path_type=Path), required=False)
@with_appcontext
def backup(target: Path | None) -> None:
    """Write the city's database to TARGET (default: instance/backups/CITY-TIME.dump).

    The secret key that encrypts addresses and names is not in the backup: keep
    instance/secret_key in another safe place. Without it a restored portal
    shows everything but these.
    """
    config = services().config
    if target is None:
        folder = config.instance_dir / "backups"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        target = folder / f"{config.city}-{_now():%Y%m%d-%H%M%S}.dump"
    dump(str(config.owner_database_url), target)
    click.echo(f"{target} ({target.stat().st_size / 1e6:.1f} MB)")


@click.command(short_help="Put a backup in the place of the city's database.")
@click.argument("source", type=click.Path(path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(source: Path, yes: bool) -> None:
    """Restore SOURCE, a file of `portal backup`, as the city's database.

    The database in place is kept under another name. An existing PostGIS
    (PORTAL_DATABASE_URL) must be empty.
    """
    config = services().config
    if not yes:
        click.confirm(f"Restore {source.name} as the database of city {config.city!r}?", abort=True)
    services().engine.dispose()
    if Config.from_environ(os.environ).embedded:
        kept = restore_embedded(main_place(config.instance_dir), config.city, source, _now())
        click.echo(f"restored; the database before is kept as {kept}" if kept else "restored")
        return
    with open_session() as session:
        if health.table_count(session):
            raise Conflict(N_("目标数据库不是空的"), remedy=N_("请新建一个空数据库再恢复"))
    restore_into(str(config.owner_database_url), source)
    click.echo("restored")


@click.command()
@with_appcontext
def check() -> None:
    """Look the whole portal over; exit 1 when something is wrong."""
    with open_session() as session:
        findings = health.examine(session)
    for finding in findings:
        mark = {True: "ok  ", False: "FAIL", None: "note"}[finding.good]
        click.echo(f"{mark}  {finding.what}: {finding.detail}")
    if any(finding.good is False for finding in findings):
        raise SystemExit(1)


@click.command()
@click.option("--once", is_flag=True, help="Stop when the queue is empty.")
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
