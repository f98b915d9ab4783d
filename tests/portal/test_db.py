"""Schema: migrations say what the models say; the two roles; the guarded audit."""

from __future__ import annotations

import tomllib

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from geoalchemy2 import alembic_helpers
from psycopg.types.json import Jsonb
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from portal.config import ROOT
from portal.db import MIGRATIONS, driver_url, newest_schema, upgrade_schema
from portal.models import Base
from tests.conftest import PORTAL, Database, MakeDatabase

OURS = frozenset(Base.metadata.tables)


def test_migrations_build_what_the_models_say(database: Database) -> None:
    engine = create_engine(driver_url(database.owner_url))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_object": lambda thing, name, kind, reflected, other: (
                    (kind != "table" or name in OURS)
                    and alembic_helpers.include_object(thing, name, kind, reflected, other)
                ),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


def test_upgrade_twice_changes_nothing(make_database: MakeDatabase) -> None:
    made = make_database()
    upgrade_schema(made.owner_url, PORTAL)
    with psycopg.connect(made.portal_url) as portal:
        assert portal.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_schema(),)]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET action = 'y'",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "UPDATE city_policy SET version = 2",
        "DELETE FROM alembic_version",
        "CREATE TABLE public.x (a int)",
        "DROP TABLE community",
        "ALTER TABLE audit DISABLE TRIGGER ALL",
    ],
)
def test_portal_role_may_not(database: Database, statement: str) -> None:
    with psycopg.connect(database.portal_url) as portal, pytest.raises(psycopg.errors.InsufficientPrivilege):
        portal.execute(statement)


def test_even_the_owner_cannot_rewrite_the_audit(database: Database) -> None:
    with psycopg.connect(database.owner_url) as owner:
        owner.execute("INSERT INTO audit (action, subject) VALUES ('x', 'streets')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="insert-only"):
            owner.execute("UPDATE audit SET action = 'y'")
        owner.rollback()


def test_an_error_does_not_quote_the_values_of_its_statement(engine: Engine) -> None:
    with engine.connect() as connection, pytest.raises(DBAPIError) as raised:
        connection.execute(text("SELECT CAST(:name AS text), 1 / 0"), {"name": "张三 13800138000"})
    assert "division by zero" in str(raised.value)
    assert "13800138000" not in str(raised.value)


def test_a_page_cannot_hold_a_connection_for_long(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "30s"


def _at(made: Database, revision: str) -> None:
    """Take a database back to an earlier schema."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes.update(owner_url=driver_url(made.owner_url), portal_role=PORTAL)
    command.downgrade(config, revision)


def test_a_policy_of_before_the_doubts_gets_their_limits(make_database: MakeDatabase) -> None:
    made = make_database()
    _at(made, "0013")
    document = tomllib.loads((ROOT / "data" / "city.toml").read_text("utf-8"))
    shipped = document.pop("coordinates")
    with psycopg.connect(made.owner_url) as owner:
        owner.execute(
            "INSERT INTO city_policy (version, effective_from, document) VALUES (1, '2020-01-01', %s)",
            [Jsonb(document)],
        )
    upgrade_schema(made.owner_url, PORTAL)
    with psycopg.connect(made.portal_url) as portal:
        kept = portal.execute("SELECT document FROM city_policy").fetchone()
    assert kept is not None
    assert kept[0] == document | {"coordinates": shipped}


def test_roads_stored_before_their_rules_were_known_keep_up_and_down(make_database: MakeDatabase) -> None:
    made = make_database()
    _at(made, "0007")
    with psycopg.connect(made.owner_url) as owner:
        owner.execute(
            "INSERT INTO road"
            " (source, source_key, way_id, from_node, to_node, highway, oneway, speed_kmh, line)"
            " SELECT 's', highway, 1, 1, 2, highway, 'both', 30, 'SRID=4326;LINESTRING(114 22, 114 23)'"
            " FROM unnest(ARRAY['motorway', 'primary']) AS highway"
        )
    upgrade_schema(made.owner_url, PORTAL)
    with psycopg.connect(made.portal_url) as portal:
        rows = portal.execute(
            "SELECT highway, access, may_stop, from_barred, to_barred, turns FROM road ORDER BY highway"
        ).fetchall()
    assert rows == [
        ("motorway", "open", False, False, False, None),
        ("primary", "open", True, False, False, None),
    ]
