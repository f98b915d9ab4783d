"""Outlines without a name, and what they may belong to."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.models import Community, CommunityIdentity
from portal.store.communities import unnamed
from tests.portal import waiting_city
from tests.portal.rows import add
from tests.portal.waiting_city import WaitingCity


def box(west: float, south: float, side: float) -> str:
    east, north = west + side, south + side
    ring = f"{west} {south},{east} {south},{east} {north},{west} {north},{west} {south}"
    return f"SRID=4326;MULTIPOLYGON((({ring})))"


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def test_those_that_hold_a_named_point_come_first_then_the_largest(
    session: Session, town: WaitingCity
) -> None:
    page = unnamed.find(session, None, 1, 50)
    ids = {value: key for key, value in town.communities.items()}
    assert [ids[row.id] for row in page.rows] == ["small", "large", "other"]
    assert [row.holds for row in page.rows] == [["晨光苑"], None, None]
    assert page.rows[0].area_m2 == pytest.approx(11_400, rel=0.02)
    assert [row.street for row in page.rows] == ["东", "东", "西"]
    assert [count.n for count in unnamed.by_street(session)] == [2, 1]


def test_the_largest_comes_first_however_late_it_came(session: Session, town: WaitingCity) -> None:
    late = add(session, Community(street_how="street", outline=box(114.12, 22.5, 0.004)))
    rows = unnamed.find(session, None, 1, 50).rows
    assert [row.id for row in rows[:2]] == [town.communities["small"], late]


def test_an_outline_that_has_a_name_waits_no_more(session: Session, town: WaitingCity) -> None:
    session.get_one(Community, town.communities["other"]).name = "有名苑"
    session.flush()
    page = unnamed.find(session, town.streets["西"], 1, 50)
    assert (page.total, page.rows) == (0, [])


def test_one_street_and_pages(session: Session, town: WaitingCity) -> None:
    page = unnamed.find(session, town.streets["东"], 2, 1)
    assert (page.total, [row.id for row in page.rows]) == (2, [town.communities["large"]])


def test_outlines_for_a_pinned_name_the_containing_one_first(session: Session, town: WaitingCity) -> None:
    found = unnamed.outlines_for(session, town.communities["晨光苑"])
    assert [row.id for row in found] == [town.communities["small"], town.communities["large"]]
    assert [row.inside for row in found] == [True, False]
    assert [row.street for row in found] == ["东", "东"]
    assert found[0].distance_m == 0
    assert found[1].distance_m == pytest.approx(1_030, rel=0.01)


def test_outlines_for_a_name_without_a_place_are_its_streets_the_largest_first(
    session: Session, town: WaitingCity
) -> None:
    found = unnamed.outlines_for(session, town.communities["无位园"])
    assert [row.id for row in found] == [town.communities["large"], town.communities["small"]]
    assert [row.distance_m for row in found] == [None, None]
    assert [row.inside for row in found] == [False, False]


def test_an_outline_around_the_point_counts_whatever_its_street(session: Session, town: WaitingCity) -> None:
    moved = update(Community).where(Community.id == town.communities["small"])
    session.execute(moved.values(street_id=town.streets["西"]))
    found = unnamed.outlines_for(session, town.communities["晨光苑"])
    assert found[0].id == town.communities["small"]


def test_names_for_an_outline_those_inside_first_then_those_without_a_point(
    session: Session, town: WaitingCity
) -> None:
    found = unnamed.names_for(session, town.communities["small"])
    assert [(row.name, row.inside) for row in found] == [("晨光苑", True), ("无位园", False)]
    assert [row.street for row in found] == ["东", "东"]
    assert [row.name for row in unnamed.names_for(session, town.communities["large"], "位")] == ["无位园"]
    add(session, Community(name="一号院", street_id=town.streets["东"], street_how="street"))
    names = [row.name for row in unnamed.names_for(session, town.communities["small"])]
    assert names == ["晨光苑", "一号院", "无位园"]


def test_names_near_to_the_outlines_key_come_first_and_are_found(session: Session, town: WaitingCity) -> None:
    large = town.communities["large"]
    given = {"source": "轮廓", "source_key": "翠湖花园一期", "matched_by": "created", "supplied": []}
    session.add(CommunityIdentity(community_id=large, **given))
    near = add(session, Community(name="翠湖1期", street_how="not_found"))
    add(session, Community(name="翠湖二期", street_how="not_found"))
    assert unnamed.names_for(session, large)[0].id == near
    assert [row.name for row in unnamed.names_for(session, large, "无位小区")] == ["无位园"]
    assert near not in {row.id for row in unnamed.names_for(session, town.communities["other"])}
