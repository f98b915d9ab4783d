"""Scores from the evidence in PostGIS: by hand, unchanged when nothing changed, gone with their evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from geo.city import City
from portal.actions import scoring
from portal.models import (
    Audit,
    Community,
    Complaint,
    Finding,
    Inspection,
    Penalty,
    ServiceScore,
    StreetEvaluation,
    Survey,
    WorkOrder,
)
from portal.store import system
from portal.terms import Subject

# 2026-01-01 02:00 in the city is still 2025 in UTC: the quarter is the city's.
NEW_YEAR = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)


@pytest.fixture
def community(session: Session) -> Community:
    found = Community(name="甲", street_how="not_found", households=1000)
    session.add(found)
    session.flush()
    return found


def inspect(session: Session, community: Community, at: datetime, deduction: float) -> None:
    inspection = Inspection(source="t", source_key=str(at), community_id=community.id, inspected_at=at)
    session.add(inspection)
    session.flush()
    session.add(
        Finding(
            inspection_id=inspection.id,
            source_key=f"{at}-1",
            number=1,
            indicator="order",
            clause="3.1",
            severity="minor",
            deduction=deduction,
        )
    )
    session.flush()


def complain(session: Session, community: Community, key: str, **more: object) -> None:
    complaint = Complaint(
        source="t",
        source_key=key,
        received_at=NEW_YEAR,
        property_related=True,
        category="lift",
        place_level="community",
        place_how="name",
        community_id=community.id,
        content_hash=key.encode(),
        **more,
    )
    session.add(complaint)
    session.flush()
    session.add(
        WorkOrder(
            complaint_id=complaint.id,
            responded_in_time=True,
            called_back=True,
            resolved=True,
            satisfied=False,
        )
    )
    session.flush()


def scores(session: Session) -> list[ServiceScore]:
    return list(session.scalars(select(ServiceScore).order_by(ServiceScore.period)))


def test_full_evidence_gives_the_points_of_a_calculation_by_hand(
    session: Session, city: City, community: Community
) -> None:
    inspect(session, community, NEW_YEAR, 3.5)  # (35 - 3.5) / 35 × 35 = 31.5
    session.add_all(
        [
            StreetEvaluation(  # 17 of 20
                community_id=community.id,
                period="2026-Q1",
                cooperation=5,
                meetings=4,
                rectification=6,
                disclosure=2,
            ),
            Survey(community_id=community.id, period="2026-Q1", responses=50, mean_share=0.8),  # 20 of 25
        ]
    )
    # Alone in its quarter: all 8 points of the rate; handling 12 × (0.30 + 0.35 + 0) = 7.8.
    complain(session, community, "c1")
    assert scoring.score(session, city).new == 1
    (score,) = scores(session)
    assert score.period == "2026-Q1"
    assert score.points == pytest.approx(31.5 + 17 + 20 + 15.8)
    assert score.band == "good"
    assert score.missing == []
    assert score.dimensions["residents"] == {"points": 20.0, "maximum": 25.0, "flag": ""}


def test_missing_dimensions_are_named_and_not_counted_as_zero(
    session: Session, city: City, community: Community
) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    scoring.score(session, city)
    (score,) = scores(session)
    assert (score.points, score.band) == (100.0, "excellent")
    assert score.missing == ["street", "residents", "complaints"]
    assert score.dimensions["street"]["points"] is None


def test_no_evidence_gives_no_score(session: Session, city: City, community: Community) -> None:
    scoring.score(session, city)
    assert scores(session) == []


@pytest.mark.parametrize("more", [{"request_kind": "咨询"}, {"repeat": True}])
def test_enquiries_and_repeats_do_not_count(
    session: Session, city: City, community: Community, more: dict[str, object]
) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    complain(session, community, "first")
    scoring.score(session, city)
    (before,) = scores(session)
    points = before.points
    first = session.scalars(select(Complaint.id)).one()
    more = {"repeat_of_id": first} if more.pop("repeat", False) else more
    complain(session, community, "second", **more)
    assert scoring.score(session, city).changed == 0
    assert scores(session)[0].points == points


def test_veto_fails_whatever_the_points(session: Session, city: City, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    session.add(
        Penalty(
            source="t",
            source_key="v",
            community_id=community.id,
            kind="veto",
            points=0,
            clause="7.2",
            evidence="挪用维修资金",
            occurred_on=date(2026, 2, 1),
        )
    )
    session.flush()
    scoring.score(session, city)
    (score,) = scores(session)
    assert (score.band, score.veto) == ("fail", True)


def test_veto_fails_a_community_without_points(session: Session, city: City, community: Community) -> None:
    session.add(
        Penalty(
            source="t",
            source_key="v",
            community_id=community.id,
            kind="veto",
            points=0,
            clause="7.2",
            evidence="拒绝检查",
            occurred_on=date(2026, 2, 1),
        )
    )
    session.flush()
    assert scoring.score(session, city).new == 1
    (score,) = scores(session)
    assert (score.points, score.band, score.veto) == (None, "fail", True)
    assert scoring.score(session, city).written == 0


def test_second_run_changes_nothing_and_leaves_no_trace(
    session: Session, city: City, community: Community
) -> None:
    inspect(session, community, NEW_YEAR, 1.0)
    scoring.score(session, city)
    before = system.version_tag(session, [Subject.SCORES])
    again = scoring.score(session, city)
    assert (again.written, again.unchanged) == (0, 1)
    assert system.version_tag(session, [Subject.SCORES]) == before
    assert session.scalars(select(Audit.action)).all() == ["score"]


def test_score_goes_with_its_evidence(session: Session, city: City, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 1.0)
    scoring.score(session, city)
    session.execute(delete(Inspection))
    assert scoring.score(session, city).removed == 1
    assert scores(session) == []
