"""The command line on a database of its own, as `./run portal` would call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from portal.app import create_app
from portal.cli import make_main
from portal.config import Config
from portal.db import make_engine, make_session_factory
from tests.conftest import MakeDatabase

Run = Callable[..., Result]


@pytest.fixture(scope="module")
def own_config(
    config: Config, make_database: MakeDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Config:
    """Settings with a database that commands may commit to."""
    made = make_database()
    return replace(
        config,
        database_url=made.portal_url,
        owner_database_url=made.owner_url,
        instance_dir=tmp_path_factory.mktemp("instance"),
    )


@pytest.fixture
def run(own_config: Config) -> Run:
    """Runs ``portal …``."""
    main = make_main(lambda: create_app(own_config))

    def call(*arguments: str | Path, given: str | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=given)

    return call


@pytest.fixture
def committed_session(own_config: Config) -> Iterator[Session]:
    """A session on the commands' database."""
    engine = make_engine(str(own_config.database_url), pooled=False)
    with make_session_factory(engine)() as session:
        yield session
    engine.dispose()
