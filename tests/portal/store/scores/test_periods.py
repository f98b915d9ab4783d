"""Quarters that have scores or complaints."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from portal.models import Community, Complaint, ServiceScore
from portal.scope import Period
from portal.store.scores import periods

ZONE = ZoneInfo("Asia/Shanghai")
LATEST = Period(2025, 3)


def complain(session: Session, *times: str) -> None:
    for text in times:
        session.add(
            Complaint(
                source="t",
                source_key=text,
                received_at=datetime.fromisoformat(text).replace(tzinfo=ZONE),
                property_related=False,
                place_level="none",
                place_how="not_found",
                content_hash=b"",
            )
        )
    session.flush()


@pytest.fixture
def scored(session: Session) -> None:
    community = Community(name="甲", street_how="not_found")
    session.add(community)
    session.flush()
    for period in ("2024-Q4", "2025-Q2", "2025-Q1"):
        session.add(
            ServiceScore(community_id=community.id, period=period, points=80, band="good", dimensions={})
        )
    session.flush()


def test_an_empty_city_begins_with_the_last_quarter(session: Session) -> None:
    assert periods.known(session, LATEST, ZONE) == []
    assert periods.newest(session, LATEST, ZONE) == LATEST


@pytest.mark.usefixtures("scored")
def test_scores_decide_where_to_begin(session: Session) -> None:
    complain(session, "2025-09-01")
    assert periods.newest(session, LATEST, ZONE) == Period(2025, 2)


@pytest.mark.usefixtures("scored")
def test_a_score_of_a_quarter_that_is_not_over_decides_nothing(session: Session) -> None:
    assert periods.newest(session, Period(2025, 1), ZONE) == Period(2025, 1)
    assert periods.known(session, Period(2025, 1), ZONE) == [Period(2025, 1), Period(2024, 4)]


@pytest.mark.usefixtures("scored")
def test_quarters_of_scores_and_of_complaints_are_known(session: Session) -> None:
    complain(session, "2025-06-01", "2018-10-01 00:00", "2018-09-30 23:59", "2018-12-01", "2018-11-30")
    assert periods.known(session, LATEST, ZONE) == [
        Period(2025, 2), Period(2025, 1), Period(2024, 4), Period(2018, 4), Period(2018, 3),
    ]  # fmt: skip


def test_without_scores_the_newest_complaints_decide(session: Session) -> None:
    complain(session, "2018-03-01", "2018-12-01")
    assert periods.newest(session, LATEST, ZONE) == Period(2018, 4)


def test_what_is_not_over_or_mistaken_is_not_offered(session: Session) -> None:
    complain(session, "2025-09-30 23:59", "2025-10-01 00:00", "2062-01-01")
    assert periods.known(session, LATEST, ZONE) == [LATEST]
    assert periods.newest(session, LATEST, ZONE) == LATEST


def test_the_list_ends(session: Session) -> None:
    complain(session, *(f"{year}-01-01" for year in range(1950, 2025)))
    assert len(periods.known(session, LATEST, ZONE)) == periods.MOST
