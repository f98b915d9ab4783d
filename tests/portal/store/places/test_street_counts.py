"""Streets and how many they have."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.models import Community
from portal.store.places.street_counts import StreetCount, by_street
from tests.portal import waiting_city


def test_streets_come_by_district_and_name_and_none_last(session: Session) -> None:
    town = waiting_city.build(session)
    named = [Community.name.is_not(None), Community.status == "active"]
    assert by_street(session, Community.street_id, named) == [
        StreetCount(town.streets["东"], "东", "中区", 2),
        StreetCount(town.streets["西"], "西", "中区", 1),
        StreetCount(None, None, "", 1),
    ]


def test_a_street_without_any_is_left_out(session: Session) -> None:
    waiting_city.build(session)
    assert by_street(session, Community.street_id, [Community.name == "nobody"]) == []
