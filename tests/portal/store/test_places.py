"""Extent of the city, names of streets."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models import Community
from portal.store import places
from tests.conftest import make_street


def test_extent_of_streets_else_communities_else_china(session: Session) -> None:
    assert places.bounds(session) == places.CHINA
    session.add(Community(name="甲", street_how="not_found", pin="SRID=4326;POINT(118.5 26.5)"))
    session.flush()
    assert places.bounds(session) == (118.5, 26.5, 118.5, 26.5)
    make_street(session)
    assert places.bounds(session) == pytest.approx((118.0, 26.0, 118.01, 26.01))


def test_street_is_found_with_and_without_its_suffix(session: Session) -> None:
    street = make_street(session)
    assert places.street_id_by_name(session, "云岭街道") == street.id
    assert places.street_id_by_name(session, "云岭") == street.id
    with pytest.raises(NotFound, match="无此"):
        places.street_id_by_name(session, "无此")


def test_streets_come_by_district_and_name(session: Session) -> None:
    make_street(session, "乙", west=118.2)
    make_street(session, "丙", west=118.4)
    assert {row.name for row in places.streets(session)} == {"乙", "丙"}
