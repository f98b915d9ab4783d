"""What contradicts itself, one by one, in a town of two streets and a third in another district."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import STREETS
from geo.policy.city import City
from portal.actions.places import complaint_places
from portal.actions.places import street_import as streets
from portal.models import Street
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

WEST, EAST, NORTH = (114.005, 22.505), (114.03, 22.51), (114.01, 22.53)
JUST_WEST = (114.0199, 22.51)  # 10 m from 东街
FAR, BEYOND = (114.10, 22.51), (114.045, 22.51)  # 6 km and 500 m east of the town


@pytest.fixture
def three(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> dict[str, int]:
    """Return the town with 北街 of 福田区 north of it; ids of the streets."""
    row = {"source_key": "n", "name": "北街街道", "district": "福田区", "geometry": box(114.00, 22.52, 0.02)}
    streets.load(session, frame_of(STREETS, [row]), city=city, cipher=cipher)
    return dict(session.execute(select(Street.name, Street.id)).tuples().all())


def place(session: Session, city: City, *rows: dict[str, Any]) -> list[Any]:
    names = ("district", "street", "neighbourhood", "community", "address", "ruling")
    base = {"lon": None, "lat": None, **dict.fromkeys(names)}
    listed = [{**base, "n": n, **row} for n, row in enumerate(rows)]
    frame = pd.DataFrame(listed, dtype=object).astype({"lon": float, "lat": float})
    placed, _ = complaint_places.place(session, frame, city=city)
    return list(session.execute(select(placed).order_by(placed.c.n)))


def at(point: tuple[float, float], **names: str) -> dict[str, Any]:
    return {"lon": point[0], "lat": point[1], **names}


@pytest.mark.parametrize(
    ("row", "doubt", "level", "street"),
    [
        (at(WEST, street="西街"), None, "point", "西街"),
        (at(WEST, street="东街"), "other_street", "street", "东街"),
        (at(WEST, street="东街", ruling="coordinate"), "other_street", "point", "西街"),
        (at(WEST, street="东街", ruling="named"), "other_street", "street", "东街"),
        (at(JUST_WEST, street="东街"), None, "point", "西街"),
        (at(WEST, street="没有的街"), None, "point", "西街"),
        (at(FAR), "far_off", "none", None),
        (at(FAR, street="东街"), "far_off", "street", "东街"),
        (at(FAR, ruling="coordinate"), "far_off", "none", None),
        (at(BEYOND), None, "none", None),
        (at(WEST, district="福田区"), "other_district", "none", None),
        (at(WEST, district="南山"), None, "point", "西街"),
        (at(WEST, district="深圳市南山区"), None, "point", "西街"),
        (at(WEST, district="市辖区"), None, "point", "西街"),
        (at(WEST, district="罗湖区"), "other_district", "none", None),
        (at((114.01, 22.5199), district="福田区"), None, "point", "西街"),
        (at(NORTH, district="南山区", street="北街"), "other_district", "none", None),
        ({"district": "南山区", "street": "北街"}, "other_district", "none", None),
        ({"district": "南山区", "street": "北街", "ruling": "named"}, "other_district", "street", "北街"),
        ({"district": "福田区", "street": "北街"}, None, "street", "北街"),
        ({"district": "福田区"}, None, "none", None),
    ],
)
def test_what_contradicts_makes_no_point(
    session: Session,
    three: dict[str, int],
    city: City,
    row: dict[str, Any],
    doubt: str | None,
    level: str,
    street: str | None,
) -> None:
    (found,) = place(session, city, row)
    assert (found.doubt, found.place_level, found.street_id) == (doubt, level, three.get(street or ""))
    assert (found.point is not None) == (level == "point")
    away = row.get("lon") in (FAR[0], BEYOND[0])
    assert level != "none" or found.place_how == ("outside" if away else "not_found")


def test_the_limits_are_the_citys(session: Session, three: dict[str, int], city: City) -> None:
    def doubts(**limits: Any) -> list[str | None]:
        own = replace(city, coordinates=replace(city.coordinates, **limits))
        return [row.doubt for row in place(session, own, at(BEYOND), at(JUST_WEST, street="东街"))]

    assert doubts() == [None, None]
    assert doubts(far_off_m=400.0) == ["far_off", None]
    assert doubts(border_tolerance_m=5.0) == [None, "other_street"]


def test_the_citys_own_name_is_no_district(session: Session, three: dict[str, int], city: City) -> None:
    assert [row.doubt for row in place(session, city, at(WEST, district=city.name))] == [None]


def test_the_gravest_doubt_is_told(session: Session, three: dict[str, int], city: City) -> None:
    shared = replace(city, coordinates=replace(city.coordinates, shared_by=2))
    far = place(session, shared, at(FAR, community="甲", street="西街"), at(FAR, community="乙"))
    assert [row.doubt for row in far] == ["far_off", "far_off"]
    near = place(session, shared, at(WEST, community="甲", street="东街"), at(WEST, community="乙"))
    assert [row.doubt for row in near] == ["shared", "shared"]


def test_without_streets_nothing_is_far(session: Session, city: City) -> None:
    assert [row.doubt for row in place(session, city, at(FAR, district="南山区", street="东街"))] == [None]
