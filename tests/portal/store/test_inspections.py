"""What is known as of a day: visits, states, what is overdue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.as_of import AsOf, choose
from portal.models import Community, Finding, Inspection, Rectification
from portal.store import inspections
from tests.portal import small_city
from tests.portal.small_city import ZONE, SmallCity


@pytest.fixture
def town(session: Session) -> SmallCity:
    return small_city.build(session)


def on(text: str) -> AsOf:
    return choose(date.fromisoformat(text), {}, ZONE)


def visits(session: Session, day: str, name: str) -> tuple[Any, Any]:
    as_of = on(day)
    row = session.execute(
        select(inspections.visited_at(as_of), inspections.visited_later_at(as_of)).where(
            Community.name == name
        )
    ).one()
    visited, later = (moment and moment.astimezone(ZONE).date().isoformat() for moment in row)
    return visited, later


@pytest.mark.parametrize(
    ("day", "name", "visited", "later"),
    [
        ("2025-04-30", "安华苑", None, "2025-06-01"),
        ("2025-05-01", "安华苑", "2025-05-01", "2025-06-01"),
        ("2025-06-01", "安华苑", "2025-06-01", None),
        ("2025-09-30", "百花里", None, "2025-10-01"),  # 17:00 UTC, the next day in the city
        ("2025-10-01", "百花里", "2025-10-01", None),
        ("2025-10-01", "春晖园", None, None),
    ],
)
def test_later_visits_are_known_apart(
    session: Session, town: SmallCity, day: str, name: str, visited: str | None, later: str | None
) -> None:
    assert visits(session, day, name) == (visited, later)


@pytest.mark.parametrize(
    ("state", "reported", "closed", "known", "late"),
    [
        ("open", None, None, "open", True),
        ("failed", None, None, "failed", True),
        ("failed", "2025-06-20", None, "failed", True),
        ("failed", "2025-07-11", None, "open", True),
        ("escalated", None, None, "escalated", True),
        ("reported", "2025-07-10", None, "reported", False),
        ("reported", "2025-07-11", None, "open", True),
        ("reported", None, None, "reported", False),
        ("passed", "2025-06-20", "2025-07-10", "passed", False),
        ("passed", "2025-06-20", "2025-07-11", "reported", False),
        ("passed", "2025-07-11", "2025-07-12", "open", True),
        ("passed", None, "2025-07-11", "open", True),
        ("passed", None, None, "passed", False),
    ],
)
def test_what_was_reported_or_closed_later_was_not_yet(
    session: Session,
    town: SmallCity,
    state: str,
    reported: str | None,
    closed: str | None,
    known: str,
    late: bool,
) -> None:
    def moment(day: str | None) -> datetime | None:
        return datetime.fromisoformat(f"{day}T00:00+08:00") if day else None

    record = session.scalars(
        select(Rectification)
        .join(Finding, Finding.id == Rectification.finding_id)
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .where(Inspection.community_id == town.communities["安华苑"])
        .order_by(Rectification.finding_id)
        .limit(1)
    ).one()  # due on 1 July
    record.state, record.reported_at, record.closed_at = state, moment(reported), moment(closed)
    session.flush()
    as_of = on("2025-07-10")
    row = session.execute(
        select(inspections.state(as_of), inspections.is_open(as_of), inspections.is_late(as_of))
        .join(Finding, Finding.id == Rectification.finding_id)
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .where(Rectification.finding_id == record.finding_id)
    ).one()
    assert row == (known, known != "passed", late)


def test_what_a_later_visit_found_is_not_known(session: Session, town: SmallCity) -> None:
    found = select(inspections.is_open(on("2025-05-31"))).select_from(Inspection)
    rows = session.scalars(
        found.join(Finding, Finding.inspection_id == Inspection.id)
        .join(Rectification, Rectification.finding_id == Finding.id)
        .where(Inspection.community_id == town.communities["安华苑"])
    ).all()
    assert sorted(rows) == [False, False, False, True]
