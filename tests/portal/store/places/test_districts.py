"""Districts of communities, with streets and without."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, Street
from portal.store.places import districts
from portal.store.places.districts import DistrictCount
from tests.conftest import make_street


@pytest.fixture
def city(session: Session) -> Session:
    """Communities whose street, whose register and which nothing says a district."""
    street = make_street(session)  # of 城中
    plain = make_street(session, "无区", west=118.2)
    plain.district = ""
    rows = (
        ("甲", street.id, "城东"),  # the street has the last word
        ("乙", None, "城东"),
        ("丙", plain.id, "城东"),
        ("丁", None, ""),
        ("戊", None, None),
    )
    for name, street_id, district in rows:
        session.add(
            Community(name=name, street_id=street_id, street_how="name", registered_district=district)
        )
    session.add(Community(name="旧", street_how="name", registered_district="城东", status="split"))
    session.flush()
    return session


def test_a_district_is_the_street_s_else_the_register_s(city: Session) -> None:
    assert districts.counts(city) == [DistrictCount("城东", 2), DistrictCount("城中", 1)]
    assert districts.counts(city, [Community.name == "乙"]) == [DistrictCount("城东", 1)]


def test_communities_are_found_by_their_districts(city: Session) -> None:
    rows = select(Community.name).outerjoin(Street, Street.id == Community.street_id)
    for names, found in ((["城东"], ["丙", "乙", "旧"]), (["城中", "无此"], ["甲"]), ([""], [])):
        assert sorted(city.scalars(rows.where(districts.is_in(names)))) == sorted(found)
