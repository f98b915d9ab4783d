"""Backup and restore through PostgreSQL's own programs, on the tests' cluster."""

from __future__ import annotations

import os
import stat
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from portal import cluster
from portal.cluster import Place, dumps
from portal.config import ROOT
from portal.db import upgrade_schema
from portal.errors import Conflict, FileRefused, Unavailable


@pytest.fixture
def place() -> Place:
    if os.environ.get("PORTAL_TEST_DATABASE_URL"):
        pytest.skip("needs the embedded test cluster")
    found = cluster.test_place(ROOT / "instance")
    cluster.start(found)
    return found


@pytest.fixture
def city(place: Place) -> Iterator[str]:
    """A migrated database with one row, dropped afterwards with all its kept forms."""
    name = f"t{uuid.uuid4().hex[:10]}"
    cluster.ensure_database(place, name)
    upgrade_schema(cluster.owner_url(place, name), "atlas_portal")
    with psycopg.connect(cluster.portal_url(place, name)) as portal:
        portal.execute("INSERT INTO data_version (subject, version) VALUES ('streets', 7)")
    yield name
    with psycopg.connect(cluster.admin_url(place), autocommit=True) as admin:
        like = f"atlas_{name}%"
        for (database,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [like]):
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(database)))


def version_of_streets(url: str) -> int | None:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT version FROM data_version WHERE subject = 'streets'").fetchone()
    return None if row is None else row[0]


def names_like(place: Place, pattern: str) -> list[str]:
    with psycopg.connect(cluster.admin_url(place), autocommit=True) as admin:
        found = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern])
        return [name for (name,) in found]


def test_restore_brings_back_what_was_dumped_and_keeps_what_was_there(
    place: Place, city: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    backup = Path("city.dump")  # as seen from here, not from where the programs run
    dumps.dump(cluster.owner_url(place, city), backup)
    with psycopg.connect(cluster.portal_url(place, city)) as portal:
        portal.execute("UPDATE data_version SET version = 8")

    kept = dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))

    assert version_of_streets(cluster.portal_url(place, city)) == 7
    assert kept == f"atlas_{city}_before_20260102_030405"
    assert version_of_streets(cluster.admin_url(place, kept)) == 8


def test_a_restore_ends_every_session(place: Place, city: str, tmp_path: Path) -> None:
    """A login that was ended after the backup must not open anything again."""
    with psycopg.connect(cluster.owner_url(place, city)) as owner:
        for name in ("one", "two"):
            owner.execute(
                "INSERT INTO user_account (username, display_name, role, password_hash, session_key)"
                " VALUES (%s, '', 'clerk', 'hash', 'as in the cookie')",
                [name],
            )
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))
    with psycopg.connect(cluster.portal_url(place, city)) as portal:
        rows = portal.execute("SELECT password_hash, session_key FROM user_account").fetchall()
    assert [password for password, _ in rows] == ["hash", "hash"]
    keys = {key for _, key in rows}
    assert len(keys) == 2 and "as in the cookie" not in keys and {len(key) for key in keys} == {32}


def test_an_empty_database_is_not_kept(place: Place, city: str, tmp_path: Path) -> None:
    """As in a fresh clone, whose database was made to be restored into."""
    backup, fresh = tmp_path / "city.dump", f"{city}_fresh"
    dumps.dump(cluster.owner_url(place, city), backup)
    cluster.ensure_database(place, fresh)
    assert dumps.restore(place, fresh, backup, datetime(2026, 1, 2, 3, 4, 5)) == ""
    assert version_of_streets(cluster.portal_url(place, fresh)) == 7
    assert names_like(place, f"atlas_{fresh}%") == [f"atlas_{fresh}"]


def test_nobody_comes_back_while_the_databases_change_names(
    place: Place, city: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    close = dumps._close_connections

    def come_back(admin: psycopg.Connection[tuple[object, ...]], name: str) -> None:
        close(admin, name)
        with pytest.raises(psycopg.OperationalError, match="not currently accepting connections"):
            psycopg.connect(cluster.portal_url(place, city))

    monkeypatch.setattr(dumps, "_close_connections", come_back)
    kept = dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))
    assert version_of_streets(cluster.portal_url(place, city)) == 7
    assert version_of_streets(cluster.admin_url(place, kept)) == 7


def test_a_failed_exchange_leaves_the_database_in_place_and_open(
    place: Place, city: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    with psycopg.connect(cluster.portal_url(place, city)) as portal:
        portal.execute("UPDATE data_version SET version = 8")
    rename = dumps._rename

    def fail(admin: psycopg.Connection[tuple[object, ...]], old: str, new: str) -> None:
        rename(admin, old, new)
        if old.endswith("_restoring"):
            raise psycopg.OperationalError("broken off")

    monkeypatch.setattr(dumps, "_rename", fail)
    with pytest.raises(Unavailable, match="没有换成：broken off"):
        dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))
    assert version_of_streets(cluster.portal_url(place, city)) == 8
    assert names_like(place, f"atlas_{city}_%") == []


def test_a_restore_that_is_broken_off_leaves_nothing(
    place: Place, city: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    restore = dumps.restore_into

    def break_off(url: str, source: Path) -> None:
        restore(url, source)
        raise KeyboardInterrupt

    monkeypatch.setattr(dumps, "restore_into", break_off)
    with pytest.raises(KeyboardInterrupt):
        dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))
    assert version_of_streets(cluster.portal_url(place, city)) == 7
    assert names_like(place, f"atlas_{city}_%") == []


def test_a_backup_is_its_owners_only_and_follows_no_link(place: Place, city: str, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_bytes(b"precious")
    backup = tmp_path / "city.dump"
    (tmp_path / "city.dump.part").symlink_to(precious)
    dumps.dump(cluster.owner_url(place, city), backup)
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert not backup.is_symlink()
    assert precious.read_bytes() == b"precious"


def test_restored_database_still_guards_its_audit(place: Place, city: str, tmp_path: Path) -> None:
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    dumps.restore(place, city, backup, datetime(2026, 1, 2, 3, 4, 5))
    with psycopg.connect(cluster.portal_url(place, city)) as portal:
        portal.execute("INSERT INTO audit (action, subject) VALUES ('x', 'streets')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            portal.execute("DELETE FROM audit")


def test_broken_backup_leaves_the_database_as_it_was(place: Place, city: str, tmp_path: Path) -> None:
    backup = tmp_path / "city.dump"
    dumps.dump(cluster.owner_url(place, city), backup)
    torn = tmp_path / "torn.dump"
    torn.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])

    with pytest.raises(Unavailable):
        dumps.restore(place, city, torn, datetime(2026, 1, 2, 3, 4, 5))

    assert version_of_streets(cluster.portal_url(place, city)) == 7


def test_one_restore_at_a_time(tmp_path: Path) -> None:
    refused = pytest.raises(Conflict, match="另一个恢复")
    with dumps.restoring_alone(tmp_path), refused, dumps.restoring_alone(tmp_path):
        pass
    with dumps.restoring_alone(tmp_path):
        pass


def test_no_backup_over_an_existing_file(tmp_path: Path) -> None:
    target = tmp_path / "there.dump"
    target.write_bytes(b"precious")
    with pytest.raises(Conflict, match="已存在"):
        dumps.dump("postgresql://nobody@127.0.0.1:1/none", target)
    assert target.read_bytes() == b"precious"


def test_failed_backup_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="pg_dump"):
        dumps.dump("postgresql://nobody@127.0.0.1:1/none", tmp_path / "new.dump")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"not a dump", b"PK\x03\x04"])
def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.dump"
    file.write_bytes(content)
    with pytest.raises(FileRefused, match="不是备份"):
        dumps.check_dump(file)
