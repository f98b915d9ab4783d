from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import shapely
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from geo.frames import COMMUNITIES, COMPLAINTS, STREETS
from geo.policy.city import City
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.places import complaint_places
from portal.actions.places import street_import as streets
from portal.models import Community, Complaint, Neighbourhood, Street
from portal.privacy import Cipher
from portal.store.places import territory
from tests.portal.actions.conftest import box, frame_of

WEST_POINT, EAST_POINT = (114.005, 22.505), (114.03, 22.51)


@pytest.fixture
def known(session: Session, town: dict[str, int], cipher: Cipher) -> dict[str, int]:
    """Communities of the town by name; 阳光花园 is outlined in 西街, 阳光花园 of 东街 only named."""
    rows = [
        {"source_key": "1", "name": "阳光花园", "aliases": "阳光苑|日光里", "geometry": box(114.003, 22.503)},
        {"source_key": "2", "name": "月光花园", "street": "东街"},
        {"source_key": "3", "name": "阳光花园", "street": "东街"},
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    return {
        f"{name}@{street}": i
        for i, name, street in session.execute(select(Community.id, Community.name, Community.street_id))
    }


def record(**values: Any) -> pd.DataFrame:
    names = ("district", "street", "neighbourhood", "community", "address")
    row = {"n": 0, "lon": None, "lat": None, **dict.fromkeys(names), **values}
    return pd.DataFrame([row]).astype({"lon": float, "lat": float})


def at(point: tuple[float, float]) -> dict[str, float]:
    return {"lon": point[0], "lat": point[1]}


@pytest.mark.parametrize(
    ("values", "level", "how", "street", "community"),
    [
        (at(WEST_POINT), "point", "coordinate", "西街", "阳光花园"),
        (at(EAST_POINT), "point", "coordinate", "东街", None),
        (
            {**at(EAST_POINT), "street": "东街", "community": "月光花园"},
            "point",
            "coordinate",
            "东街",
            "月光花园",
        ),
        ({**at((115.0, 22.5)), "street": "东街"}, "street", "street", "东街", None),
        ({**at((115.0, 22.5)), "community": "月光花园"}, "community", "name", "东街", "月光花园"),
        (at((115.0, 22.5)), "none", "outside", None, None),
        ({"street": "西街", "community": "阳光花园"}, "community", "name", "西街", "阳光花园"),
        ({"street": "西街", "community": "日光里"}, "community", "alias", "西街", "阳光花园"),
        ({"community": "月光花园"}, "community", "name", "东街", "月光花园"),
        ({"community": "阳光花园"}, "none", "not_found", None, None),
        ({"street": "东街", "address": "1 号月光花园 3 栋"}, "community", "address", "东街", "月光花园"),
        ({"street": "西街", "address": "1 号月光花园 3 栋"}, "street", "street", "西街", None),
        ({"street": "西街街道", "neighbourhood": "南布社区"}, "neighbourhood", "neighbourhood", "西街", None),
        ({"street": "西街", "community": "没有的"}, "street", "street", "西街", None),
        ({"street": "北街", "neighbourhood": "南布"}, "none", "not_found", None, None),
        ({}, "none", "not_found", None, None),
    ],
)
def test_the_most_exact_place_is_found(
    session: Session,
    town: dict[str, int],
    known: dict[str, int],
    values: dict[str, Any],
    level: str,
    how: str,
    street: str | None,
    community: str | None,
) -> None:
    placed, _ = complaint_places.place(session, record(**values))
    row = session.execute(select(placed)).one()
    street_id = town.get(street or "")
    assert (row.place_level, row.place_how, row.street_id) == (level, how, street_id)
    assert row.community_id == known.get(f"{community}@{street_id}")
    assert (row.point is not None) == (level == "point")


def test_without_streets_a_point_stays_a_point(session: Session) -> None:
    placed, _ = complaint_places.place(session, record(**at((-122.4, 37.8))))
    row = session.execute(select(placed.c.place_level, placed.c.street_id)).one()
    assert tuple(row) == ("point", None)


@pytest.mark.parametrize("keys", ["ab", "ba"])
def test_where_streets_overlap_all_take_the_same(
    session: Session, city: City, cipher: Cipher, keys: str
) -> None:
    """A complaint, a community's pin and the map's coordinate: the first street by source key."""
    for key, west in zip(keys, (114.0, 114.002) if keys == "ab" else (114.002, 114.0), strict=True):
        row = {"source_key": key, "name": key, "geometry": box(west, 22.50)}
        streets.load(session, frame_of(STREETS, [row]), city=city, cipher=cipher)
    row = {"source_key": "1", "name": "甲", "geometry": shapely.Point(WEST_POINT)}
    communities.load(session, frame_of(COMMUNITIES, [row]), source="register", cipher=cipher)
    placed, _ = complaint_places.place(session, record(**at(WEST_POINT)))
    of_complaint = select(Street.name).join(placed, placed.c.street_id == Street.id)
    of_community = select(Street.name).join(Community)
    assert session.scalars(of_complaint).all() == session.scalars(of_community).all() == ["a"]
    assert territory.street_at(session, *WEST_POINT) == "a"


def test_the_smallest_of_overlapping_outlines_counts(
    session: Session, town: dict[str, int], cipher: Cipher
) -> None:
    rows = [
        {"source_key": "1", "name": "大", "geometry": box(114.003, 22.503)},
        {"source_key": "2", "name": "小", "geometry": box(114.004, 22.504, 0.002)},
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    placed, _ = complaint_places.place(session, record(**at(WEST_POINT)))
    name = select(Community.name).join(placed, placed.c.community_id == Community.id)
    assert session.scalars(name).all() == ["小"]


def test_unknown_neighbourhoods_are_created_once(session: Session, town: dict[str, int]) -> None:
    rows = pd.concat([record(street="西街", neighbourhood=name) for name in ("南布社区", "南布", "北布")])
    placed, created = complaint_places.place(session, rows.assign(n=range(3)))
    assert created == 2
    assert session.scalars(select(Neighbourhood.name).order_by(Neighbourhood.id)).all() == [
        "南布社区",
        "北布",
    ]
    assert session.scalar(select(func.count(placed.c.neighbourhood_id.distinct()))) == 2
    _, created = complaint_places.place(session, rows.assign(n=range(3)))
    assert created == 0


def test_a_neighbourhood_of_another_street_does_not_count(session: Session, town: dict[str, int]) -> None:
    ruled = record(**at(WEST_POINT), street="东街", neighbourhood="南布", ruling="coordinate")
    placed, _ = complaint_places.place(session, ruled)
    row = session.execute(select(placed.c.street_id, placed.c.neighbourhood_id)).one()
    assert tuple(row) == (town["西街"], None)


def load_complaint(session: Session, city: City, cipher: Cipher, datum: Datum, **values: Any) -> None:
    row = {"source_key": "1", "received_at": "2025-03-01 08:00", **values}
    frame = frame_of(COMPLAINTS, [row])
    complaints.load(session, frame, source="hotline", city=city, cipher=cipher, datum=datum)


def test_replacing_finds_what_has_become_known(
    session: Session, town: dict[str, int], cipher: Cipher, city: City
) -> None:
    load_complaint(session, city, cipher, Datum.WGS84, street="东街", address="月光花园 3 栋 1201 室")
    assert session.scalars(select(Complaint.place_level)).one() == "street"
    row = {"source_key": "2", "name": "月光花园", "street": "东街"}
    communities.load(session, frame_of(COMMUNITIES, [row]), source="register", cipher=cipher)
    found = session.execute(select(Complaint.place_level, Complaint.place_how)).one()
    assert tuple(found) == ("community", "address")
    assert complaint_places.replace(session, select(Complaint.id), cipher) == 0


def test_replacing_leaves_what_a_clerk_placed(
    session: Session, town: dict[str, int], cipher: Cipher, city: City
) -> None:
    load_complaint(session, city, cipher, Datum.WGS84, street="东街")
    session.execute(update(Complaint).values(place_how="manual", street_id=town["西街"]))
    assert complaint_places.replace(session, select(Complaint.id), cipher) == 0
    assert session.scalars(select(Complaint.street_id)).one() == town["西街"]


def test_replacing_asks_everything_that_the_source_said(
    session: Session, town: dict[str, int], known: dict[str, int], cipher: Cipher, city: City
) -> None:
    said = {"street": "西街", "district": "南山区", "neighbourhood": "南布社区", "community": "日光里"}
    load_complaint(session, city, cipher, Datum.GCJ02, **said)
    columns = [getattr(Complaint, name) for name in complaint_places.PLACE_COLUMNS]
    before = session.execute(select(*columns)).one()
    assert before.community_id == known[f"阳光花园@{town['西街']}"] and before.neighbourhood_id
    session.execute(
        update(Complaint).values(
            place_level="none",
            place_how="not_found",
            community_id=None,
            neighbourhood_id=None,
            street_id=None,
        )
    )
    assert complaint_places.replace(session, select(Complaint.id), cipher) == 1
    assert session.execute(select(*columns)).one() == before


def test_raw_coordinates_are_brought_to_wgs84_by_their_own_datum() -> None:
    points = {datum: convert(114.0, 22.5, Datum.WGS84, datum) for datum in (Datum.BD09, Datum.GCJ02)}
    records = pd.DataFrame(
        {
            "raw_lon": [114.0, *(float(x) for x, _ in points.values()), float("nan")],
            "raw_lat": [22.5, *(float(y) for _, y in points.values()), float("nan")],
            "source_datum": ["wgs84", *(datum.value for datum in points), None],
        }
    )
    lon, lat = complaint_places.wgs84_of(records)
    assert lon[:3] == pytest.approx([114.0] * 3, abs=1e-8)
    assert lat[:3] == pytest.approx([22.5] * 3, abs=1e-8)
    assert pd.isna(lon[3]) and pd.isna(lat[3])


def test_a_point_is_kept_in_wgs84(session: Session, town: dict[str, int], cipher: Cipher, city: City) -> None:
    load_complaint(session, city, cipher, Datum.WGS84, geometry=shapely.Point(EAST_POINT))
    lonlat = session.execute(select(func.ST_X(Complaint.point), func.ST_Y(Complaint.point))).one()
    assert tuple(lonlat) == pytest.approx(EAST_POINT)
