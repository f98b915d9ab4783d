from pathlib import Path

import psycopg
import pytest

from portal.cluster import (
    Place,
    admin_url,
    check_server,
    ensure_database,
    owner_url,
    portal_url,
    resolve,
    start,
)
from portal.cluster import (
    test_admin_url as url_of_tests,
)
from portal.config import Config
from portal.errors import ConfigError, Unavailable


@pytest.fixture(scope="module", autouse=True)
def started(place: Place) -> None:
    start(place)
    assert ensure_database(place, "sample")


def test_a_city_is_made_once(place: Place) -> None:
    assert not ensure_database(place, "sample")
    assert ensure_database(place, "second")
    with psycopg.connect(owner_url(place, "second")) as owner:
        names = owner.execute("SELECT extname FROM pg_extension ORDER BY 1").fetchall()
        assert {("postgis",), ("pg_trgm",), ("btree_gist",)} <= set(names)
        row = owner.execute(
            "SELECT datcollate, pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'atlas_second'"
        ).fetchone()
        assert row == ("C.UTF-8", "atlas_owner")


def test_a_database_that_a_killed_restore_left_closed_is_opened(place: Place) -> None:
    with psycopg.connect(admin_url(place), autocommit=True) as admin:
        admin.execute("ALTER DATABASE atlas_sample ALLOW_CONNECTIONS false")
    with pytest.raises(psycopg.OperationalError, match="not currently accepting"):
        psycopg.connect(portal_url(place, "sample"))
    assert not ensure_database(place, "sample")
    with psycopg.connect(portal_url(place, "sample")) as portal:
        assert portal.execute("SELECT 1").fetchone() == (1,)


def test_the_portal_may_connect_and_the_owner_may_create(place: Place) -> None:
    with psycopg.connect(portal_url(place, "sample")) as portal:
        portal.execute("CREATE TEMPORARY TABLE staged (n int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            portal.execute("CREATE TABLE taken (n int)")
    with psycopg.connect(owner_url(place, "sample")) as owner:
        owner.execute("CREATE TABLE made (n int)")
        owner.rollback()
        row = owner.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'atlas_owner'"
        )
        assert row.fetchone() == (False,)


def test_resolving_fills_in_the_embedded_urls_only(place: Place, tmp_path: Path) -> None:
    here = Config.from_environ({"PORTAL_INSTANCE": str(place.instance_dir)})
    resolved = resolve(here)
    assert resolved.database_url == portal_url(place, "sample")
    assert resolved.owner_database_url == owner_url(place, "sample")
    elsewhere = Config.from_environ({"PORTAL_DATABASE_URL": "postgresql://web@db/atlas"})
    assert resolve(elsewhere) is elsewhere
    with pytest.raises(Unavailable, match="no cluster"):
        resolve(Config.from_environ({"PORTAL_INSTANCE": str(tmp_path)}))
    with pytest.raises(Unavailable, match="no test-cluster"):
        url_of_tests(tmp_path)


def _existing(portal: str, owner: str) -> Config:
    return Config.from_environ({"PORTAL_DATABASE_URL": portal, "PORTAL_OWNER_DATABASE_URL": owner})


def test_an_existing_postgis_is_accepted(place: Place) -> None:
    check_server(_existing(portal_url(place, "sample"), owner_url(place, "sample")))


def test_a_missing_extension_is_added_by_who_may_or_named(place: Place) -> None:
    with psycopg.connect(admin_url(place), autocommit=True) as admin:
        admin.execute("CREATE DATABASE atlas_plain OWNER atlas_owner TEMPLATE template0")
    plain = _existing(portal_url(place, "plain"), owner_url(place, "plain"))
    with pytest.raises(ConfigError, match="lacks the extension postgis") as caught:
        check_server(plain)
    assert "CREATE EXTENSION postgis" in caught.value.remedy
    check_server(_existing(portal_url(place, "plain"), admin_url(place, "atlas_plain")))
    check_server(plain)


def test_a_database_that_does_not_answer_is_named(place: Place) -> None:
    nobody = "postgresql://atlas_portal:wrong@127.0.0.1:1/atlas"
    with pytest.raises(Unavailable, match="PORTAL_DATABASE_URL"):
        check_server(_existing(nobody, nobody))
    with pytest.raises(Unavailable, match="PORTAL_OWNER_DATABASE_URL"):
        check_server(_existing(portal_url(place, "sample"), nobody))
