"""Spatial queries on real PostGIS: what is found, in which order, by how many statements, on which index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from bench.seeding import LAST_DAY, seed_city
from bench.seeding import PERIOD as SEEDED_PERIOD
from portal.as_of import choose
from portal.db import driver_url
from portal.models import Community
from portal.query import PAGE_ROWS, CommunityQuery, Near
from portal.scope import parse_period
from portal.store.queries import results as queries
from tests.conftest import MakeDatabase, Statements
from tests.portal import map_city, small_city
from tests.portal.small_city import LAST_COMPLAINT_DAY, PERIOD, ZONE, SmallCity

AS_OF = choose(LAST_COMPLAINT_DAY, {}, ZONE)
A, B, C, D, NAMELESS, NOWHERE = "安华苑", "百花里", "春晖园", "德政楼", None, "未定位园"
EAST_AND_WEST = ((114.04, 22.4), (114.115, 22.4), (114.115, 22.6), (114.04, 22.6))


@pytest.fixture
def town(session: Session) -> SmallCity:
    return small_city.build(session)


def names(session: Session, query: CommunityQuery) -> list[str | None]:
    return [row["name"] for row in queries.find(session, query, PERIOD, AS_OF).rows]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CommunityQuery(), [A, B, C, D, NOWHERE, NAMELESS]),
        (CommunityQuery(area=EAST_AND_WEST), [A, B, C]),
        (CommunityQuery(near=Near(114.05, 22.5, 1_000.0)), [A]),
        (CommunityQuery(near=Near(114.05, 22.5, 1_050.0)), [A, B]),
        (CommunityQuery(near=Near(114.1, 22.5, None, 3), sort="distance"), [C, D, B]),
        (CommunityQuery(near=Near(114.1, 22.5, 1_500.0, 3), sort="distance"), [C]),
        (CommunityQuery(near=Near(114.1, 22.5, None, 1), points_below=60), [A]),
        (CommunityQuery(points_below=72), [A, NOWHERE]),
        (CommunityQuery(points_at_least=72), [B, D]),
        (CommunityQuery(points_at_least=60, points_below=72), [NOWHERE]),
        (CommunityQuery(bands=("fail", "none")), [A, C, NAMELESS]),
        (CommunityQuery(bands=("none",)), [C, NAMELESS]),
        (CommunityQuery(bands=("excellent",)), [D]),
        (CommunityQuery(complaints_at_least=1), [A, B]),
        (CommunityQuery(complaints_at_least=1, complaint_days=31), [A, B, D]),
        (CommunityQuery(complaints_at_least=3), [A]),
        (CommunityQuery(complaints_at_least=2, category="lift"), [A]),
        (CommunityQuery(complaints_at_least=0, text="园"), [C, NOWHERE]),
        (CommunityQuery(not_inspected_days=2), [A, C, D, NOWHERE, NAMELESS]),
        (CommunityQuery(not_inspected_days=1), [A, B, C, D, NOWHERE, NAMELESS]),
        (CommunityQuery(overdue=True), [A]),
        (CommunityQuery(kind="old"), [C, D]),
        (CommunityQuery(firm="长城"), [A]),
        (CommunityQuery(firm="CCW"), [A]),
        (CommunityQuery(firm="=SUM"), [B]),
        (CommunityQuery(text="老春"), [C]),
        (CommunityQuery(text="ah"), [A]),
        (CommunityQuery(text="%"), []),
        (CommunityQuery(street_ids=frozenset()), []),
        (CommunityQuery(area=EAST_AND_WEST, points_below=80, overdue=True), [A]),
    ],
)
def test_every_condition_holds(
    session: Session, town: SmallCity, query: CommunityQuery, expected: list[str | None]
) -> None:
    assert names(session, query) == expected


def test_the_street_is_the_primary_one_and_needs_no_location(session: Session, town: SmallCity) -> None:
    query = CommunityQuery(street_ids=frozenset({town.streets["东"]}))
    page = queries.find(session, query, PERIOD, AS_OF)
    assert [row["name"] for row in page.rows] == [A, B, NOWHERE]
    assert (page.total, page.unlocated) == (3, 1)
    assert page.bounds == (114.05, 22.5, 114.06, 22.5)


def test_a_firm_is_the_one_serving_on_the_day(session: Session, town: SmallCity) -> None:
    query = CommunityQuery(firm_id=town.firms["长城物业"])
    assert names(session, query) == [A]
    before = queries.find(session, query, PERIOD, replace(AS_OF, served_on=date(2024, 12, 31)))
    assert [row["name"] for row in before.rows] == [A, B]


@pytest.mark.parametrize(
    ("sort", "ascending"),
    [
        ("points", [A, NOWHERE, B, D, C, NAMELESS]),
        ("complaints", [C, D, NOWHERE, B, A, NAMELESS]),
        ("households", [D, B, A, C, NOWHERE, NAMELESS]),
        ("inspected", [A, B, C, D, NOWHERE, NAMELESS]),
        ("overdue", [B, A, C, D, NOWHERE, NAMELESS]),
        ("kind", [A, NOWHERE, C, D, B, NAMELESS]),
        ("street", [A, B, NOWHERE, C, D, NAMELESS]),
        ("firm", [B, A, C, D, NOWHERE, NAMELESS]),
    ],
)
def test_a_list_is_sorted_with_the_missing_last(
    session: Session, town: SmallCity, sort: str, ascending: list[str | None]
) -> None:
    assert names(session, CommunityQuery(sort=sort)) == ascending
    key = {"inspected": "inspected_at"}.get(sort, sort)
    back = queries.find(session, CommunityQuery(sort=sort, descending=True), PERIOD, AS_OF).rows
    values = [row[key] for row in back]
    present = [value for value in values if value is not None]
    assert values == [*sorted(present, reverse=True), *[None] * (len(values) - len(present))]


def test_equals_are_in_the_order_of_their_names_either_way(session: Session, town: SmallCity) -> None:
    for descending in (False, True):
        assert names(session, CommunityQuery(kind="old", sort="kind", descending=descending)) == [C, D]


def test_a_row_tells_what_is_known(session: Session, town: SmallCity) -> None:
    query = CommunityQuery(near=Near(114.05, 22.5, 10.0))
    page = queries.find(session, query, PERIOD, AS_OF, geometry=True)
    row = dict(page.rows[0])
    assert row | {"id": 0, "inspected_at": None} == {
        "total": 1,
        "unlocated": 0,
        "unnamed": 0,
        "west": 114.05,
        "south": 22.5,
        "east": 114.05,
        "north": 22.5,
        "id": 0,
        "name": A,
        "key": None,
        "district": "中区",
        "street": "东",
        "kind": "commodity",
        "households": 1200,
        "points": 55.04,
        "band": "fail",
        "complaints": 3,
        "inspected_at": None,
        "later_at": None,
        "overdue": 2,
        "firm": "长城物业",
        "distance_m": 0.0,
        "lon": 114.05,
        "lat": 22.5,
        "geometry": '{"type":"Point","coordinates":[114.05,22.5]}',
        "key_0": "anhuayuan",
        "key_1": A,
        "tie_0": "anhuayuan",
        "tie_1": A,
    }


def test_a_page_past_the_end_still_knows_the_total(session: Session, town: SmallCity) -> None:
    page = queries.find(session, CommunityQuery(page=9), PERIOD, AS_OF)
    assert (list(page.rows), page.total, page.unlocated, page.unnamed) == ([], 6, 1, 1)


def test_nothing_found_is_no_error(session: Session, town: SmallCity) -> None:
    page = queries.find(session, CommunityQuery(text="没有这个"), PERIOD, AS_OF)
    assert (list(page.rows), page.total, page.bounds) == ([], 0, None)


def test_merged_communities_are_gone(session: Session, town: SmallCity) -> None:
    merged = session.get_one(Community, town.communities[C])
    merged.status, merged.merged_into_id = "merged", town.communities[D]
    session.flush()
    assert C not in names(session, CommunityQuery())


def test_the_map_gets_every_located_match(session: Session, town: SmallCity) -> None:
    query = CommunityQuery(street_ids=frozenset(town.streets.values()))
    found = queries.ids(session, query, PERIOD, AS_OF)
    assert found == [town.communities[name] for name in (A, B, C, D)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CommunityQuery(), queries.Coverage(1, 2)),
        (CommunityQuery(complaints_at_least=99), queries.Coverage(1, 2)),  # whatever complaints they have
        (CommunityQuery(category="lift"), queries.Coverage(1, 0)),
        (CommunityQuery(complaint_days=1), queries.Coverage(1, 0)),  # a record of another matter speaks of 西
        (CommunityQuery(street_ids=frozenset()), queries.Coverage(0, 0)),
        (CommunityQuery(near=Near(114.30, 22.5, None, 1)), queries.Coverage(1, 0)),
        (CommunityQuery(area=EAST_AND_WEST), queries.Coverage(0, 2)),
        (CommunityQuery(kind="old"), queries.Coverage(0, 0)),
    ],
)
def test_what_complaints_do_not_say(
    session: Session, town: SmallCity, query: CommunityQuery, expected: queries.Coverage
) -> None:
    for number in range(2):
        day = LAST_COMPLAINT_DAY - timedelta(days=4)
        map_city.add_complaint(session, day, street_id=town.streets["东"], number=number)
    assert queries.coverage(session, query, PERIOD, AS_OF) == expected


def test_what_is_not_told_is_what_a_list_does_not_number(session: Session, town: SmallCity) -> None:
    there = town.communities["None"]  # under no street
    day = LAST_COMPLAINT_DAY
    map_city.add_complaint(session, day, place_level="community", community_id=there, category="lift")
    for category, untold in ((None, 0), ("lift", 0), ("repair", 1)):
        query = CommunityQuery(category=category)
        listed = queries.find(session, query, PERIOD, AS_OF).rows
        assert sum(row["complaints"] is None for row in listed) == untold
        assert queries.coverage(session, query, PERIOD, AS_OF).untold == untold


def test_one_statement_for_a_page(session: Session, town: SmallCity, statements: Statements) -> None:
    query = CommunityQuery(area=EAST_AND_WEST, complaints_at_least=1, overdue=True, sort="complaints")
    queries.find(session, query, PERIOD, AS_OF)
    assert len(statements) == 1


@pytest.fixture(scope="module")
def seeded(make_database: MakeDatabase) -> Iterator[Engine]:
    """3,000 communities with scores, 80,000 complaints."""
    database = make_database()
    seed_city(database.owner_url)
    engine = create_engine(driver_url(database.portal_url), poolclass=NullPool)
    yield engine
    engine.dispose()


def indexes(engine: Engine, query: CommunityQuery) -> set[str]:
    """Return the indexes in the plan of a page."""
    statement = queries.page_statement(query, parse_period(SEEDED_PERIOD), choose(LAST_DAY, {}, ZONE))
    compiled = statement.compile(engine, compile_kwargs={"render_postcompile": True})
    with engine.connect() as connection:
        text = f"EXPLAIN (FORMAT JSON) {compiled}"
        plan: Any = connection.exec_driver_sql(text, compiled.params).scalar_one()
    found: set[str] = set()
    nodes = [plan[0]["Plan"]]
    while nodes:
        node = nodes.pop()
        found.add(node.get("Index Name", ""))
        nodes.extend(node.get("Plans", []))
    return found - {""}


AREA = ((113.9, 22.5), (114.2, 22.48), (114.25, 22.7), (114.1, 22.75), (113.95, 22.7))


def test_an_area_with_three_filters_uses_the_spatial_index(seeded: Engine) -> None:
    query = CommunityQuery(
        area=AREA, points_below=80, complaints_at_least=1, complaint_days=90, not_inspected_days=30
    )
    used = indexes(seeded, query)
    assert "ix_community_location" in used
    assert "ix_complaint_community_id_received_at" in used


def test_distances_use_the_index_on_geography(seeded: Engine) -> None:
    within = CommunityQuery(near=Near(114.1, 22.6, 3_000.0), points_below=80)
    nearest = CommunityQuery(near=Near(114.1, 22.6, None, 20))
    assert "ix_community_location_geography" in indexes(seeded, within)
    assert "ix_community_location_geography" in indexes(seeded, nearest)


def test_pages_are_the_whole_result_without_gaps_or_doubles(seeded: Engine) -> None:
    as_of, period = choose(LAST_DAY, {}, ZONE), parse_period(SEEDED_PERIOD)
    query = CommunityQuery(area=AREA, complaints_at_least=1, complaint_days=365, sort="complaints")
    with Session(seeded) as session:
        every = queries.find(session, query, period, as_of, every_page=True)
        assert len(every.rows) == every.total > 2 * PAGE_ROWS
        paged: list[int] = []
        for number in range(1, -(-every.total // PAGE_ROWS) + 1):
            page = queries.find(session, replace(query, page=number), period, as_of)
            assert page.total == every.total
            paged.extend(row["id"] for row in page.rows)
    assert paged == [row["id"] for row in every.rows]


def test_the_nearest_are_those_by_geodesic_distance(seeded: Engine) -> None:
    as_of, period = choose(LAST_DAY, {}, ZONE), parse_period(SEEDED_PERIOD)
    with Session(seeded) as session:
        all_by_distance = CommunityQuery(near=Near(114.1, 22.6, 100_000.0), sort="distance")
        every = queries.find(session, all_by_distance, period, as_of, every_page=True).rows
        nearest = replace(all_by_distance, near=Near(114.1, 22.6, None, 200))
        found = queries.find(session, nearest, period, as_of, every_page=True).rows
    assert len(every) == 3_000
    assert [row["id"] for row in found] == [row["id"] for row in every[:200]]


def test_kinds_are_those_of_the_city_or_of_one_street(session: Session, town: SmallCity) -> None:
    assert set(queries.kinds(session, None)) == {"commodity", "reform", "old"}
    assert queries.kinds(session, town.streets["西"]) == ["old"]
