"""A city of two streets: 甲 with details of its own, 乙 with secrets that only 乙 and the city may see.

`build` adds what everybody may know: streets, names, outlines, bands, the register of firms.
`add_secrets` adds what is known of street 乙 beyond that; every text and figure of it that a
page could show is listed in `MARKERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from psycopg.types.range import DateRange
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import audit, touch
from portal.models import (
    Community,
    CommunityGate,
    CommunityHistory,
    Complaint,
    Contract,
    Finding,
    Firm,
    FourPartyMeeting,
    ImportReject,
    ImportRun,
    Inspection,
    Neighbourhood,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
    Penalty,
    Rectification,
    ServiceScore,
    Street,
    StreetEvaluation,
    Survey,
    WorkOrder,
)
from portal.privacy import Cipher
from portal.terms import Subject
from tests.portal.rows import add

ZONE = ZoneInfo("Asia/Shanghai")
CIPHER = Cipher.from_secret("x" * 48)
PERIOD = "2025-Q3"
LAST_DAY = date(2025, 9, 28)
OWN_CENTRE, OTHER_CENTRE = (114.025, 22.45), (114.075, 22.45)

# What a page shows of 乙 to those who may see it, and to nobody else.
MARKERS = (
    "73.7",  # points
    "17.3",  # points of a dimension
    "7.31",  # contract fee
    "7.93",  # posted fee
    "乙路99号",  # address
    "4,321",  # households
    "98,765",  # floor area
    "43,210",  # reference price
    "乙秘门",
    "乙册街",
    "2025-08-19",  # inspection
    "乙-77条",  # clause
    "乙不明小区",  # as a complaint words it
    "乙-12345-1",  # number of a complaint
    "第 9 届",  # term of the owners' committee
    "乙王主任",
    "乙党支部",
    "乙罚证据",
    "13800138000",
    "乙导入.xlsx",
    "乙行被拒",
)


@dataclass(frozen=True)
class TwoStreets:
    """Ids: of the streets, of their communities by name, of the firm that serves both."""

    own: int
    other: int
    communities: dict[str, int]
    firm: int


def build(session: Session) -> TwoStreets:
    """Add what everybody may know, and the details of street 甲."""
    own, other = (
        add(session, _street(name, west)) for name, west in (("甲", OWN_CENTRE[0]), ("乙", OTHER_CENTRE[0]))
    )
    for street in (own, other):
        session.add(Neighbourhood(street_id=street, name="一"))
    firm = add(session, Firm(source="t", source_key="f", name="共同物业", pinyin_initials="gtwy"))
    rows = (
        ("甲安苑", own, OWN_CENTRE),
        ("甲乐园", own, (114.035, 22.455)),
        ("甲无位", own, None),
        ("乙安苑", other, OTHER_CENTRE),
        ("乙乐园", other, (114.085, 22.455)),
        ("乙无位", other, None),
    )
    communities = {name: add(session, _community(name, street, at)) for name, street, at in rows}
    session.add(_unnamed_outline(other, 114.065))
    for name, points, band in (("甲安苑", 88.8, "good"), ("甲乐园", 61.1, "pass"), ("乙安苑", 62.0, "pass")):
        session.add(_score(communities[name], points, band))
    for number in range(6):
        session.add(_complaint(own, communities["甲安苑"], f"甲{number}", "lift"))
    # How far the city's data reach is known to all.
    newest = datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 10, tzinfo=ZONE)
    visit = {"community_id": communities["甲安苑"], "inspected_at": newest}
    session.add(Inspection(source="t", source_key="甲", **visit))
    session.add(_contract(firm, communities["甲安苑"], "甲", 1.11, 1.11))
    touch(session, list(Subject))  # when something was written is no secret
    session.flush()
    return TwoStreets(own, other, communities, firm)


def add_secrets(session: Session, city: TwoStreets) -> UUID:
    """Add what only 乙 and the city may know, and return the id of an import that speaks of it."""
    there, nowhere = city.communities["乙安苑"], city.communities["乙无位"]
    session.execute(
        update(ServiceScore)
        .where(ServiceScore.community_id == there)
        .values(points=73.7, dimensions={"inspection": {"points": 17.3, "maximum": 35}}, missing=["street"])
    )
    facts = {
        "address": "乙路99号",
        "households": 4321,
        "floor_area_m2": 98765.0,
        "lifts": 17,
        "built_year": 1987,
        "reference_price_yuan_m2": 43210.0,
        "registered_street": "乙册街",
        "kind": "old",
    }
    session.execute(update(Community).where(Community.id.in_((there, nowhere))).values(**facts))
    session.add(CommunityGate(community_id=there, name="乙秘门", point=_point(*OTHER_CENTRE), main=True))
    session.add(CommunityHistory(community_id=there, kind="pinned", detail={"by": "乙秘"}))
    session.add(_contract(city.firm, there, "乙", 7.31, 7.93))
    _complain(session, city)
    _inspect(session, there)
    _govern(session, there)
    run_id = _import(session)
    touch(session, list(Subject))
    audit(session, None, "import", Subject.COMPLAINTS, run_id, {"source": "乙导入"})
    session.flush()
    return run_id


def _complain(session: Session, city: TwoStreets) -> None:
    """Four that count, fewer than are told of a street, and one that does not."""
    there = city.communities["乙安苑"]
    secret = {"address_encrypted": CIPHER.encrypt("乙路99号3栋502 13800138000")}
    for number in (1, 2):
        session.add(_complaint(city.other, there, f"乙-12345-{number + 10}", "parking", **secret))
    for number, category in ((1, "parking"), (2, "lift"), (3, None)):
        waiting = _complaint(city.other, None, f"乙-12345-{number}", category, **secret)
        waiting.reported_community = "乙不明小区"
        session.add(waiting)
    session.flush()
    first = session.query(Complaint).filter_by(source_key="乙-12345-11").one()
    session.add(WorkOrder(complaint_id=first.id, unit="乙办", called_back=True, satisfied=False))


def _inspect(session: Session, community_id: int) -> None:
    at = datetime(2025, 8, 19, 10, tzinfo=ZONE)
    inspection = Inspection(source="t", source_key="乙", community_id=community_id, inspected_at=at)
    inspection_id = add(session, inspection)
    finding = Finding(
        inspection_id=inspection_id,
        source_key="乙",
        number=1,
        indicator="cleaning",
        clause="乙-77条",
        severity="serious",
        deduction=2.0,
    )
    finding_id = add(session, finding)
    session.add(Rectification(finding_id=finding_id, state="open", due_at=datetime(2025, 8, 26, tzinfo=ZONE)))
    penalty = {"kind": "veto", "points": 1.0, "clause": "乙-77条", "evidence": "乙罚证据"}
    session.add(
        Penalty(source="t", source_key="乙", community_id=community_id, occurred_on=at.date(), **penalty)
    )


def _govern(session: Session, community_id: int) -> None:
    always = DateRange(date(2020, 1, 1), None)
    committee = OwnersCommittee(source="t", source_key="乙", community_id=community_id, term=9, period=always)
    member = OwnersCommitteeMember(
        owners_committee_id=add(session, committee),
        seat=1,
        office="chair",
        name_encrypted=CIPHER.encrypt("乙王主任"),
        name_digest=b"",
        concurrent_post=True,
    )
    held = {"held_on": date(2025, 8, 1), "minuted": True, "issues_raised": 3, "issues_closed": 2}
    points = {"cooperation": 5.0, "meetings": 4.0, "rectification": 3.0, "disclosure": 2.0}
    session.add_all(
        [
            member,
            PartyOrganisation(community_id=community_id, name="乙党支部"),
            FourPartyMeeting(community_id=community_id, **held),
            Survey(community_id=community_id, period=PERIOD, responses=99, mean_share=0.5),
            StreetEvaluation(community_id=community_id, period=PERIOD, **points),
        ]
    )


def _import(session: Session) -> UUID:
    run = ImportRun(
        id=uuid4(),
        subject=Subject.COMPLAINTS,
        source="乙导入",
        file_name="乙导入.xlsx",
        file_sha256="",
        state="done",
        counts={"new": 5},
    )
    session.add(run)
    session.flush()
    session.add(
        ImportReject(
            import_run_id=run.id, row=2, field="street", severity="rejected", reason="乙行被拒", remedy=""
        )
    )
    return run.id


def _street(name: str, lon: float) -> Street:
    return Street(
        source_key=name,
        name=name,
        district="区",
        outline=_box(lon, 22.45, 0.025),
        area_m2=2.5e7,
        source_datum="wgs84",
    )


def _community(name: str, street_id: int, at: tuple[float, float] | None) -> Community:
    place: dict[str, Any] = {"outline": _box(*at, 0.001)} if at else {}
    return Community(name=name, pinyin="", street_id=street_id, street_how="overlap", **place)


def _unnamed_outline(street_id: int, lon: float) -> Community:
    return Community(street_id=street_id, street_how="overlap", outline=_box(lon, 22.46, 0.001))


def _score(community_id: int, points: float, band: str) -> ServiceScore:
    return ServiceScore(community_id=community_id, period=PERIOD, points=points, band=band, dimensions={})


def _complaint(
    street_id: int, community_id: int | None, key: str, category: str | None, **more: Any
) -> Complaint:
    return Complaint(
        source="t",
        source_key=key,
        received_at=datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 9, tzinfo=ZONE),
        category=category,
        cause="slow_response" if category else None,
        property_related=category is not None,
        place_level="street" if community_id is None else "community",
        place_how="street" if community_id is None else "name",
        community_id=community_id,
        street_id=street_id,
        content_hash=b"",
        **more,
    )


def _contract(firm_id: int, community_id: int, key: str, fee: float, posted: float) -> Contract:
    return Contract(
        source="t",
        source_key=key,
        firm_id=firm_id,
        community_id=community_id,
        period=DateRange(date(2020, 1, 1), None),
        fee_yuan_m2_month=fee,
        posted_fee_yuan_m2_month=posted,
        grade=3,
    )


def _point(lon: float, lat: float) -> Any:
    return func.ST_GeomFromText(f"POINT({lon} {lat})", 4326)


def _box(lon: float, lat: float, half: float) -> Any:
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    corners = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    return func.ST_GeomFromText(f"MULTIPOLYGON((({corners})))", 4326)
