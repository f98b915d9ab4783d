"""Roles and databases of a cluster, and the URLs to reach them.

Three roles: ``postgres`` administers, ``atlas_owner`` owns the databases and
their tables, ``atlas_portal`` is the portal's own and may only connect.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from portal.cluster.place import Place, load_passwords, load_state, main_place, say_absent, test_place
from portal.cluster.programs import OLDEST_MAJOR
from portal.config import Config
from portal.errors import ConfigError, Unavailable

OWNER, PORTAL = "atlas_owner", "atlas_portal"
EXTENSIONS = ("postgis", "pg_trgm", "btree_gist")
CONNECT_SECONDS = 5


def database_of(city: str) -> str:
    """Return the name of the city's database."""
    return f"atlas_{city}"


def admin_url(place: Place, database: str = "postgres") -> str:
    """Return the administrator's URL of ``database``."""
    return _url(place, "postgres", database)


def owner_url(place: Place, city: str) -> str:
    """Return the URL by which the owner reaches the city's database."""
    return _url(place, OWNER, database_of(city))


def portal_url(place: Place, city: str) -> str:
    """Return the URL by which the portal reaches the city's database."""
    return _url(place, PORTAL, database_of(city))


def test_admin_url(instance_dir: Path) -> str:
    """Return the administrator's URL of the tests' cluster."""
    return admin_url(test_place(instance_dir))


def resolve(config: Config) -> Config:
    """Return ``config`` with the embedded cluster's URLs filled in, unless it names a database.

    Raises
    ------
    Unavailable
        The cluster has not been set up.
    """
    if not config.embedded:
        return config
    place = main_place(config.instance_dir)
    return dataclasses.replace(
        config,
        database_url=portal_url(place, config.city),
        owner_database_url=owner_url(place, config.city),
    )


def ensure_database(place: Place, city: str) -> bool:
    """Make the roles and the city's database with its extensions; return whether it is new."""
    name = database_of(city)
    with _connect(admin_url(place)) as admin:
        for role in (OWNER, PORTAL):
            _ensure_role(admin, role, load_passwords(place)[role])
        new = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None
        if new:
            _run(admin, "CREATE DATABASE {} OWNER {} TEMPLATE template0", name, OWNER)
        # A restore that was killed may have left it closed.
        _run(admin, "ALTER DATABASE {} ALLOW_CONNECTIONS true", name)
        _run(admin, "REVOKE ALL ON DATABASE {} FROM PUBLIC", name)
        # Imports stage their rows in temporary tables.
        _run(admin, "GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", name, PORTAL)
    with _connect(admin_url(place, name)) as admin:
        for extension in EXTENSIONS:
            _run(admin, "CREATE EXTENSION IF NOT EXISTS {}", extension)
    return new


def has_guests(place: Place) -> bool:
    """Whether anybody else is connected to the running cluster."""
    with psycopg.connect(admin_url(place), connect_timeout=5) as admin:
        found = admin.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())"
        ).fetchone()
    return found is not None and bool(found[0])


def check_server(config: Config) -> None:
    """Make sure that an existing PostGIS will do, for both roles; add missing extensions.

    Raises
    ------
    ConfigError
        It is too old, or an extension is missing and the owner may not add it.
    Unavailable
        It does not answer, or refuses a role.
    """
    for variable, url in (
        ("PORTAL_DATABASE_URL", config.database_url),
        ("PORTAL_OWNER_DATABASE_URL", config.owner_database_url),
    ):
        try:
            with _connect(url or "") as connection:
                if connection.info.server_version < OLDEST_MAJOR * 10_000:
                    raise ConfigError(
                        f"{variable}: PostgreSQL {connection.info.server_version // 10_000} is too old",
                        remedy=f"Use PostgreSQL {OLDEST_MAJOR} or later.",
                    )
        except psycopg.OperationalError as error:
            raise Unavailable(f"{variable}: {error}", remedy="Check address, role and password.") from error
    with _connect(config.owner_database_url or "") as owner:
        for extension in EXTENSIONS:
            _ensure_extension(owner, extension)


def _ensure_extension(owner: psycopg.Connection[Any], extension: str) -> None:
    if owner.execute("SELECT 1 FROM pg_extension WHERE extname = %s", [extension]).fetchone():
        return
    try:
        _run(owner, "CREATE EXTENSION {}", extension)
    except psycopg.Error as error:
        raise ConfigError(
            f"the database lacks the extension {extension}: {str(error).strip()}",
            remedy=f"Let its administrator run in it: CREATE EXTENSION {extension};",
        ) from error


def _ensure_role(admin: psycopg.Connection[Any], role: str, password: str) -> None:
    exists = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER" if exists else "CREATE")
    admin.execute(
        sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(
            verb, sql.Identifier(role), sql.Literal(password)
        )
    )


def _run(connection: psycopg.Connection[Any], statement: LiteralString, *names: str) -> None:
    connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _connect(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, autocommit=True, connect_timeout=CONNECT_SECONDS)


def _url(place: Place, role: str, database: str) -> str:
    state = load_state(place)
    if state is None:
        raise say_absent(place)
    # The passwords are drawn from letters that need no quoting in a URL.
    return f"postgresql://{role}:{load_passwords(place)[role]}@127.0.0.1:{state.port}/{database}"
