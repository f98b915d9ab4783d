"""Extent of the city, names of streets."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models import Community
from portal.store.places import streets as places
from tests.conftest import make_street


def test_the_map_opens_at_the_streets_else_the_communities_else_china(session: Session) -> None:
    assert places.extents(session) == places.Extents(places.CHINA, places.CHINA, (-180, -85, 180, 85))
    session.add(Community(name="甲", street_how="not_found", pin="SRID=4326;POINT(118.5 26.5)"))
    session.flush()
    alone = places.extents(session)
    assert alone.shown == alone.data == (118.5, 26.5, 118.5, 26.5)
    make_street(session)
    both = places.extents(session)
    assert both.shown == pytest.approx((118.0, 26.0, 118.01, 26.01))
    assert both.data == pytest.approx((118.0, 26.0, 118.5, 26.5))


def test_for_who_answers_for_one_street_the_map_opens_there(session: Session) -> None:
    make_street(session)
    own = make_street(session, "乙", west=118.2)
    found = places.extents(session, own.id)
    assert found.shown == pytest.approx((118.2, 26.0, 118.21, 26.01))
    assert found.city == pytest.approx((118.0, 26.0, 118.21, 26.01))
    assert places.extents(session, 0).shown == found.city


def test_a_street_is_listed_with_its_communities_and_those_not_located(session: Session) -> None:
    street = make_street(session)
    rows = (("甲", "POINT(118.005 26.005)", "active"), ("乙", None, "active"), ("丙", None, "split"))
    for name, pin, status in rows:
        place = f"SRID=4326;{pin}" if pin else None
        session.add(Community(name=name, street_id=street.id, street_how="name", pin=place, status=status))
    session.flush()
    line = places.street_lines(session)[0]
    assert (line.name, line.district, line.communities, line.unlocated) == ("云岭", "城中", 2, 1)


def test_a_street_by_its_id(session: Session) -> None:
    street = make_street(session)
    head = places.street(session, street.id)
    assert (head.name, head.district, head.area_m2) == ("云岭", "城中", 1_100_000.0)
    assert 118.0 < head.lon < 118.01
    assert 26.0 < head.lat < 26.01
    assert head.box == pytest.approx([118.0, 26.0, 118.01, 26.01])
    with pytest.raises(NotFound):
        places.street(session, 0)


def test_street_is_found_with_and_without_its_suffix(session: Session) -> None:
    street = make_street(session)
    assert places.street_id_by_name(session, "云岭街道") == street.id
    for name in ("云岭", "云岭街道办事处", "云岭街办"):
        assert places.street_id_by_name(session, name) == street.id
    with pytest.raises(NotFound, match="无此"):
        places.street_id_by_name(session, "无此")


def test_streets_come_by_district_and_name(session: Session) -> None:
    make_street(session, "乙", west=118.2)
    make_street(session, "丙", west=118.4)
    make_street(session, "甲", west=118.6).district = "上城"
    session.flush()
    assert [row.name for row in places.streets(session)] == ["甲", "丙", "乙"]
    assert [line.name for line in places.street_lines(session)] == ["甲", "丙", "乙"]
