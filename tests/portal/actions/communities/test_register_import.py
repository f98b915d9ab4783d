from __future__ import annotations

from collections.abc import Callable

import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.transactions.import_run import Loaded
from portal.models import (
    Community,
    CommunityAlias,
    CommunityHistory,
    CommunityIdentity,
    Complaint,
    Neighbourhood,
)
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.actions.conftest import box, frame_of

Load = Callable[..., Loaded]
NAMED = {"source_key": "n1", "name": "阳光花园", "street": "西街", "district": "南山"}
PINNED = {
    "source_key": "p1",
    "name": "阳光 花园",
    "geometry": shapely.Point(114.005, 22.505),
    "address": "西街 1 号",
    "built_year": 1999.0,
}


@pytest.fixture
def load(session: Session, town: dict[str, int], cipher: Cipher) -> Load:
    def load(*rows: dict[str, object], source: str = "register") -> Loaded:
        frame = frame_of(COMMUNITIES, rows)
        return communities.load(session, frame, source=source, cipher=cipher)

    return load


def only(session: Session) -> Community:
    session.expire_all()
    return session.scalars(select(Community)).one()


def test_everything_a_register_says_is_stored(session: Session, load: Load, town: dict[str, int]) -> None:
    row = {
        **NAMED,
        "aliases": "阳光里| 向阳苑 |",
        "neighbourhood": "南布社区",
        "address": "西街 1 号",
        "kind": "old",
        "built_year": 1988.0,
        "households": 320.0,
        "floor_area_m2": 25000.5,
        "lifts": 0.0,
        "reference_price_yuan_m2": 50000.0,
        "geometry": box(114.003, 22.503),
    }
    loaded = load(row)
    assert (loaded.new, loaded.touched) == (1, {Subject.COMMUNITIES, Subject.NEIGHBOURHOODS})
    found = only(session)
    assert (found.name, found.pinyin, found.pinyin_initials) == ("阳光花园", "yangguanghuayuan", "yghy")
    assert (found.kind, found.built_year, found.households, found.lifts) == ("old", 1988, 320, 0)
    assert (found.floor_area_m2, found.reference_price_yuan_m2) == (25000.5, 50000.0)
    assert (found.registered_street, found.registered_district) == ("西街", "南山")
    assert (found.street_id, found.source_datum) == (town["西街"], Datum.WGS84)
    aliases = select(CommunityAlias.alias, CommunityAlias.pinyin_initials).order_by(CommunityAlias.alias)
    assert session.execute(aliases).all() == [("向阳苑", "xyy"), ("阳光里", "ygl")]
    neighbourhood = session.scalars(select(Neighbourhood)).one()
    assert (neighbourhood.name, neighbourhood.id) == ("南布社区", found.neighbourhood_id)
    again = load(row)
    assert (again.unchanged, again.touched) == (1, set())


def test_a_point_of_the_same_name_and_street_joins_the_name(session: Session, load: Load) -> None:
    load(NAMED, source="names")
    loaded = load(PINNED, source="points")
    assert (loaded.new, loaded.changed, loaded.found["linked_by_name_and_street"]) == (0, 1, 1)
    found = only(session)
    assert (found.name, found.address, found.built_year) == ("阳光花园", "西街 1 号", 1999)
    assert (found.pin is not None, found.street_how) == (True, "coordinate")
    matched = select(CommunityIdentity.source, CommunityIdentity.matched_by)
    assert dict(session.execute(matched).tuples().all()) == {
        "names": "created",
        "points": "name_and_street",
    }
    history = session.execute(select(CommunityHistory.kind, CommunityHistory.detail)).one()
    assert tuple(history) == ("linked", {"source": "points", "matched_by": "name_and_street"})
    for source, row in (("names", NAMED), ("points", PINNED)):
        assert load(row, source=source).touched == set()
    assert len(session.scalars(select(CommunityHistory)).all()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {**PINNED, "geometry": shapely.Point(114.03, 22.51)},  # another street
        {**PINNED, "geometry": shapely.Point(115, 22.51)},  # no street
        {**PINNED, "name": "阳光花园二期"},
        {**PINNED, "name": None},
    ],
)
def test_anything_else_becomes_a_community_of_its_own(load: Load, other: dict[str, object]) -> None:
    load(NAMED, source="names")
    assert load(other, source="points").new == 1


def test_where_several_fit_none_is_taken(session: Session, load: Load) -> None:
    load(NAMED, {**NAMED, "source_key": "n2"}, source="names")
    loaded = load(PINNED, source="points")
    assert loaded.new == 1
    assert [item.reason for item in loaded.remarks] == ["本街道有多个同名小区，没有自动关联"]


def test_two_rows_for_one_community_are_not_taken_either(load: Load) -> None:
    load(NAMED, source="names")
    loaded = load(PINNED, {**PINNED, "source_key": "p2"}, source="points")
    assert (loaded.new, loaded.found["linked_by_name_and_street"]) == (2, 0)
    assert len([item for item in loaded.remarks if "没有自动关联" in item.reason]) == 2


def test_a_source_that_tells_two_apart_is_believed(load: Load) -> None:
    load(NAMED, source="names")
    assert load({**NAMED, "source_key": "n2"}, source="names").new == 1


def test_the_first_to_give_a_value_keeps_it_up_to_date(session: Session, load: Load) -> None:
    load({**NAMED, "built_year": 1990.0}, source="names")
    load({**PINNED, "built_year": 1999.0}, source="points")
    assert only(session).built_year == 1990
    load({**PINNED, "built_year": 2005.0, "address": "西街 8 号"}, source="points")
    assert (only(session).built_year, only(session).address) == (1990, "西街 8 号")
    load({**NAMED, "built_year": 1991.0, "address": "别处"}, source="names")
    assert (only(session).built_year, only(session).address) == (1991, "西街 8 号")


def test_an_empty_cell_takes_nothing_away(session: Session, load: Load) -> None:
    load({**NAMED, "households": 100.0})
    assert load(NAMED).touched == set()
    assert only(session).households == 100


def test_a_new_name_keeps_the_old_one_as_a_former_name(session: Session, load: Load) -> None:
    load(NAMED)
    loaded = load({**NAMED, "name": "晨光花园"})
    assert loaded.changed == 1
    assert only(session).pinyin_initials == "cghy"
    alias = session.execute(select(CommunityAlias.alias, CommunityAlias.former)).one()
    assert tuple(alias) == ("阳光花园", True)
    detail = session.scalars(select(CommunityHistory.detail)).one()
    assert detail == {"from": "阳光花园", "to": "晨光花园", "source": "register"}


def test_attributes_are_kept_under_their_source(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    for source, value in (("a", 1), ("b", 2)):
        frame = frame_of(COMMUNITIES, [NAMED]).assign(attributes=[{"prop_num": value}])
        communities.load(session, frame, source=source, cipher=cipher)
    assert only(session).attributes == {"a": {"prop_num": 1}, "b": {"prop_num": 2}}


def test_persons_of_a_register_are_kept_masked(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    frame = frame_of(COMMUNITIES, [NAMED]).assign(attributes=[{"负责人": "张三", "电话": 13800138000}])
    for _ in range(2):
        loaded = communities.load(session, frame, source="a", cipher=cipher)
    assert (loaded.changed, loaded.unchanged) == (0, 1)
    assert only(session).attributes == {"a": {"负责人": "张*", "电话": "138****8000"}}


def test_a_row_that_says_nothing_is_rejected(load: Load) -> None:
    loaded = load({"source_key": "1", "street": "西街"}, NAMED)
    assert (loaded.new, loaded.counts()["rejected"]) == (1, 1)
    assert (loaded.remarks[0].row, loaded.remarks[0].value) == (1, "1")


def test_the_geometry_as_read_is_kept(session: Session, town: dict[str, int], cipher: Cipher) -> None:
    raw = shapely.to_wkb(shapely.Point(114.01, 22.51))
    frame = frame_of(COMMUNITIES, [PINNED]).assign(raw_geometry=[raw])
    communities.load(session, frame, source="points", cipher=cipher, datum=Datum.BD09)
    assert (only(session).raw_geometry, only(session).source_datum) == (raw, "bd09")


def test_complaints_that_waited_find_their_community(
    session: Session, load: Load, cipher: Cipher, city: City
) -> None:
    rows = [
        {"source_key": "1", "received_at": "2025-03-01", "street": "西街", "community": "阳光花园"},
        {"source_key": "2", "received_at": "2025-03-02", "geometry": shapely.Point(114.005, 22.505)},
    ]
    complaints.load(session, frame_of(COMPLAINTS, rows), source="s", city=city, cipher=cipher)
    loaded = load({**NAMED, "geometry": box(114.003, 22.503)})
    assert Subject.COMPLAINTS in loaded.touched
    placed = select(func.count()).where(Complaint.community_id.is_not(None))
    assert session.scalar(placed) == 2
