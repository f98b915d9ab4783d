"""A city of two streets and a handful of communities, each with something to ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from psycopg.types.range import DateRange
from sqlalchemy import func
from sqlalchemy.orm import Session

from portal.models import (
    Community,
    CommunityAlias,
    Complaint,
    Contract,
    Finding,
    Firm,
    Inspection,
    Rectification,
    ServiceScore,
)
from portal.scope import Period
from tests.portal.rows import add, street

ZONE = ZoneInfo("Asia/Shanghai")
PERIOD = Period(2025, 3)
TODAY = date(2025, 10, 10)
LAST_COMPLAINT_DAY = date(2025, 10, 3)


@dataclass(frozen=True)
class SmallCity:
    """Ids by name."""

    streets: dict[str, int]
    communities: dict[str, int]
    firms: dict[str, int]


def build(session: Session) -> SmallCity:
    """Add the city. Its communities, west to east along 22.5° north, 0.01° (1,028 m) apart:

    ========  ======  =====  ==========================  ==========================
    name      street  score  complaints (newest 3 Oct)   otherwise
    ========  ======  =====  ==========================  ==========================
    安华苑    东      55     3 in 30 days, 2 about lifts  overdue rectification
    百花里    东      72     1 in 30 days                 inspected on 1 Oct
    春晖园    西      none   none                         old, alias 老春晖
    德政楼    西      90     1, on the 31st day back      a repeat and an enquiry do not count
    (no name) none    none   none                         outline only
    未定位园  东      65     none                         no location
    ========  ======  =====  ==========================  ==========================
    """
    streets = {
        name: add(session, street(name, west, east))
        for name, west, east in (("东", 114.02, 114.10), ("西", 114.10, 114.18))
    }
    firms = {
        name: add(session, Firm(source="t", source_key=name, name=name, pinyin_initials=initials))
        for name, initials in (("长城物业", "ccwy"), ("=SUM(A1)物业", ""))
    }
    rows: tuple[tuple[str | None, str, str | None, float | None, dict[str, Any]], ...] = (
        ("安华苑", "anhuayuan", "东", 114.05, {"kind": "commodity", "households": 1200}),
        ("百花里", "baihuali", "东", 114.06, {"kind": "reform", "households": 300}),
        ("春晖园", "chunhuiyuan", "西", 114.11, {"kind": "old"}),
        ("德政楼", "dezhenglou", "西", 114.12, {"kind": "old", "households": 80}),
        (None, "", None, 114.30, {}),
        ("未定位园", "weidingweiyuan", "东", None, {"kind": "commodity"}),
    )
    communities = {
        str(name): add(session, _community(name, pinyin, streets.get(street or ""), lon, more))
        for name, pinyin, street, lon, more in rows
    }
    city = SmallCity(streets, communities, firms)
    _score(session, communities)
    _complain(session, city)
    _inspect(session, communities)
    _contract(session, city)
    session.add(CommunityAlias(community_id=communities["春晖园"], alias="老春晖"))
    session.flush()
    return city


def _community(
    name: str | None, pinyin: str, street_id: int | None, lon: float | None, more: dict[str, Any]
) -> Community:
    initials = {"安华苑": "ahy", "百花里": "bhl"}.get(name or "", "")
    place: dict[str, Any] = {}
    if name is None:
        ring = f"{lon} 22.5, {lon + 0.001} 22.5, {lon + 0.001} 22.501, {lon} 22.5" if lon else ""
        place["outline"] = func.ST_GeomFromText(f"MULTIPOLYGON((({ring})))", 4326)
    elif lon is not None:
        place["pin"] = func.ST_GeomFromText(f"POINT({lon} 22.5)", 4326)
    return Community(
        name=name,
        pinyin=pinyin,
        pinyin_initials=initials,
        street_id=street_id,
        street_how="overlap" if street_id else "outside",
        **place,
        **more,
    )


def _score(session: Session, communities: dict[str, int]) -> None:
    for name, points, band in (
        ("安华苑", 55.04, "fail"),
        ("百花里", 72.0, "pass"),
        ("德政楼", 90.0, "excellent"),
        ("未定位园", 65.0, "pass"),
    ):
        community_id = communities[name]
        for period, found in ((PERIOD, points), (PERIOD.previous, 99.0)):
            session.add(
                ServiceScore(
                    community_id=community_id, period=str(period), points=found, band=band, dimensions={}
                )
            )


def _complain(session: Session, city: SmallCity) -> None:
    last = LAST_COMPLAINT_DAY
    streets = {"安华苑": "东", "百花里": "东", "德政楼": "西"}

    def of(name: str, day: date, category: str | None) -> Complaint:
        return _complaint(city.communities[name], city.streets[streets[name]], day, category)

    for name, day, category in (
        ("安华苑", last, "lift"),
        ("安华苑", last - timedelta(days=29), "lift"),
        ("安华苑", last - timedelta(days=7), "repair"),
        ("百花里", last - timedelta(days=1), "repair"),
        ("德政楼", last - timedelta(days=30), "repair"),
        ("德政楼", last, None),
        ("德政楼", date(2062, 1, 1), "repair"),  # a mistaken date must not move the window
    ):
        session.add(of(name, day, category))
    repeated = of("德政楼", last - timedelta(days=2), "repair")
    repeated.repeat_of_id = add(session, of("德政楼", date(2025, 1, 1), "repair"))
    session.add(repeated)
    enquiry = of("德政楼", last - timedelta(days=3), "repair")
    enquiry.request_kind = "咨询"
    session.add(enquiry)


def _complaint(community_id: int, street_id: int, day: date, category: str | None) -> Complaint:
    received_at = datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZONE)
    return Complaint(
        source="t",
        source_key=f"{community_id} {day} {category}",
        received_at=received_at,
        category=category,
        cause="slow_response" if category else None,
        property_related=category is not None,
        place_level="community",
        place_how="name",
        community_id=community_id,
        street_id=street_id,
        content_hash=b"",
    )


def _inspect(session: Session, communities: dict[str, int]) -> None:
    for name, at in (
        ("安华苑", datetime(2025, 6, 1, 2, tzinfo=UTC)),
        ("安华苑", datetime(2025, 5, 1, 2, tzinfo=UTC)),
        ("百花里", datetime(2025, 9, 30, 17, tzinfo=UTC)),  # 1 October in the city
    ):
        inspection_id = add(
            session,
            Inspection(
                source="t", source_key=f"{name} {at}", community_id=communities[name], inspected_at=at
            ),
        )
        for number, (state, due) in enumerate((("open", date(2025, 7, 1)), ("passed", date(2025, 7, 1)))):
            due_at = datetime(due.year, due.month, due.day, tzinfo=ZONE)
            if at.month == 9:  # not due yet
                due_at = datetime(2025, 10, 20, tzinfo=ZONE)
            finding_id = add(
                session,
                Finding(
                    inspection_id=inspection_id,
                    source_key=f"{inspection_id}-{number}",
                    number=number,
                    indicator="order",
                    clause="1",
                    severity="minor",
                    deduction=0.5,
                ),
            )
            session.add(Rectification(finding_id=finding_id, state=state, due_at=due_at))


def _contract(session: Session, city: SmallCity) -> None:
    for community, firm, start, end in (
        ("安华苑", "长城物业", date(2024, 1, 1), None),
        ("百花里", "长城物业", date(2020, 1, 1), date(2025, 1, 1)),
        ("百花里", "=SUM(A1)物业", date(2025, 1, 1), date(2026, 1, 1)),
    ):
        session.add(
            Contract(
                source="t",
                source_key=f"{community} {start}",
                firm_id=city.firms[firm],
                community_id=city.communities[community],
                period=DateRange(start, end),
            )
        )
