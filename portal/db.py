"""Engine, sessions and schema: how the portal reaches its PostGIS."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import orjson
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

SessionFactory = sessionmaker[Session]

MIGRATIONS = Path(__file__).parent / "migrations"


def driver_url(url: str) -> str:
    """Return ``url`` with the psycopg driver named, whatever PostgreSQL spelling it has."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def make_engine(url: str, *, pooled: bool = True) -> Engine:
    """Return an engine for ``url``; times come back in UTC: the city's zone is in its policy.

    The statement time limit guards the pages: a query that runs longer is a
    defect, and must not hold a worker. Errors do not quote the values of a statement,
    which may be personal and would end in logs.
    """
    options = "-c statement_timeout=30000 -c timezone=UTC -c jit=off"
    arguments: dict[str, Any] = {
        "connect_args": {"options": options, "connect_timeout": 5},
        "json_serializer": _dump,
        "hide_parameters": True,
    }
    if not pooled:
        return create_engine(driver_url(url), poolclass=NullPool, **arguments)
    return create_engine(driver_url(url), pool_size=5, max_overflow=5, pool_pre_ping=True, **arguments)


def make_session_factory(engine: Engine) -> SessionFactory:
    """Return the factory of sessions; nothing expires on commit, since nothing loads lazily."""
    return sessionmaker(engine, expire_on_commit=False)


def upgrade_schema(owner_url: str, portal_role: str) -> None:
    """Bring the schema to the newest migration, as its owner, and grant the portal's role its rights."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["owner_url"] = driver_url(owner_url)
    config.attributes["portal_role"] = portal_role
    command.upgrade(config, "head")


@cache
def newest_schema() -> str:
    """Return the version of the schema that this version of the portal works with."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return str(ScriptDirectory.from_config(config).get_current_head())


def _dump(value: object) -> str:
    return orjson.dumps(value).decode()
