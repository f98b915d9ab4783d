"""Firms: whom one serves on a day, and what it is called."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, Contract, Firm
from portal.store import firms
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
