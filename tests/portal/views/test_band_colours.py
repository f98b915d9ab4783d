"""Bands have the colours of the policy wherever they are named, whatever a city calls them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.config import ROOT
from portal.models import ServiceScore
from portal.terms import Role
from portal.web import context
from tests.conftest import LogIn
from tests.portal import small_city
from tests.portal.small_city import PERIOD, TODAY, ZONE, SmallCity
from tests.portal.views.pages import read

COLOUR = "#123456"


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return small_city.build(seeded)


@pytest.fixture
def leader(
    log_in: LogIn, seeded: Session, town: SmallCity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> FlaskClient:
    """A leader's browser, in a city whose lowest band is another than the shipped policy's."""
    monkeypatch.setattr(context, "now", lambda: datetime(TODAY.year, TODAY.month, TODAY.day, 9, tzinfo=ZONE))
    own = tmp_path / "city.toml"
    shipped = (ROOT / "data" / "city.toml").read_text("utf-8")
    own.write_text(shipped.replace('code = "fail"', 'code = "poor"').replace("#d7191c", COLOUR), "utf-8")
    policy.replace(seeded, own, date(2020, 1, 1))
    seeded.execute(update(ServiceScore).where(ServiceScore.band == "fail").values(band="poor"))
    seeded.commit()
    return log_in(Role.LEADER)


def fills(page: BeautifulSoup, selector: str) -> list[str | None]:
    """Return the colours of the bands' circles within ``selector``; None for one without."""
    circles = page.select(f"{selector} svg.band-dot circle")
    return [None if (fill := circle.get("fill")) is None else str(fill) for circle in circles]


def test_on_a_card(leader: FlaskClient, town: SmallCity) -> None:
    page = read(leader, f"/communities/{town.communities['安华苑']}?period={PERIOD}")
    assert fills(page, ".badges") == [COLOUR]
    assert fills(page, "section")[0] == COLOUR
    assert page.select("[style]") == []
    bare = read(leader, f"/communities/{town.communities['春晖园']}?period={PERIOD}")
    assert fills(bare, ".badges") == [None]


def test_in_the_lists_of_a_street_and_a_firm(leader: FlaskClient, town: SmallCity) -> None:
    street = read(leader, f"/streets/{town.streets['东']}?period={PERIOD}")
    assert sorted(filter(None, fills(street, ".lines li"))) == [COLOUR, "#fdae61", "#fdae61"]
    firm = read(leader, f"/firms/{town.firms['长城物业']}?period={PERIOD}")
    assert fills(firm, ".lines li") == [COLOUR]


def test_in_the_results_of_a_query(leader: FlaskClient, town: SmallCity) -> None:
    page = read(leader, f"/query?period={PERIOD}&bands=poor")
    assert fills(page, "td.col-band") == [COLOUR]
