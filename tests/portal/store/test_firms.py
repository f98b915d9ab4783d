"""Firms: whom one serves on a day, and what it is called."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg.types.range import DateRange
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, Contract, Firm
from portal.store import firms
from portal.store.firms import Firms
from portal.terms import PlaceHow
from tests.portal import small_city
from tests.portal.small_city import TODAY


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2019, 12, 31), None),  # the day before the first contract
        (date(2020, 1, 1), "长城物业"),
        (date(2024, 12, 31), "长城物业"),
        (date(2025, 1, 1), "=SUM(A1)物业"),
        (date(2025, 12, 31), "=SUM(A1)物业"),
        (date(2026, 1, 1), None),
    ],
)
def test_a_contract_serves_from_its_first_to_its_last_day(
    session: Session, day: date, name: str | None
) -> None:
    number = small_city.build(session).communities["百花里"]
    of_community = Community.id == number
    assert session.scalar(select(firms.name_serving(day)).where(of_community)) == name
    joined = select(Firm.name).join(Contract).join(Community, firms.serving(day)).where(of_community)
    assert session.scalar(joined) == name
    served = session.scalar(select(firms.is_served_by(day)).where(of_community))
    assert served is (name is not None)


def test_only_the_firm_that_is_asked_for_counts(session: Session) -> None:
    town = small_city.build(session)
    wanted = Firm.id == town.firms["长城物业"]
    served = select(Community.name).where(firms.is_served_by(TODAY, wanted))
    assert session.scalars(served).all() == ["安华苑"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("长城", ["长城物业"]),
        ("CCW", ["长城物业"]),
        ("cc wy", ["长城物业"]),
        ("91440300ma5", []),  # a part of a code is no name
        ("91440300ma5dabcd1x", ["长城物业"]),
        ("%", []),
    ],
)
def test_a_firm_is_called_by_name_letters_and_code(session: Session, text: str, found: list[str]) -> None:
    town = small_city.build(session)
    session.get_one(Firm, town.firms["长城物业"]).credit_code = "91440300MA5DABCD1X"
    session.flush()
    assert session.scalars(select(Firm.name).where(firms.is_called(text))).all() == found


def test_a_firm_that_is_not_there_has_no_name(session: Session) -> None:
    number = small_city.build(session).firms["长城物业"]
    assert firms.name(session, number) == "长城物业"
    assert firms.name(session, 0) is None


def test_firms_are_found_by_code_before_name() -> None:
    known = Firms(
        [(1, "安居物业", "91440300A"), (2, "乐居物业", None), (3, "同名物业", None), (4, "同名物业", "X")]
    )
    assert known.find("91440300a ") == 1
    assert known.find("乐居物业") == 2
    assert known.find("同名物业") is None
    assert known.find("没有的物业") is None


def test_contract_terms_end_with_their_last_day(session: Session) -> None:
    community = Community(name="甲", street_how=PlaceHow.NOT_FOUND)
    firm = Firm(source="s", source_key="1", name="安居", credit_code="91440300A")
    session.add_all([community, firm])
    session.flush()
    for key, period in (
        ("1", DateRange(date(2023, 1, 1), date(2024, 1, 1))),
        ("2", DateRange(date(2024, 1, 1), None)),
    ):
        session.add(
            Contract(source="s", source_key=key, firm_id=firm.id, community_id=community.id, period=period)
        )
    session.flush()
    assert [tuple(row) for row in firms.contract_terms(session, [community.id])] == [
        (community.id, "s", "1", date(2023, 1, 1), date(2023, 12, 31)),
        (community.id, "s", "2", date(2024, 1, 1), None),
    ]


def test_the_firms_of_the_database_are_known_by_code_and_name(session: Session) -> None:
    firm = Firm(source="s", source_key="1", name="安居物业", credit_code="91440300A")
    session.add(firm)
    session.flush()
    known = Firms.known(session)
    assert known.find("91440300a") == known.find("安居物业") == firm.id
