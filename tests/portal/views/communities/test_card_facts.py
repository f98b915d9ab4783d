"""What a card gathers: dimensions with reasons, fee beside guide price, twelve months."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from psycopg.types.range import DateRange
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.actions import policy
from portal.as_of import choose
from portal.config import ROOT
from portal.errors import NotFound
from portal.models import Community, Contract, ServiceScore
from portal.scope import Scope
from portal.terms import Role
from portal.views.communities import card_facts as community_card
from portal.views.communities.card_facts import Card
from tests.conftest import Statements
from tests.portal import map_city
from tests.portal.small_city import PERIOD, TODAY, ZONE, SmallCity

LEADER = Viewer(1, "leader", Role.LEADER)


@pytest.fixture
def town(session: Session) -> SmallCity:
    policy.seed(session, ROOT / "data" / "city.toml")
    return map_city.build(session)


def card(session: Session, city: City, number: int, viewer: Viewer = LEADER, **scope: Any) -> Card:
    as_of = choose(TODAY, {}, ZONE, period=PERIOD)
    return community_card.gather(session, number, Scope(PERIOD, **scope), viewer, city, as_of)


def test_dimensions_say_why_points_are_missing(session: Session, city: City, town: SmallCity) -> None:
    number = town.communities["安华苑"]
    score = session.query(ServiceScore).filter_by(community_id=number, period=str(PERIOD)).one()
    score.dimensions = {
        "inspection": {"points": 30.5, "maximum": 35.0, "flag": ""},
        "street": {"points": 12.0, "maximum": 20.0, "flag": "partial"},
        "residents": {"points": None, "maximum": 25.0, "flag": "insufficient_sample"},
    }
    score.missing = ["residents", "complaints"]
    session.flush()
    details = card(session, city, number).details
    assert details is not None
    assert [(d.points, d.most, d.reason) for d in details.dimensions] == [
        (30.5, 35.0, ""),
        (12.0, 20.0, "部分指标缺失"),
        (None, 25.0, "样本不足"),
        (None, 20.0, "本季度没有记录"),
    ]


def test_a_survey_of_unknown_households_says_so(session: Session, city: City, town: SmallCity) -> None:
    number = town.communities["安华苑"]
    score = session.query(ServiceScore).filter_by(community_id=number, period=str(PERIOD)).one()
    score.dimensions = {"residents": {"points": 20.0, "maximum": 25.0, "flag": "partial"}}
    session.flush()
    details = card(session, city, number).details
    assert details is not None
    (told,) = [(d.points, d.reason) for d in details.dimensions if d.label == "业主满意度"]
    assert told == (20.0, "户数未填写，不能核对样本占比")


def test_no_dimensions_without_a_score_of_the_quarter(session: Session, city: City, town: SmallCity) -> None:
    details = card(session, city, town.communities["春晖园"]).details
    assert details is not None
    assert (details.dimensions, details.scores) == ([], [])


@pytest.mark.parametrize(
    ("lifts", "grade", "fee", "guide", "over"),
    [
        (0, 3, 1.2, 1.0, 0.2),
        (0, 3, 0.9, 1.0, -0.1),
        (None, 3, 1.2, 1.0, None),
        (4, 3, 1.35, 1.35, 0.0),
        (4, 3, None, 1.35, None),
        (4, None, 1.35, None, None),
    ],
)
def test_the_fee_stands_beside_the_guide_price_of_its_grade(
    session: Session,
    city: City,
    town: SmallCity,
    lifts: int | None,
    grade: int | None,
    fee: float | None,
    guide: float | None,
    over: float | None,
) -> None:
    number = town.communities["安华苑"]
    session.get_one(Community, number).lifts = lifts
    contract = session.query(Contract).filter_by(community_id=number).one()
    contract.grade, contract.fee_yuan_m2_month = grade, fee
    session.flush()
    details = card(session, city, number).details
    assert details is not None
    assert details.fee is not None
    assert details.fee.guide == (guide if guide is None else pytest.approx(guide))
    assert details.fee.over == (over if over is None else pytest.approx(over))


def test_the_contract_is_that_of_the_end_of_a_chosen_quarter(
    session: Session, city: City, town: SmallCity
) -> None:
    number = town.communities["百花里"]
    session.query(Contract).filter_by(community_id=number).delete()
    session.add(
        Contract(
            source="t",
            source_key="new",
            firm_id=town.firms["长城物业"],
            community_id=number,
            period=DateRange(PERIOD.next.first_day, None),
        )
    )
    session.flush()
    details = card(session, city, number).details
    assert details is not None
    assert details.contract is None


def test_twelve_months_end_with_the_quarter_also_those_nothing_is_known_of(
    session: Session, city: City, town: SmallCity
) -> None:
    details = card(session, city, town.communities["安华苑"]).details
    assert details is not None
    assert [month.first_day for month in details.months][:: len(details.months) - 1] == [
        date(2024, 10, 1),
        date(2025, 9, 1),
    ]
    # A record of the street in January says that there was no complaint here, and none does in other months.
    assert [month.n for month in details.months] == [None] * 11 + [2]
    day = date(2025, 1, 5)
    map_city.add_complaint(session, day, street_id=town.streets["东"], number=40, category="noise")
    again = card(session, city, town.communities["安华苑"]).details
    assert again is not None
    assert [month.n for month in again.months] == [*[None] * 3, 0, *[None] * 7, 2]


def test_a_category_counts_only_its_own(session: Session, city: City, town: SmallCity) -> None:
    details = card(session, city, town.communities["安华苑"], category="lift").details
    assert details is not None
    assert (details.complaints.n, [row[0] for row in details.by_category]) == (1, ["lift"])


def test_complaints_of_the_street_that_no_community_has_are_told(
    session: Session, city: City, town: SmallCity
) -> None:
    def elsewhere(name: str, **scope: Any) -> int:
        details = card(session, city, town.communities[name], **scope).details
        assert details is not None
        return details.complaints.elsewhere

    assert elsewhere("安华苑") == elsewhere("未定位园") == 7  # one at a point, six known by street only
    assert elsewhere("德政楼") == 0
    assert elsewhere("安华苑", category="lift") == 0


def test_a_street_official_gets_the_head_only_elsewhere(
    session: Session, city: City, town: SmallCity
) -> None:
    west = Viewer(2, "street", Role.STREET, town.streets["西"])
    assert card(session, city, town.communities["安华苑"], west).details is None
    assert card(session, city, town.communities["安华苑"], west).head.band == "fail"
    assert card(session, city, town.communities["德政楼"], west).details is not None
    loose = session.query(Community).filter(Community.street_id.is_(None)).first()
    assert loose is not None
    assert card(session, city, loose.id, west).details is None


def test_there_is_no_card_of_nothing(session: Session, city: City, town: SmallCity) -> None:
    with pytest.raises(NotFound):
        card(session, city, 0)


def test_statements_do_not_grow_with_the_record(
    session: Session, city: City, town: SmallCity, statements: Statements
) -> None:
    before = len(statements)
    card(session, city, town.communities["安华苑"])
    assert len(statements) - before == 13


def test_without_grade_there_is_nothing_to_compare_with() -> None:
    bare = SimpleNamespace(guide=None, guide_lift=None, guide_fire=None, fee=1.0, fee_high=None)
    assert community_card._fee(bare, 3) == community_card.Fee(None, None, 0.0, None)
