"""What a number of communities holds."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Community
from portal.store.communities import counts as community_counts
from portal.store.communities.counts import CommunityCount
from tests.conftest import Statements
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def test_the_city_s_number_holds_also_what_is_under_no_street(
    session: Session, town: WaitingCity, statements: Statements
) -> None:
    before = len(statements)
    found = community_counts.count(session)
    assert len(statements) - before == 1
    assert found == CommunityCount(n=7, unnamed=3, unlocated=3, without_street=1)
    assert found.words == ("其中图上未命名 3、名册未定位 3（两者可能重复）、未归属街道 1")


def test_streets_count_their_own(session: Session, town: WaitingCity) -> None:
    west = frozenset({town.streets["西"]})
    assert community_counts.count(session, west) == CommunityCount(2, 1, 1, 0)
    assert community_counts.count(session, frozenset()).n == 0


def test_nothing_is_said_where_every_name_has_its_place(session: Session) -> None:
    session.add(Community(name="安华苑", street_how="name", pin="SRID=4326;POINT(114 22.5)"))
    session.flush()
    found = community_counts.count(session)
    assert (found.n, found.mixed, found.words) == (1, True, "其中未归属街道 1")
    assert CommunityCount(5, 0, 0, 0).words == ""


def test_what_only_lacks_a_place_is_no_mixture() -> None:
    count = CommunityCount(5, 0, 2, 0)
    assert (count.mixed, count.words) == (False, "其中未定位 2")
    assert CommunityCount(5, 1, 2, 0).mixed
