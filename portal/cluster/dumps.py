"""Backup and restore of one city's database, by PostgreSQL's own programs."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import psycopg
from psycopg import sql

from portal.cluster.databases import admin_url, database_of, ensure_database, owner_url
from portal.cluster.place import Place
from portal.cluster.programs import find_programs, run_command
from portal.errors import N_, Conflict, FileRefused, Unavailable

MAGIC = b"PGDMP"


def dump(url: str, target: Path) -> None:
    """Write the database at ``url`` to ``target``; whole or not at all.

    Raises
    ------
    Conflict
        ``target`` exists.
    FileRefused
        There is no folder to write it to.
    Unavailable
        ``pg_dump`` failed; nothing is left behind.
    """
    if not target.parent.is_dir():
        raise FileRefused(
            N_("没有文件夹 {folder}"), remedy=N_("请先建立它，或改写路径"), folder=target.parent
        )
    if target.exists():
        raise Conflict(N_("{file} 已存在"), remedy=N_("请换一个文件名"), file=target.name)
    half_done = target.with_name(target.name + ".part")
    # Made anew: what lies there may be a link, or readable by others.
    half_done.unlink(missing_ok=True)
    half_done.touch(mode=0o600, exist_ok=False)
    try:
        _run(
            "pg_dump",
            "--format=custom",
            "--schema=public",
            "--exclude-table=spatial_ref_sys",  # comes with PostGIS
            "--no-owner",
            f"--file={half_done.absolute()}",
            url=url,
        )
        half_done.replace(target)
    finally:
        half_done.unlink(missing_ok=True)


@contextmanager
def restoring_alone(folder: Path) -> Iterator[None]:
    """Hold ``folder`` against another restore.

    Raises
    ------
    Conflict
        Another one is under way.
    """
    with (folder / "restore.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(N_("另一个恢复正在进行"), remedy=N_("请等它结束，看看结果再说")) from error
        yield


def restore(place: Place, city: str, source: Path, now: datetime) -> str:
    """Restore ``source`` as the city's database of the embedded cluster.

    It is restored beside the present one and takes its place only when complete;
    the present one is kept under another name, which is returned ("" where there was
    none, or nothing in it).

    Raises
    ------
    FileRefused
        ``source`` is no backup.
    Unavailable
        The restore failed; the present database is untouched.
    """
    check_dump(source)
    name, fresh = database_of(city), f"{database_of(city)}_restoring"
    kept = f"{name}_before_{now:%Y%m%d_%H%M%S}"
    _drop(place, fresh)
    ensure_database(place, f"{city}_restoring")
    try:
        restore_into(owner_url(place, f"{city}_restoring"), source)
        with psycopg.connect(admin_url(place), autocommit=True) as admin:
            exists = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if exists and _is_empty(place, name):
                _drop(place, name)
                exists = None
            if exists:
                _exchange(admin, name, fresh, kept)
            else:
                _rename(admin, fresh, name)
    except BaseException:  # Ctrl-C as well: half a city takes room that nobody would look for
        _drop(place, fresh)
        raise
    return kept if exists else ""


def restore_into(url: str, source: Path) -> None:
    """Restore ``source`` into the empty database at ``url``, all of it or nothing; end every session in it.

    Raises
    ------
    Unavailable
        ``pg_restore`` failed.
    """
    listed = _run("pg_restore", "--list", str(source.absolute()))
    wanted = "".join(
        f"{line}\n"
        for line in listed.splitlines()
        if " SCHEMA - public" not in line and " COMMENT - SCHEMA" not in line
    )
    _run(
        "pg_restore",
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--use-list=/dev/stdin",
        str(source.absolute()),
        url=url,
        text=wanted,
    )
    _end_sessions(url)


def check_dump(source: Path) -> None:
    """Raise unless ``source`` looks like a backup.

    Raises
    ------
    FileRefused
        It is missing, or no archive of ``pg_dump``.
    """
    if not source.is_file():
        raise FileRefused(N_("没有文件 {file}"), file=source.name)
    with source.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise FileRefused(N_("{file} 不是备份文件"), file=source.name)


def _end_sessions(url: str) -> None:
    """Let no cookie open anything: a backup does not know who has logged out, or was shut out, since."""
    with psycopg.connect(url) as owner:
        if owner.execute("SELECT to_regclass('public.user_account') IS NOT NULL").fetchone() == (True,):
            owner.execute(
                "UPDATE public.user_account SET session_key = replace(gen_random_uuid()::text, '-', '')"
            )


def _drop(place: Place, name: str) -> None:
    with psycopg.connect(admin_url(place), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_empty(place: Place, name: str) -> bool:
    """Whether the database holds no table but PostGIS's own."""
    with psycopg.connect(admin_url(place, name)) as inside:
        return not inside.execute(
            "SELECT FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys' LIMIT 1"
        ).fetchall()


def _exchange(admin: psycopg.Connection[tuple[object, ...]], name: str, fresh: str, kept: str) -> None:
    """Call the database ``name`` ``kept``, and ``fresh`` ``name``: both, or neither."""
    # Otherwise a portal that is served would be back between the closing and the renaming.
    _allow_connections(admin, name, "false")
    try:
        _close_connections(admin, name)
        with admin.transaction():
            _rename(admin, name, kept)
            _rename(admin, fresh, name)
            _allow_connections(admin, kept, "true")
    except BaseException as error:
        _allow_connections(admin, name, "true")
        if isinstance(error, psycopg.Error):
            words = str(error).strip()
            raise Unavailable(N_("数据库 {name} 没有换成：{words}"), name=name, words=words) from error
        raise


def _allow_connections(admin: psycopg.Connection[tuple[object, ...]], name: str, allowed: str) -> None:
    change = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    admin.execute(change.format(sql.Identifier(name), sql.SQL(allowed)))


def _rename(admin: psycopg.Connection[tuple[object, ...]], old: str, new: str) -> None:
    admin.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(old), sql.Identifier(new)))


def _close_connections(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def _run(program: str, *arguments: str, url: str = "", text: str | None = None) -> str:
    command, password = [str(find_programs().folder / program), *arguments], None
    if url:
        parts = psycopg.conninfo.conninfo_to_dict(url)
        password = str(parts.pop("password", ""))
        command.append(f"--dbname={psycopg.conninfo.make_conninfo('', **parts)}")
    done = run_command(command, text=text, password=password)
    if done.returncode != 0:
        words = "\n".join(done.stderr.strip().splitlines()[-4:])
        raise Unavailable(N_("{program} 失败：{words}"), program=program, words=words)
    return done.stdout
