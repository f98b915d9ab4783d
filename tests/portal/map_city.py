"""The small city with what the map adds: roads, and complaints at a point and of a street only."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.transactions.commit import touch
from portal.models import Complaint, Road
from portal.terms import Subject
from tests.portal import small_city
from tests.portal.small_city import PERIOD, ZONE, SmallCity

STREET_LEVEL = 6
ROADS = (
    ("高速", "motorway", "114.03 22.51, 114.10 22.51"),
    ("高速", "motorway", "114.10 22.51, 114.17 22.51"),
    ("中路", "secondary", "114.03 22.505, 114.17 22.505"),
    ("小巷", "residential", "114.0502 22.495, 114.0502 22.505"),
    (None, "service", "114.0602 22.495, 114.0602 22.505"),
)


def build(session: Session) -> SmallCity:
    """Add the small city; then roads, one complaint at a point and six known to lie on 东 only.

    Counted in its quarter (2025-Q3): 东 has 2 of 安华苑, 1 at a point, 6 of the street;
    西 has 1 of 德政楼.
    """
    city = small_city.build(session)
    east = city.streets["东"]
    session.add(_complaint("point", street_id=east, point="SRID=4326;POINT(114.05 22.5)"))
    session.add_all(_complaint("street", street_id=east, number=at) for at in range(STREET_LEVEL))
    session.add_all(_road(at, *road) for at, road in enumerate(ROADS))
    session.flush()
    touch(session, list(Subject))
    return city


def add_complaint(session: Session, day: date, **values: Any) -> None:
    """Add one counted complaint of ``day``."""
    complaint = _complaint(values.pop("place_level", "street"), **values)
    complaint.received_at = datetime(day.year, day.month, day.day, 12, tzinfo=ZONE)
    session.add(complaint)
    session.flush()


def _complaint(level: str, *, number: int = 0, category: str = "noise", **values: Any) -> Complaint:
    day = PERIOD.last_day
    return Complaint(
        source="map",
        source_key=f"{level} {number} {category} {values.get('street_id')}",
        received_at=datetime(day.year, day.month, day.day, 23, 30, tzinfo=ZONE),
        category=category,
        cause="slow_response",
        property_related=True,
        place_level=level,
        place_how="coordinate" if level == "point" else "street",
        content_hash=b"",
        **values,
    )


def _road(at: int, name: str | None, highway: str, line: str) -> Road:
    return Road(
        source="map",
        source_key=str(at),
        way_id=at,
        from_node=10 + at,
        to_node=11 + at,
        name=name,
        highway=highway,
        oneway="both",
        speed_kmh=30.0,
        line=f"SRID=4326;LINESTRING({line})",
    )
