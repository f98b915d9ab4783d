"""Reading stored areas."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.actions import queries as actions
from portal.errors import NotFound
from portal.query import CommunityQuery
from portal.store.queries import areas
from portal.terms import Role

RING = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1))


def test_a_key_is_filled_in_and_stays_the_argument(session: Session) -> None:
    user = accounts.create(session, "drawer", "", Role.LEADER, "a long password")
    key = actions.store(session, RING, user.id)
    assert set(areas.ring_of(session, key)) == set(RING)
    query = areas.fill(session, CommunityQuery(area_key=key, points_below=70))
    assert query.area is not None
    assert query.to_arguments() == {"area_key": key, "points_below": "70"}


def test_an_unknown_key_is_said(session: Session) -> None:
    with pytest.raises(NotFound, match="没有已存的范围 nowhere"):
        areas.fill(session, CommunityQuery(area_key="nowhere"))


def test_a_query_without_key_is_left_alone(session: Session) -> None:
    query = CommunityQuery(area=RING)
    assert areas.fill(session, query) is query
