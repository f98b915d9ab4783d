"""Scores from the evidence in PostGIS: by hand, unchanged when nothing changed, gone with their evidence."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from portal.actions import policy
from portal.actions.scores import scoring
from portal.actions.transactions.commit import touch
from portal.actions.transactions.import_run import lock_imports
from portal.config import ROOT
from portal.db import make_engine
from portal.errors import Conflict, Unavailable
from portal.models import (
    Audit,
    CityPolicy,
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
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.terms import Subject
from tests.conftest import MakeDatabase, make_street

# 2026-01-01 02:00 in the city is still 2025 in UTC: the quarter is the city's.
NEW_YEAR = datetime(2025, 12, 31, 18, 0, tzinfo=UTC)


ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def community(seeded: Session) -> Community:
    """One community, on a street of its own."""
    street = make_street(seeded)
    found = Community(name="甲", street_id=street.id, street_how="overlap", households=1000)
    seeded.add(found)
    seeded.flush()
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


def complain(
    session: Session, community: Community, key: str, *, satisfied: bool = False, **more: object
) -> None:
    complaint = Complaint(
        source="t",
        source_key=key,
        received_at=NEW_YEAR,
        property_related=True,
        category="lift",
        place_level="community",
        place_how="name",
        community_id=community.id,
        street_id=community.street_id,
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
            satisfied=satisfied,
        )
    )
    session.flush()


def scores(session: Session) -> list[ServiceScore]:
    return list(session.scalars(select(ServiceScore).order_by(ServiceScore.period)))


def test_full_evidence_gives_the_points_of_a_calculation_by_hand(
    session: Session, community: Community
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
    assert scoring.score(session, ZONE).new == 1
    (score,) = scores(session)
    assert score.period == "2026-Q1"
    assert score.points == pytest.approx(31.5 + 17 + 20 + 15.8)
    assert score.band == "good"
    assert score.missing == []
    assert score.dimensions["residents"] == {"points": 20.0, "maximum": 25.0, "flag": ""}


def test_missing_dimensions_are_named_and_not_counted_as_zero(session: Session, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    scoring.score(session, ZONE)
    (score,) = scores(session)
    assert (score.points, score.band) == (100.0, "excellent")
    assert score.missing == ["street", "residents", "complaints"]
    assert score.dimensions["street"]["points"] is None


def test_no_evidence_gives_no_score(session: Session, community: Community) -> None:
    scoring.score(session, ZONE)
    assert scores(session) == []
    assert Subject.SCORES in data_versions.current(session)  # computed they are


@pytest.mark.parametrize("more", [{"request_kind": "咨询"}, {"repeat": True}])
def test_enquiries_and_repeats_do_not_count(
    session: Session, community: Community, more: dict[str, object]
) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    complain(session, community, "first")
    scoring.score(session, ZONE)
    (before,) = scores(session)
    points = before.points
    first = session.scalars(select(Complaint.id)).one()
    more = {"repeat_of_id": first} if more.pop("repeat", False) else more
    complain(session, community, "second", satisfied=True, **more)  # counted, it would give points
    assert scoring.score(session, ZONE).changed == 0
    assert scores(session)[0].points == points


def veto(session: Session, community: Community, evidence: str) -> None:
    session.add(
        Penalty(
            source="t",
            source_key="v",
            community_id=community.id,
            kind="veto",
            points=0,
            clause="7.2",
            evidence=evidence,
            occurred_on=date(2026, 2, 1),
        )
    )
    session.flush()


def test_veto_fails_whatever_the_points(session: Session, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 0.0)
    veto(session, community, "挪用维修资金")
    scoring.score(session, ZONE)
    (score,) = scores(session)
    assert (score.band, score.veto) == ("fail", True)


def test_veto_fails_a_community_without_points(session: Session, community: Community) -> None:
    veto(session, community, "拒绝检查")
    assert scoring.score(session, ZONE).new == 1
    (score,) = scores(session)
    assert (score.points, score.band, score.veto) == (None, "fail", True)
    assert scoring.score(session, ZONE).written == 0


def test_second_run_changes_nothing_and_leaves_no_trace(session: Session, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 1.0)
    scoring.score(session, ZONE)
    before = data_versions.version_tag(session, [Subject.SCORES])
    again = scoring.score(session, ZONE)
    assert (again.written, again.unchanged) == (0, 1)
    assert data_versions.version_tag(session, [Subject.SCORES]) == before
    assert session.scalars(select(Audit.action)).all() == ["seed_policy", "score"]


def test_score_goes_with_its_evidence(session: Session, community: Community) -> None:
    inspect(session, community, NEW_YEAR, 1.0)
    scoring.score(session, ZONE)
    session.execute(delete(Inspection))
    assert scoring.score(session, ZONE).removed == 1
    assert scores(session) == []


def with_weights(session: Session, inspection: float, residents: float, since: date) -> int:
    """Put a version in force that weighs inspections and surveys otherwise; return its number."""
    shipped = policy.read(ROOT / "data" / "city.toml")
    weights = {**shipped["scores"]["weights"], "inspection": inspection, "residents": residents}
    version = len(session.scalars(select(CityPolicy)).all()) + 1
    document = {**shipped, "scores": {**shipped["scores"], "weights": weights}}
    session.add(CityPolicy(version=version, effective_from=since, document=document))
    session.flush()
    return version


def test_each_quarter_is_scored_with_the_policy_of_its_last_day(
    session: Session, community: Community
) -> None:
    """Half of an inspection's 7 cleaning points lost: 0.9 of it; surveys say 0.8 of 25, later 0.8 of 50."""
    for month in (3, 6, 9):  # three quarters of 2025
        inspect(session, community, datetime(2025, month, 10, tzinfo=UTC), 3.5)
        session.add(
            Survey(community_id=community.id, period=f"2025-Q{month // 3}", responses=50, mean_share=0.8)
        )
    second = with_weights(session, 10.0, 50.0, date(2025, 6, 30))
    third = with_weights(session, 60.0, 0.0, date(2025, 10, 1))
    assert scoring.score(session, ZONE).new == 3
    kept = {row.period: (row.policy_version, row.points) for row in scores(session)}
    before, after = round((0.9 * 35 + 0.8 * 25) / 60 * 100, 1), round((0.9 * 10 + 0.8 * 50) / 60 * 100, 1)
    assert kept == {"2025-Q1": (1, before), "2025-Q2": (second, after), "2025-Q3": (second, after)}
    assert before != after
    inspect(session, community, NEW_YEAR, 0.0)
    scoring.score(session, ZONE)
    assert scores(session)[-1].policy_version == third
    assert scores(session)[-1].dimensions["inspection"]["maximum"] == 60.0


def test_a_policy_from_today_leaves_past_quarters_as_they_were(
    session: Session, community: Community
) -> None:
    inspect(session, community, datetime(2025, 3, 10, tzinfo=UTC), 3.5)
    scoring.score(session, ZONE)
    with_weights(session, 60.0, 0.0, date(2026, 4, 1))
    assert scoring.score(session, ZONE).written == 0


def test_silence_gives_points_only_where_the_source_speaks_of_the_street(
    session: Session, community: Community
) -> None:
    """乙 lies on another street, of which no record speaks; 丙 on 甲's, 丁 on none. All are inspected."""
    elsewhere = make_street(session, "别处", west=118.1)
    others = [
        Community(name=name, street_id=street_id, street_how="overlap", households=500)
        for name, street_id in (("乙", elsewhere.id), ("丙", community.street_id), ("丁", None))
    ]
    session.add_all(others)
    session.flush()
    for found in (community, *others):
        inspect(session, found, NEW_YEAR + timedelta(minutes=found.id), 0.0)
    complain(session, community, "c1")
    scoring.score(session, ZONE)
    flags = {row.community_id: row.dimensions["complaints"]["flag"] for row in scores(session)}
    assert flags == {
        community.id: "",
        others[0].id: "missing",
        others[1].id: "partial",  # all points for none of its own, nothing on handling
        others[2].id: "missing",
    }


def test_scores_are_outdated_until_they_are_computed_again(session: Session, community: Community) -> None:
    today = policy_store.today(session).isoformat()
    inspect(session, community, NEW_YEAR, 1.0)
    assert data_versions.scores_outdated(session) == ""  # never computed
    scoring.score(session, ZONE)
    assert data_versions.scores_outdated(session) == ""
    touch(session, [Subject.ROADS])
    assert data_versions.scores_outdated(session) == ""
    touch(session, [Subject.COMPLAINTS])
    assert data_versions.scores_outdated(session) == today
    before = data_versions.version_tag(session, [Subject.SCORES])
    assert scoring.score(session, ZONE).written == 0
    assert data_versions.scores_outdated(session) == ""
    assert data_versions.version_tag(session, [Subject.SCORES]) != before  # pages that said so are drawn anew


@pytest.mark.parametrize("subject", data_versions.SCORED)
def test_whatever_scores_are_made_of_outdates_them(
    session: Session, community: Community, subject: Subject
) -> None:
    scoring.score(session, ZONE)
    touch(session, [subject])
    assert data_versions.scores_outdated(session) != ""


def test_what_is_written_while_scores_are_computed_outdates_them(
    session: Session, community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    inspect(session, community, NEW_YEAR, 1.0)
    compute = scoring.compute

    def meanwhile(session: Session, zone: ZoneInfo, step: scoring.Step) -> pd.DataFrame:
        computed = compute(session, zone, step)
        touch(session, [Subject.COMPLAINTS])
        return computed

    monkeypatch.setattr(scoring, "compute", meanwhile)
    scoring.score(session, ZONE)
    assert data_versions.scores_outdated(session) != ""


def test_scoring_waits_for_a_write_that_is_not_committed(make_database: MakeDatabase) -> None:
    """Its evidence would not be read, and yet be older than the scores."""
    engine = make_engine(make_database().portal_url, pooled=False)
    with sessionmaker(engine)() as mine, sessionmaker(engine)() as other:
        policy.seed(mine, ROOT / "data" / "city.toml")
        community = Community(name="甲", street_how="not_found", households=1000)
        mine.add(community)
        touch(mine, [Subject.COMMUNITIES])
        mine.commit()
        inspect(other, community, NEW_YEAR, 0.0)
        touch(other, [Subject.COMMUNITIES])
        mine.execute(select(func.set_config("lock_timeout", "200ms", True)))
        with pytest.raises(OperationalError, match="lock timeout"):
            scoring.score(mine, ZONE)
        other.commit()
        assert scoring.score(mine, ZONE).new == 1
        assert data_versions.scores_outdated(mine) == ""
        scoring._await_writes(mine)
        other.execute(select(func.set_config("lock_timeout", "200ms", True)))
        touch(other, [Subject.COMMUNITIES])  # nobody has to wait for a scoring
    engine.dispose()


def test_scoring_waits_for_an_import(make_database: MakeDatabase) -> None:
    engine = make_engine(make_database().portal_url, pooled=False)
    said: list[str] = []
    with sessionmaker(engine)() as mine, sessionmaker(engine)() as other:
        policy.seed(mine, ROOT / "data" / "city.toml")
        lock_imports(other)

        def wait() -> None:
            said.append("waits")
            other.rollback()

        scoring.score(mine, ZONE, wait=wait)
        assert said == ["waits"]
        lock_imports(mine)
        with pytest.raises(Conflict, match="评分"):
            lock_imports(other, patience_s=1)
    engine.dispose()


def test_without_a_policy_there_is_no_score(session: Session) -> None:
    with pytest.raises(Unavailable, match="政策"):
        scoring.score(session, ZONE)


def test_each_step_is_told_with_how_many_are_done(seeded: Session, community: Community) -> None:
    inspect(seeded, community, NEW_YEAR, 10)
    told: list[tuple[str, int, int]] = []
    scoring.score(seeded, ZONE, step=lambda *said: told.append(said))
    assert told == [("读取评分依据", 0, 1), ("按城市政策计算评分", 0, 1), ("写入评分", 1, 1)]
