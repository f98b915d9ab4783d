"""Lists of communities: those of a street, those that a firm serves."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg.types.range import DateRange
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.config import ROOT
from portal.models import Community, Contract
from portal.store.communities import lists as community_lists
from portal.terms import CommunityStatus
from tests.portal import map_city
from tests.portal.small_city import PERIOD, TODAY, SmallCity


@pytest.fixture
def town(session: Session) -> SmallCity:
    policy.seed(session, ROOT / "data" / "city.toml")
    return map_city.build(session)


def test_a_street_lists_its_communities_by_name(session: Session, town: SmallCity) -> None:
    east = town.streets["东"]
    rows = community_lists.of_street(session, PERIOD, street_id=east)
    assert [(row.name, row.band, row.located) for row in rows] == [
        ("安华苑", "fail", True),
        ("未定位园", "pass", False),
        ("百花里", "pass", True),
    ]


def test_a_street_lists_those_located_or_those_not(session: Session, town: SmallCity) -> None:
    def names(located: bool) -> list[str | None]:
        rows = community_lists.of_street(session, PERIOD, street_id=town.streets["东"], located=located)
        return [row.name for row in rows]

    assert (names(True), names(False)) == (["安华苑", "百花里"], ["未定位园"])


def test_what_was_merged_or_closed_is_on_no_list(session: Session, town: SmallCity) -> None:
    session.get_one(Community, town.communities["安华苑"]).status = CommunityStatus.SPLIT
    session.flush()
    listed = community_lists.of_street(session, PERIOD, street_id=town.streets["东"])
    assert "安华苑" not in [row.name for row in listed]
    firm = town.firms["长城物业"]
    assert not community_lists.of_firm(session, PERIOD, TODAY, firm_id=firm, details_street_id=None)


def test_a_firm_shows_what_it_serves_on_the_day(session: Session, town: SmallCity) -> None:
    firm = town.firms["长城物业"]

    def served(day: date, street_id: int | None = None) -> list[str | None]:
        rows = community_lists.of_firm(session, PERIOD, day, firm_id=firm, details_street_id=street_id)
        return [row.name for row in rows]

    assert served(TODAY) == ["安华苑"]
    assert served(date(2024, 6, 1)) == ["安华苑", "百花里"]
    assert served(TODAY, town.streets["西"]) == []
    # By street, then by name.
    for name in ("百花里", "德政楼"):
        session.add(
            Contract(
                source="t",
                source_key=name,
                firm_id=firm,
                community_id=town.communities[name],
                period=DateRange(date(2026, 1, 1), None),
            )
        )
    session.flush()
    assert served(date(2026, 6, 1)) == ["安华苑", "百花里", "德政楼"]
