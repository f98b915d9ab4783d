from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.models import Complaint, SetAside
from portal.store.complaints import doubtful
from portal.store.complaints.doubtful import Group, Wanted
from tests.portal.rows import add, street

BASE: dict[str, Any] = {
    "source": "t",
    "category": "lift",
    "property_related": True,
    "place_level": "none",
    "place_how": "not_found",
    "content_hash": b"",
    "source_datum": "wgs84",
}
ROWS: tuple[dict[str, Any], ...] = (
    {"doubt": "other_street", "raw_lon": 114.05, "raw_lat": 22.5, "reported_street": "西"},
    {"doubt": "shared", "raw_lon": 114.06, "raw_lat": 22.5},
    {"doubt": "shared", "raw_lon": 114.06, "raw_lat": 22.5},
    {"doubt": "far_off", "raw_lon": 120.0, "raw_lat": 30.0},
    {"doubt": "other_district", "reported_district": "东区"},
    {"doubt": "shared", "raw_lon": 114.06, "raw_lat": 22.5, "ruling": "named"},
    {"doubt": "shared", "raw_lon": 114.06, "raw_lat": 22.5, "place_how": "manual"},
    {"raw_lon": 114.06, "raw_lat": 22.5},
)


@pytest.fixture
def ids(session: Session) -> list[int]:
    add(session, street("东", 114.0, 114.1))
    at = datetime(2025, 3, 1, tzinfo=UTC)
    return [
        add(session, Complaint(**BASE | {"source_key": str(n), "received_at": at.replace(day=n + 1)} | row))
        for n, row in enumerate(ROWS)
    ]


def keys(found: Any) -> list[str]:
    return [line.row.source_key for line in found]


def test_what_waits_for_a_ruling(session: Session, ids: list[int]) -> None:
    lines = doubtful.find(session, Wanted(), 1, 50)
    assert keys(lines) == ["4", "3", "2", "1", "0"]
    assert [line.around and line.around.name for line in lines] == [None, None, "东", "东", "东"]
    assert {line.row.sharing for line in lines if line.row.doubt == "shared"} == {2}
    assert doubtful.by_doubt(session, Wanted()) == {
        "far_off": 1,
        "shared": 2,
        "other_street": 1,
        "other_district": 1,
    }
    assert doubtful.groups(session, Wanted(), 5) == [Group(114.06, 22.5, 2)]
    assert keys(doubtful.find(session, Wanted(), 2, 3)) == ["1", "0"]


def test_part_of_it(session: Session, ids: list[int]) -> None:
    shared = Wanted(at=(114.06, 22.5))
    assert doubtful.ids(session, shared) == ids[1:3]
    assert doubtful.count(session, replace(shared, doubt=doubtful.Doubt.FAR_OFF)) == 0
    assert doubtful.count(session, Wanted(street_id=1)) == 0


def test_what_is_set_aside_waits_no_more(session: Session, ids: list[int]) -> None:
    add(session, SetAside(complaint_id=ids[3], reason="查不到"))
    assert doubtful.count(session, Wanted()) == 4
    (line,) = doubtful.find(session, Wanted(aside=True), 1, 50)
    assert (line.row.source_key, line.row.reason) == ("3", "查不到")
