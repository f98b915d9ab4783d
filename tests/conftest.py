"""Real PostGIS for every test that needs one: a migrated template, a savepoint for each test."""

from __future__ import annotations

import os
import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from psycopg import sql
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from geo.policy.city import City, parse_city_toml
from portal import cluster
from portal.actions import accounts, policy
from portal.app import create_app
from portal.config import ROOT, Config
from portal.db import SessionFactory, make_engine, upgrade_schema
from portal.models import Street
from portal.terms import Role

REAL_DATA = ROOT.parent / "shared" / "data"
OWNER, PORTAL = "atlas_test_owner", "atlas_test_portal"
PASSWORD = "only-on-the-throw-away-cluster"

# Wall-clock deadlines of examples say more about a busy machine than about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`./run test --slow` runs what is marked so too."""
    parser.addoption("--slow", action="store_true", help="run the slow tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave slow tests out unless they are asked for."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow: ./run test --slow"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real city data beside the checkout; skips where it is absent."""
    if not (REAL_DATA / "README.md").exists():
        pytest.skip(
            f"the real city data (files of Shenzhen, Shanghai and San Francisco, see CONTRIBUTING.md)"
            f" are not in {REAL_DATA}"
        )
    return REAL_DATA


@pytest.fixture(scope="session")
def city() -> City:
    """Version 1 of the policy, as shipped."""
    return parse_city_toml((ROOT / "data" / "city.toml").read_text("utf-8"))


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hash passwords so that hundreds of tests may log in: as shipped, each takes a quarter of a second."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(accounts, "_hasher", hasher)
        patch.setattr(accounts, "_NOBODY", hasher.hash("nobody"))
        yield


def _admin_url() -> str:
    given = os.environ.get("PORTAL_TEST_DATABASE_URL")
    if given:
        return given
    place = cluster.test_place(ROOT / "instance")
    cluster.start(place)
    return cluster.test_admin_url(ROOT / "instance")


def _with(url: str, user: str, database: str) -> str:
    return re.sub(r"//[^@]*@(.*)/[^/?]*", rf"//{user}:{PASSWORD}@\1/{database}", url)


def _schema_hash() -> str:
    files = sorted((ROOT / "portal" / "migrations").rglob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _ensure_template(admin: psycopg.Connection[tuple[object, ...]], url: str) -> str:
    """Build the migrated template of this schema once; workers wait for each other."""
    name = f"atlas_template_{_schema_hash()}"
    admin.execute("SELECT pg_advisory_lock(7402099)")
    try:
        for role in (OWNER, PORTAL):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                admin.execute(
                    sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(role), PASSWORD)
                )
        done = admin.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", (name,)
        ).fetchone()
        if not done:
            quoted = sql.Identifier(name)
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(quoted))
            admin.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(quoted, sql.Identifier(OWNER)))
            with psycopg.connect(re.sub(r"/[^/?]*(\?|$)", rf"/{name}\1", url), autocommit=True) as inside:
                for extension in ("postgis", "pg_trgm", "btree_gist"):
                    inside.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
            upgrade_schema(_with(url, OWNER, name), PORTAL)
            admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(quoted))
    finally:
        admin.execute("SELECT pg_advisory_unlock(7402099)")
    return name


@dataclass(frozen=True)
class Database:
    """A freshly migrated database of this test run, empty."""

    owner_url: str
    portal_url: str


MakeDatabase = Callable[[], Database]


@pytest.fixture(scope="session")
def make_database() -> Iterator[MakeDatabase]:
    """Makes migrated, empty databases; drops them at the end of the run."""
    url = _admin_url()
    made: list[str] = []
    with psycopg.connect(url, autocommit=True) as admin:
        template = _ensure_template(admin, url)

        def make() -> Database:
            name = f"atlas_run_{uuid.uuid4().hex[:12]}"
            admin.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(template), sql.Identifier(OWNER)
                )
            )
            made.append(name)
            return Database(_with(url, OWNER, name), _with(url, PORTAL, name))

        yield make
        for name in made:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def database(make_database: MakeDatabase) -> Database:
    """The database of this worker; tests leave it as they found it."""
    return make_database()


@pytest.fixture(scope="session")
def engine(database: Database) -> Iterator[Engine]:
    """An engine as the portal's role."""
    made = make_engine(database.portal_url, pooled=False)
    yield made
    made.dispose()


@pytest.fixture
def sessions(engine: Engine) -> Iterator[SessionFactory]:
    """A factory whose sessions share one transaction that is rolled back after the test."""
    with engine.connect() as connection:
        outer = connection.begin()
        yield sessionmaker(connection, expire_on_commit=False, join_transaction_mode="create_savepoint")
        outer.rollback()


@pytest.fixture
def session(sessions: SessionFactory) -> Iterator[Session]:
    """A session inside the test's transaction."""
    with sessions() as made:
        yield made


@dataclass
class Statements:
    """The SQL that ran while it was recording."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len([text for text in self.texts if not text.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))])


@pytest.fixture
def statements(engine: Engine) -> Iterator[Statements]:
    """Records every statement, so that a test can pin how many a page takes."""
    recorded = Statements()

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        recorded.texts.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield recorded
    event.remove(engine, "before_cursor_execute", note)


@pytest.fixture(scope="session")
def config(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """Settings of a portal under test."""
    return replace(
        Config.from_environ({}),
        database_url="postgresql://unused",
        owner_database_url="postgresql://unused",
        instance_dir=tmp_path_factory.mktemp("instance"),
        secret_key="x" * 48,
        log_level="ERROR",
    )


@pytest.fixture
def app(config: Config, engine: Engine, sessions: SessionFactory) -> Flask:
    """The portal on the test's transaction."""
    made = create_app(config, engine=engine, sessions=sessions)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def seeded(session: Session) -> Session:
    """A session whose database holds the shipped policy."""
    policy.seed(session, ROOT / "data" / "city.toml")
    return session


LogIn = Callable[..., FlaskClient]


@pytest.fixture
def log_in(app: Flask, seeded: Session) -> LogIn:
    """Logs a new account of a role in and returns its browser."""

    def enter(role: Role, *, street_id: int | None = None) -> FlaskClient:
        username = f"{role}-{uuid.uuid4().hex[:8]}"
        accounts.create(seeded, username, username, role, "correct horse battery", street_id=street_id)
        browser = app.test_client()
        answer = browser.post("/login", data={"username": username, "password": "correct horse battery"})
        assert answer.status_code == 302
        return browser

    return enter


def make_street(session: Session, name: str = "云岭", *, west: float = 118.0, south: float = 26.0) -> Street:
    """Add a square street of about one kilometre."""
    side = 0.01
    east, north = west + side, south + side
    corners = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    street = Street(
        source_key=name,
        name=name,
        district="城中",
        outline=f"SRID=4326;MULTIPOLYGON((({corners})))",
        area_m2=1_100_000.0,
        source_datum="wgs84",
    )
    session.add(street)
    session.flush()
    return street
