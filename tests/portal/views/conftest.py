"""A town on the map, seen by a leader; tests with other towns define their own."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from portal.web import context
from tests.conftest import LogIn
from tests.portal import map_city
from tests.portal.small_city import TODAY, ZONE, SmallCity


@pytest.fixture
def fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the town's own day."""
    monkeypatch.setattr(context, "now", lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=ZONE))


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    """`tests.portal.map_city`, with the shipped policy."""
    return map_city.build(seeded)


@pytest.fixture
def leader(log_in: LogIn, town: SmallCity) -> FlaskClient:
    """A leader's browser."""
    return log_in(Role.LEADER)
