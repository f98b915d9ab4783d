"""Conditions as SQL: one for each thing asked, none that could be tricked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.as_of import choose
from portal.models import Community, CommunityIdentity, ServiceScore, Street
from portal.query import CommunityQuery, Near, Ring
from portal.store.queries.conditions import conditions
from tests.portal import small_city
from tests.portal.small_city import ZONE

AS_OF = choose(date(2025, 10, 3), {}, ZONE)


@pytest.mark.parametrize(
    ("query", "more"),
    [
        (CommunityQuery(), 0),
        (CommunityQuery(category="lift", complaint_days=90, sort="points", page=3), 0),
        (CommunityQuery(near=Near(114, 22, None, 5)), 0),  # the nearest are a limit, not a condition
        (CommunityQuery(near=Near(114, 22, 500.0, 5), overdue=True), 2),
        (CommunityQuery(points_below=70, points_at_least=60, bands=("pass",), kind="old"), 4),
        (CommunityQuery(firm="x", firm_id=3), 1),
        (CommunityQuery(districts=("中区", "南区")), 1),
    ],
)
def test_each_thing_asked_is_one_condition(query: CommunityQuery, more: int) -> None:
    assert len(conditions(query, AS_OF)) == 1 + more


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, ["安华苑", "德政楼", "春晖园", "未定位园", "百花里"]),
        ({"points_below": 65}, ["安华苑"]),
        ({"points_below": 65.5}, ["安华苑", "未定位园"]),
        ({"points_at_least": 72}, ["德政楼", "百花里"]),
        ({"bands": ("fail", "excellent")}, ["安华苑", "德政楼"]),
        ({"bands": ("none",)}, ["春晖园"]),
        ({"bands": ("none", "fail")}, ["安华苑", "春晖园"]),
        ({"kind": "old"}, ["德政楼", "春晖园"]),
        ({"not_inspected_days": 1}, ["安华苑", "德政楼", "春晖园", "未定位园", "百花里"]),
        ({"not_inspected_days": 2}, ["安华苑", "德政楼", "春晖园", "未定位园"]),
        ({"overdue": True}, ["安华苑"]),
        ({"complaints_at_least": 3}, ["安华苑"]),
        ({"complaints_at_least": 1}, ["安华苑", "百花里"]),
        ({"complaints_at_least": 2, "category": "lift"}, ["安华苑"]),
        ({"firm": "长城"}, ["安华苑"]),
        ({"firm": "物业"}, ["安华苑", "百花里"]),
        ({"districts": ("中区",), "kind": "old"}, ["德政楼", "春晖园"]),
        ({"districts": ("南区",)}, []),
        ({"near": Near(114.05, 22.5, 1100.0, 5)}, ["安华苑", "百花里"]),
        ({"near": Near(114.05, 22.5, 1000.0, 5)}, ["安华苑"]),
    ],
)
def test_each_thing_asked_finds_those_of_whom_it_holds(
    session: Session, asked: dict[str, Any], names: list[str]
) -> None:
    small_city.build(session)
    rows = select(Community.name).outerjoin(
        ServiceScore,
        (ServiceScore.community_id == Community.id) & (ServiceScore.period == str(small_city.PERIOD)),
    )
    rows = rows.outerjoin(Street, Street.id == Community.street_id)
    found = session.scalars(rows.where(*conditions(CommunityQuery(**asked), AS_OF))).all()
    assert sorted(name for name in found if name) == sorted(names)


def test_a_firm_is_asked_for_by_its_id_and_streets_by_theirs(session: Session) -> None:
    town = small_city.build(session)

    def found(query: CommunityQuery) -> set[str | None]:
        return set(session.scalars(select(Community.name).where(*conditions(query, AS_OF))))

    for name, served in (("长城物业", {"安华苑"}), ("=SUM(A1)物业", {"百花里"})):
        assert found(CommunityQuery(firm_id=town.firms[name])) == served
    assert found(CommunityQuery(street_ids=frozenset({town.streets["西"]}))) == {"春晖园", "德政楼"}


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


@pytest.mark.parametrize(
    "corners",
    [
        # a border through (114.05, 22.5), and what lies on its two sides
        (
            ((114.04, 22.4), (114.05, 22.4), (114.05, 22.6), (114.04, 22.6)),
            ((114.05, 22.4), (114.07, 22.4), (114.07, 22.6), (114.05, 22.6)),
        ),
        (
            ((114.04, 22.4), (114.055, 22.4), (114.055, 22.5), (114.04, 22.5)),
            ((114.04, 22.5), (114.055, 22.5), (114.055, 22.6), (114.04, 22.6)),
        ),
        (
            ((114.045, 22.495), (114.055, 22.505), (114.045, 22.505)),
            ((114.045, 22.495), (114.055, 22.495), (114.055, 22.505)),
        ),
        (
            ((114.045, 22.505), (114.055, 22.495), (114.055, 22.505)),
            ((114.045, 22.505), (114.045, 22.495), (114.055, 22.495)),
        ),
        (
            ((114.04, 22.4), (114.05, 22.4), (114.05, 22.5), (114.04, 22.5)),
            ((114.05, 22.45), (114.055, 22.45), (114.055, 22.55), (114.05, 22.55)),
        ),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_lies_between_two_areas_counts_in_one(
    session: Session, corners: tuple[Ring, Ring], turned: bool
) -> None:
    town = small_city.build(session)
    found = []
    for ring in corners:
        query = CommunityQuery(area=tuple(reversed(ring)) if turned else ring)
        found += session.scalars(select(Community.id).where(*conditions(query, AS_OF))).all()
    assert found.count(town.communities["安华苑"]) == 1
