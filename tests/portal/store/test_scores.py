"""Quarters that have scores."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.models import Community, ServiceScore
from portal.scope import Period
from portal.store import scores


def test_quarters_newest_first(session: Session) -> None:
    assert scores.newest_period(session) is None
    assert scores.periods(session) == []
    community = Community(name="甲", street_how="not_found")
    session.add(community)
    session.flush()
    for period in ("2024-Q4", "2025-Q2", "2025-Q1"):
        session.add(
            ServiceScore(community_id=community.id, period=period, points=80, band="good", dimensions={})
        )
    session.flush()
    assert scores.newest_period(session) == Period(2025, 2)
    assert scores.periods(session) == [Period(2025, 2), Period(2025, 1), Period(2024, 4)]
