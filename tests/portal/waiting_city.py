"""A city in which something waits in every queue of the data pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, Complaint, Neighbourhood
from portal.privacy import Cipher
from tests.portal.rows import add, street

CIPHER = Cipher.from_secret("x" * 48)
SECRET_ADDRESS = "东一路8号晨光花园3栋1205室 13800138000"


@dataclass(frozen=True)
class WaitingCity:
    """Ids by name."""

    streets: dict[str, int]
    neighbourhoods: dict[str, int]
    communities: dict[str, int]
    complaints: dict[str, int]


def build(session: Session) -> WaitingCity:
    """Add the city: streets 东 and 西, some five metres apart, and in them

    ============  ======  =========================================================
    community     street  place
    ============  ======  =========================================================
    晨光苑        东      pin, inside the unnamed outline "small"
    无位园        东      none; alias 无位花园; two complaints
    西山居        西      none
    前海里        none    none
    并掉园        东      none, merged into 晨光苑
    small, large  东      unnamed outlines of one and four hectares
    other         西      an unnamed outline
    ============  ======  =========================================================

    Complaints that wait: ``named`` and its repeat ``again`` (street 东, call the place
    晨光花园), ``near`` (neighbourhood 东一), ``lost`` (nowhere), ``enquiry`` (street 西,
    not about property service). Those that do not: ``dot`` (a point), and two of 无位园.
    """
    streets = {
        name: add(session, street(name, west, east))
        for name, west, east in (("东", 114.0, 114.1), ("西", 114.10005, 114.2))
    }
    neighbourhoods = {"东一": add(session, Neighbourhood(street_id=streets["东"], name="东一"))}
    communities = _communities(session, streets)
    session.add(CommunityAlias(community_id=communities["无位园"], alias="无位花园"))
    complaints = _complaints(session, streets, neighbourhoods, communities)
    session.flush()
    return WaitingCity(streets, neighbourhoods, communities, complaints)


def _communities(session: Session, streets: dict[str, int]) -> dict[str, int]:
    east, west = streets["东"], streets["西"]
    rows: dict[str, dict[str, Any]] = {
        "晨光苑": {"name": "晨光苑", "street_id": east, "pin": _point(114.05, 22.5)},
        "无位园": {"name": "无位园", "street_id": east, "address": "东一路1号", "pinyin_initials": "wwy"},
        "西山居": {"name": "西山居", "street_id": west},
        "前海里": {"name": "前海里", "registered_district": "南山区", "registered_street": "前海"},
        "small": {"street_id": east, "outline": _box(114.0495, 22.4995, 0.001)},
        "large": {"street_id": east, "outline": _box(114.06, 22.5, 0.002)},
        "other": {"street_id": west, "outline": _box(114.15, 22.5, 0.001)},
    }
    found = {
        key: add(session, Community(street_how="street" if row.get("street_id") else "not_found", **row))
        for key, row in rows.items()
    }
    merged = {"name": "并掉园", "street_id": east, "status": "merged", "merged_into_id": found["晨光苑"]}
    found["并掉园"] = add(session, Community(street_how="street", **merged))
    return found


def _complaints(
    session: Session,
    streets: dict[str, int],
    neighbourhoods: dict[str, int],
    communities: dict[str, int],
) -> dict[str, int]:
    east, west = {"street_id": streets["东"]}, {"street_id": streets["西"]}
    street = {"place_level": "street", "place_how": "street"}
    home = {"place_level": "community", "place_how": "name", "community_id": communities["无位园"]}
    home |= {"reported_community": "无位园", "reported_street": "东街道"}
    called = {"reported_community": "晨光花园", "reported_street": "东街道"}
    rows: dict[str, dict[str, Any]] = {
        "named": {
            **east,
            **street,
            **called,
            "category": "repair",
            "address_encrypted": CIPHER.encrypt(SECRET_ADDRESS),
        },
        "again": {**east, **street, **called, "category": "repair"},
        "near": {
            **east,
            "place_level": "neighbourhood",
            "place_how": "neighbourhood",
            "neighbourhood_id": neighbourhoods["东一"],
            "reported_neighbourhood": "东一社区",
            "category": "lift",
        },
        "lost": {"place_level": "none", "place_how": "not_found", "category": "lift"},
        "enquiry": {**west, **street, "reported_street": "西街道"},
        "dot": {
            **east,
            "place_level": "point",
            "place_how": "coordinate",
            "point": _point(114.01, 22.41),
            "raw_lon": 114.01,
            "raw_lat": 22.41,
            "source_datum": "wgs84",
            "category": "lift",
        },
        "home1": {**east, **home, "category": "lift"},
        "home2": {**east, **home},
    }
    found: dict[str, int] = {}
    for day, (key, row) in enumerate(rows.items(), start=1):
        found[key] = add(session, _complaint(key, day, row, found))
    return found


def _complaint(key: str, day: int, row: dict[str, Any], earlier: dict[str, int]) -> Complaint:
    return Complaint(
        source="t",
        source_key=key,
        received_at=datetime(2025, 9, day, tzinfo=UTC),
        cause="slow_response" if row.get("category") else None,
        property_related=row.get("category") is not None,
        content_hash=b"",
        repeat_of_id=earlier["named"] if key == "again" else None,
        **row,
    )


def _point(lon: float, lat: float) -> Any:
    return func.ST_GeomFromText(f"POINT({lon} {lat})", 4326)


def _box(west: float, south: float, side: float) -> Any:
    east, north = west + side, south + side
    corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return func.ST_GeomFromText(f"MULTIPOLYGON((({corners})))", 4326)
