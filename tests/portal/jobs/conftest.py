"""A wired portal on a database of its own: jobs commit, and run on several connections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.actions import policy
from portal.config import ROOT, Config
from portal.db import make_engine, make_session_factory
from portal.services import Services
from portal.tianditu import Tianditu
from tests.conftest import Database, MakeDatabase
from tests.portal.jobs.slow_worker import forget_jobs


@pytest.fixture(scope="module")
def own_database(make_database: MakeDatabase) -> Database:
    """A database that jobs may commit to."""
    return make_database()


@pytest.fixture
def wired(config: Config, own_database: Database) -> Iterator[Services]:
    """The portal on that database, which holds the policy and no job."""
    engine = make_engine(own_database.portal_url)
    sessions = make_session_factory(engine)
    with sessions() as session:
        policy.seed(session, ROOT / "data" / "city.toml")
    forget_jobs(own_database.owner_url)
    settings = replace(config, database_url=own_database.portal_url)
    yield Services(settings, engine, sessions, Tianditu(""))
    engine.dispose()
