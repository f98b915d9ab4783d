"""One community's record, and how much of it leaves the database for whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from psycopg.types.range import DateRange
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.as_of import choose
from portal.config import ROOT
from portal.errors import NotFound
from portal.models import (
    Community,
    CommunityGate,
    CommunityHistory,
    Contract,
    FourPartyMeeting,
    GuidePrice,
    Inspection,
    Neighbourhood,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
)
from portal.scope import Scope
from portal.store.communities import card as communities
from portal.store.communities.card import Seen
from portal.store.complaints import figures as complaints
from tests.portal import map_city
from tests.portal.small_city import PERIOD, TODAY, ZONE, SmallCity


@pytest.fixture
def town(session: Session) -> SmallCity:
    policy.seed(session, ROOT / "data" / "city.toml")
    city = map_city.build(session)
    number = city.communities["安华苑"]
    contract = session.query(Contract).filter_by(community_id=number).one()
    contract.grade, contract.fee_yuan_m2_month, contract.posted_fee_yuan_m2_month = 3, 1.2, 1.3
    session.add_all(
        [
            CommunityGate(community_id=number, name="东门", point="SRID=4326;POINT(114.0501 22.5)"),
            CommunityHistory(community_id=number, kind="renamed", detail={"before": "旧名"}),
            OwnersCommittee(
                source="t",
                source_key="oc",
                community_id=number,
                term=2,
                period=DateRange(date(2024, 1, 1), date(2029, 1, 1)),
            ),
            PartyOrganisation(community_id=number, name="党支部"),
            FourPartyMeeting(
                community_id=number,
                held_on=date(2025, 8, 1),
                minuted=True,
                issues_raised=3,
                issues_closed=2,
            ),
            FourPartyMeeting(
                community_id=number,
                held_on=date(2025, 1, 5),
                minuted=True,
                issues_raised=1,
                issues_closed=1,
            ),
        ]
    )
    session.flush()
    return city


def test_the_head_is_for_everybody(session: Session, town: SmallCity) -> None:
    head = communities.head(session, town.communities["春晖园"], PERIOD)
    assert (head.name, head.street, head.district, head.band) == ("春晖园", "西", "中区", None)
    assert head.aliases == ("老春晖",)
    assert (head.lon, head.lat, head.outlined) == (114.11, 22.5, False)
    assert communities.head(session, town.communities["安华苑"], PERIOD).band == "fail"


def test_there_is_no_head_of_nothing(session: Session, town: SmallCity) -> None:
    with pytest.raises(NotFound):
        communities.head(session, 0, PERIOD)


AS_OF = choose(TODAY, {}, ZONE)
Detail = Callable[[Session, Seen], Any]
DETAILS: dict[str, Detail] = {
    "facts": communities.facts,
    "scores": lambda session, seen: communities.scores(session, seen, PERIOD),
    "contract": lambda session, seen: communities.contract(session, seen, TODAY),
    "inspections": lambda session, seen: communities.inspections(session, seen, AS_OF),
    "findings": lambda session, seen: communities.open_findings(session, seen, AS_OF),
    "history": communities.history,
    "complaints": lambda session, seen: complaints.by_category(session, Scope(PERIOD), ZONE, seen),
    "months": lambda session, seen: complaints.by_month(
        session, date(2025, 1, 1), date(2026, 1, 1), ZoneInfo("Asia/Shanghai"), seen
    ),
}


@pytest.mark.parametrize("name", DETAILS)
def test_details_leave_the_database_for_those_who_may_see_them(
    session: Session, town: SmallCity, name: str
) -> None:
    number, read = town.communities["安华苑"], DETAILS[name]
    assert read(session, Seen(number, None))
    assert read(session, Seen(number, town.streets["东"])) == read(session, Seen(number, None))
    assert not read(session, Seen(number, town.streets["西"]))


def test_governance_of_another_street_looks_like_nothing(session: Session, town: SmallCity) -> None:
    number = town.communities["安华苑"]
    mine = communities.governance(session, Seen(number, None), TODAY, PERIOD)
    assert (mine.term, mine.ends_on, mine.party, mine.party_acts) == (2, date(2028, 12, 31), True, False)
    assert (mine.meetings, mine.minuted, mine.issues_raised, mine.issues_closed) == (1, 1, 3, 2)
    theirs = communities.governance(session, Seen(number, town.streets["西"]), TODAY, PERIOD)
    assert (theirs.term, theirs.party, theirs.meetings) == (None, False, 0)
    assert (theirs.issues_raised, theirs.issues_closed) == (0, 0)


def test_history_goes_back_in_time(session: Session, town: SmallCity) -> None:
    number = town.communities["百花里"]
    for kind, year in (("renamed", 2024), ("merged", 2025), ("split", 2023)):
        at = datetime(year, 1, 1, tzinfo=ZONE)
        session.add(CommunityHistory(community_id=number, kind=kind, at=at, detail={}))
        session.flush()
    assert [row.kind for row in communities.history(session, Seen(number, None))] == [
        "merged",
        "renamed",
        "split",
    ]


def test_the_committee_in_office_comes_with_its_own_members(session: Session, town: SmallCity) -> None:
    number = town.communities["安华苑"]
    then = OwnersCommittee(
        source="t",
        source_key="then",
        community_id=number,
        term=1,
        period=DateRange(date(2019, 1, 1), date(2024, 1, 1)),
    )
    session.add(then)
    session.flush()
    now = session.query(OwnersCommittee).filter_by(community_id=number, term=2).one()

    def add(committee: OwnersCommittee, *posts: bool) -> None:
        session.add_all(
            OwnersCommitteeMember(
                owners_committee_id=committee.id,
                seat=seat,
                office="member",
                name_encrypted=b"",
                name_digest=b"",
                concurrent_post=post,
            )
            for seat, post in enumerate(posts, start=1)
        )
        session.flush()

    def told(day: date) -> tuple[int | None, int, bool]:
        found = communities.governance(session, Seen(number, None), day, PERIOD)
        return found.term, found.members, found.concurrent

    add(now, False, False)
    add(then, False, True, False)
    assert told(TODAY) == (2, 2, False)
    assert told(date(2023, 12, 31)) == (1, 3, True)
    assert told(date(2018, 12, 31)) == (None, 0, False)


def test_meetings_of_the_quarter_s_first_and_last_day_count(session: Session, town: SmallCity) -> None:
    number = town.communities["百花里"]
    for month, day in ((6, 30), (7, 1), (9, 30), (10, 1)):
        session.add(
            FourPartyMeeting(
                community_id=number,
                held_on=date(2025, month, day),
                minuted=month == 7,
                issues_raised=1,
                issues_closed=0,
            )
        )
    session.flush()
    found = communities.governance(session, Seen(number, None), TODAY, PERIOD)
    assert (found.meetings, found.minuted, found.issues_raised, found.issues_closed) == (2, 1, 2, 0)


def test_the_head_names_the_neighbourhood_it_lies_in(session: Session, town: SmallCity) -> None:
    number, street = town.communities["安华苑"], town.streets["东"]
    assert communities.head(session, number, PERIOD).neighbourhood is None
    inside, beside = (Neighbourhood(street_id=street, name=name) for name in ("东一", "东二"))
    session.add_all([inside, beside])
    session.flush()
    session.get_one(Community, number).neighbourhood_id = inside.id
    session.flush()
    assert communities.head(session, number, PERIOD).neighbourhood == "东一"


def test_scores_go_back_from_the_quarter_asked_for(session: Session, town: SmallCity) -> None:
    seen = Seen(town.communities["安华苑"], None)
    assert [score.period for score in communities.scores(session, seen, PERIOD)] == ["2025-Q3", "2025-Q2"]
    assert [score.period for score in communities.scores(session, seen, PERIOD.previous)] == ["2025-Q2"]


def test_the_contract_comes_with_the_guide_price_of_its_grade(session: Session, town: SmallCity) -> None:
    contract = communities.contract(session, Seen(town.communities["安华苑"], None), TODAY)
    assert contract is not None
    assert (contract.firm, contract.grade, contract.fee, contract.guide) == ("长城物业", 3, 1.2, 1.0)
    assert communities.contract(session, Seen(town.communities["德政楼"], None), TODAY) is None
    # A price of an earlier time stays in its time.
    for price in session.query(GuidePrice).filter_by(grade=3):
        price.period = DateRange(TODAY, None)
    earlier = DateRange(date(2020, 1, 1), TODAY)
    prices = {"yuan_m2_month": 0.8, "lift_yuan_m2_month": 0.0, "fire_yuan_m2_month": 0.0}
    session.add(GuidePrice(grade=3, period=earlier, **prices))
    session.flush()
    for day, guide in ((TODAY, 1.0), (TODAY - timedelta(days=1), 0.8)):
        found = communities.contract(session, Seen(town.communities["安华苑"], None), day)
        assert found is not None and found.guide == guide


def test_a_contract_names_its_last_day_or_none(session: Session, town: SmallCity) -> None:
    seen = Seen(town.communities["安华苑"], None)
    record = session.query(Contract).filter_by(community_id=seen.community_id).one()

    def last_day(period: DateRange) -> date | None:
        record.period = period
        session.flush()
        found = communities.contract(session, seen, TODAY)
        assert found is not None
        day: date | None = found.ends_on
        return day

    assert last_day(DateRange(date(2025, 1, 1), date(2025, 12, 31), "[]")) == date(2025, 12, 31)
    assert last_day(DateRange(date(2025, 1, 1), TODAY, "[]")) == TODAY
    assert last_day(DateRange(date(2025, 1, 1), None)) is None


def test_only_what_is_not_settled_is_an_open_finding(session: Session, town: SmallCity) -> None:
    seen = Seen(town.communities["安华苑"], None)
    found = communities.open_findings(session, seen, AS_OF)
    assert [(row.state, row.late) for row in found] == [("open", True), ("open", True)]
    assert [row.findings for row in communities.inspections(session, seen, AS_OF)] == [2, 2]


def test_inspections_of_either_side_of_the_day_are_the_newest_of_each(
    session: Session, town: SmallCity
) -> None:
    seen = Seen(town.communities["德政楼"], None)
    for day in range(1, 15):
        at = datetime(2025, 8, day, tzinfo=ZONE)
        session.add(
            Inspection(source="t", source_key=f"aug {day}", community_id=seen.community_id, inspected_at=at)
        )
    session.flush()
    found = communities.inspections(session, seen, choose(date(2025, 8, 7), {}, ZONE))
    assert [(row.inspected_at.astimezone(ZONE).day, row.later) for row in found] == [
        *((day, True) for day in (14, 13, 12, 11, 10)),
        *((day, False) for day in (7, 6, 5, 4, 3)),
    ]


def test_registers_and_outlines_are_told_apart(session: Session, town: SmallCity) -> None:
    outlined = session.query(Community).filter(Community.outline.is_not(None)).one()
    facts = communities.facts(session, Seen(outlined.id, None))
    assert facts is not None
    assert facts.area_m2 == pytest.approx(5_700, rel=0.05)
    pinned = communities.facts(session, Seen(town.communities["安华苑"], None))
    assert pinned is not None
    assert pinned.area_m2 is None
    assert pinned.gates == ["东门"]
