"""A firm's page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from portal.terms import Role
from tests.conftest import LogIn
from tests.portal.small_city import SmallCity
from tests.portal.views.pages import read

pytestmark = pytest.mark.usefixtures("fixed_day")


def test_a_firm_lists_what_it_serves_within_what_one_may_see(
    leader: FlaskClient, log_in: LogIn, town: SmallCity
) -> None:
    address = f"/firms/{town.firms['长城物业']}"
    assert "2025-10-10 服务 1 个小区" in read(leader, address).get_text()
    elsewhere = read(log_in(Role.STREET, street_id=town.streets["西"]), address)
    assert elsewhere.select(".lines li") == []
    assert "只列出本街道的小区" in elsewhere.get_text()


def test_a_firm_s_bands_are_of_the_quarter_and_said_to_be(leader: FlaskClient, town: SmallCity) -> None:
    address = f"/firms/{town.firms['长城物业']}"
    now, before = (read(leader, f"{address}?period={period}") for period in ("2025-Q3", "2025-Q1"))
    assert now.get_text() != before.get_text()
    assert now.select("[data-scoped=period]") != []
