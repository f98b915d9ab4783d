"""Who supplies which column of a community."""

from __future__ import annotations

from typing import Any

import pytest
import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMMUNITIES
from portal.actions.communities import register_import as communities
from portal.actions.communities.register_ownership import SUPPLIED
from portal.models import Community, CommunityIdentity
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

NAMED = {"source_key": "1", "name": "阳光花园", "street": "西街", "neighbourhood": "南布", "lifts": 2.0}


@pytest.fixture
def load(session: Session, town: dict[str, int], cipher: Cipher) -> Any:
    """Load one row of a source, and return the community that it made or joined."""

    def load(source: str, row: dict[str, Any], *, datum: Datum = Datum.WGS84) -> Community:
        frame = frame_of(COMMUNITIES, [row])
        communities.load(session, frame, source=source, cipher=cipher, datum=datum)
        session.expire_all()
        return session.scalars(select(Community)).one()

    return load


def supplied(session: Session, source: str) -> set[str]:
    rows = select(CommunityIdentity.supplied).where(CommunityIdentity.source == source)
    return set(session.scalars(rows).one())


def test_every_supplied_column_is_a_column_of_the_community() -> None:
    assert set(SUPPLIED) <= set(Community.__table__.columns.keys())


def test_each_source_is_in_charge_of_what_it_gave_first(session: Session, load: Any) -> None:
    load("names", NAMED)
    assert supplied(session, "names") == {"name", "registered_street", "neighbourhood_id", "lifts"}
    row = {"source_key": "x", "name": "阳光花园", "lifts": 9.0, "geometry": box(114.003, 22.503)}
    assert load("outlines", row).lifts == 2
    assert supplied(session, "outlines") == {"outline"}
    assert supplied(session, "names") == {"name", "registered_street", "neighbourhood_id", "lifts"}


def test_another_source_fills_what_is_missing_and_an_empty_cell_takes_nothing_away(load: Any) -> None:
    load("names", NAMED)
    filled = load("other", {"source_key": "x", "name": "阳光花园", "street": "西街", "households": 300.0})
    assert (filled.lifts, filled.households) == (2, 300)
    assert load("names", {**NAMED, "lifts": None}).lifts == 2


def test_the_raw_geometry_and_its_datum_are_those_of_the_shape_that_stands(load: Any) -> None:
    pinned = load("pins", {**NAMED, "geometry": shapely.Point(114.004, 22.504)}, datum=Datum.GCJ02)
    assert pinned.source_datum == "gcj02"
    outline = {"source_key": "o", "name": "阳光花园", "geometry": box(114.003, 22.503)}
    assert load("outlines", outline, datum=Datum.BD09).source_datum == "bd09"
    moved = {**NAMED, "geometry": shapely.Point(114.0041, 22.504)}
    assert load("pins", moved, datum=Datum.GCJ02).source_datum == "bd09"
