"""Conditions as SQL: one for each thing asked, none that could be tricked."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, CommunityIdentity
from portal.query import CommunityQuery, Near
from portal.store.queries.conditions import conditions
from portal.store.queries.facts import AsOf
from tests.portal import small_city
from tests.portal.small_city import ZONE

AS_OF = AsOf(date(2025, 10, 10), date(2025, 10, 3), ZONE)


@pytest.mark.parametrize(
    ("query", "more"),
    [
        (CommunityQuery(), 0),
        (CommunityQuery(category="lift", complaint_days=90, sort="points", page=3), 0),
        (CommunityQuery(near=Near(114, 22, None, 5)), 0),  # the nearest are a limit, not a condition
        (CommunityQuery(near=Near(114, 22, 500.0, 5), overdue=True), 2),
        (CommunityQuery(points_below=70, points_at_least=60, bands=("pass",), kind="old"), 4),
        (CommunityQuery(firm="x", firm_id=3), 1),
    ],
)
def test_each_thing_asked_is_one_condition(query: CommunityQuery, more: int) -> None:
    assert len(conditions(query, AS_OF)) == 1 + more


@pytest.mark.parametrize("text", ["%", "_", "\\", "' OR true --", "百花里%"])
def test_text_is_text_and_never_a_pattern(session: Session, text: str) -> None:
    small_city.build(session)
    for query in (CommunityQuery(text=text), CommunityQuery(firm=text)):
        found = session.scalars(select(Community.id).where(*conditions(query, AS_OF))).all()
        assert found == []


@pytest.mark.parametrize("text", ["未命名", "Unnamed community", "8466", "未命名小区 84"])
def test_text_finds_what_has_no_name_by_its_key(session: Session, text: str) -> None:
    number = small_city.build(session).communities["None"]
    identity = {"source": "轮廓", "source_key": "8466", "community_id": number}
    session.add(CommunityIdentity(**identity, matched_by="created"))
    session.flush()
    query = CommunityQuery(text=text)
    assert session.scalars(select(Community.id).where(*conditions(query, AS_OF))).all() == [number]


def test_a_corner_on_the_border_counts_as_inside(session: Session) -> None:
    town = small_city.build(session)
    triangle = ((114.05, 22.5), (114.055, 22.5), (114.05, 22.6))
    query = CommunityQuery(area=triangle)
    found = session.scalars(select(Community.id).where(*conditions(query, AS_OF))).all()
    assert found == [town.communities["安华苑"]]
