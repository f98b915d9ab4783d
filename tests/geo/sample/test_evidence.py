"""Evidence of the score: keeps to the policy, and scores come out as a city's would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.policy.city import City
from geo.sample import SampleCity
from geo.sample.evidence import make_evaluations, make_findings, make_quarters
from geo.scores import Evidence, score_communities
from tests.geo.complaints.tally_reference import list_spoken_of, tally_complaints


@pytest.fixture(scope="module")
def scores(sample: SampleCity, city: City) -> pd.DataFrame:
    truth = sample.truth.complaint_places
    placed = sample.complaints.assign(community=truth["community"])
    counted = truth["level"].isin(["point", "community"]) & (sample.complaints["request_kind"] != "咨询")
    streets = sample.communities.set_index("source_key")["street"]
    located = placed.assign(street=placed["community"].map(streets).fillna(placed["street"]))
    evidence = Evidence(
        communities=sample.communities[["source_key", "households"]],
        inspections=sample.inspections,
        findings=sample.findings,
        street_evaluations=sample.street_evaluations,
        surveys=sample.surveys,
        penalties=sample.penalties,
        complaint_tallies=tally_complaints(placed[counted], city.timezone),
        spoken_of=list_spoken_of(located, sample.communities, city.timezone),
    )
    return score_communities(evidence, city)


def test_quarters_end_with_the_last_day() -> None:
    quarters = make_quarters(date(2026, 2, 14), 3)
    assert quarters.names == ["2025-Q3", "2025-Q4", "2026-Q1"]
    assert quarters.first_days[0] == pd.Timestamp("2025-07-01")
    assert quarters.last_days.tolist()[1:] == [pd.Timestamp("2025-12-31"), pd.Timestamp("2026-02-14")]


def test_evidence_keeps_to_the_policy(sample: SampleCity, city: City) -> None:
    assert set(sample.findings["indicator"]) == set(city.scores.inspection_indicators)
    assert set(sample.findings["deduction"]) == set(city.scores.finding_deductions)
    for name, most in city.scores.street_indicators.items():
        assert sample.street_evaluations[name].between(0, most).all()
    assert sample.surveys["mean_share"].between(0, 1).all()


def test_findings_and_rectifications_hang_together(sample: SampleCity) -> None:
    assert sample.findings["inspection"].isin(sample.inspections["source_key"]).all()
    assert not sample.findings.duplicated(["inspection", "number"]).any()
    assert sorted(sample.rectifications["finding"]) == sorted(sample.findings["source_key"])


def test_some_rectifications_are_overdue(sample: SampleCity) -> None:
    end = pd.Timestamp("2026-01-01", tz="Asia/Shanghai")
    frame = sample.rectifications
    overdue = (frame["state"] == "open") & (frame["due_at"] < end)
    assert 50 < overdue.sum() < 0.1 * len(frame)
    assert set(frame["state"]) == {"open", "reported", "passed", "failed", "escalated"}
    assert frame.loc[frame["state"] == "open", "reported_at"].isna().all()
    assert (frame["closed_at"].notna() == (frame["state"] == "passed")).all()
    assert (frame["closed_at"].dropna() < end).all()


def test_inspections_happen_by_day_within_their_quarter(sample: SampleCity) -> None:
    moment = sample.inspections["inspected_at"]
    period = moment.dt.year.astype(str) + "-Q" + moment.dt.quarter.astype(str)
    assert (period == sample.inspections["period"]).all()
    assert moment.dt.hour.between(9, 20).all()


def test_bands_are_spread_like_a_citys(scores: pd.DataFrame) -> None:
    last = scores[scores["period"] == "2025-Q4"]
    share = last["band"].value_counts(normalize=True, dropna=False)
    assert 0.1 < share["excellent"] < 0.3
    assert share["good"] + share["pass"] > 0.6
    assert 0.01 < share["fail"] < 0.1
    assert last["points"].between(0, 100).sum() > 2_800


def test_nothing_is_known_of_silent_communities(sample: SampleCity, scores: pd.DataFrame) -> None:
    silent = scores[scores["community"].isin(sample.truth.silent)]
    assert len(sample.truth.silent) > 20
    assert silent["points"].isna().all()
    assert silent["band"].isna().all()


def test_planted_quality_breaks_the_contracted_grade(
    sample: SampleCity, scores: pd.DataFrame, city: City
) -> None:
    """Over the last year each scores below the minimum of its grade, some below that of the grade before."""
    grades = sample.contracts.set_index("source_key")["grade"]
    year = scores[scores["period"].str.startswith("2025")].groupby("community")["points"].mean()
    assert {"score_below_minimum", "fee_grade_above_earned"} <= set(sample.truth.mismatches["rule"])
    for row in sample.truth.mismatches.itertuples():
        if row.rule == "score_below_minimum":
            assert year[row.community] < city.fees.minimum_score[grades[row.contract] - 1]
        if row.rule == "fee_grade_above_earned":
            assert year[row.community] < city.fees.minimum_score[grades[row.contract] - 2]


def test_vetoes_and_commendations_are_there(sample: SampleCity, scores: pd.DataFrame) -> None:
    kinds = sample.penalties["kind"].value_counts()
    assert set(kinds.index) == {"veto", "commendation", "penalty"}
    assert (sample.penalties["community"].notna() ^ sample.penalties["firm"].notna()).all()
    vetoed = scores[scores["veto"]]
    assert len(vetoed) == kinds["veto"]
    assert (vetoed["band"] == "fail").all()


def test_a_policy_of_another_order_makes_the_same_records(sample: SampleCity, city: City) -> None:
    policy = city.scores
    turned = replace(
        policy,
        inspection_indicators=dict(reversed(policy.inspection_indicators.items())),
        street_indicators=dict(reversed(policy.street_indicators.items())),
    )
    quality = np.zeros(len(sample.inspections))
    made = [
        make_findings(sample.inspections, quality, order, np.random.default_rng(3))
        for order in (policy, turned)
    ]
    pd.testing.assert_frame_equal(*made)
    keys, quarters = np.array(["a", "b", "c"], dtype=object), make_quarters(date(2026, 2, 14), 3)
    quality, streets, watched = np.zeros((3, 3)), np.array([0, 0, 1]), np.ones(3, dtype=bool)
    evaluated = [
        make_evaluations(keys, streets, quality, watched, quarters, order, np.random.default_rng(3))
        for order in (policy, turned)
    ]
    pd.testing.assert_frame_equal(*evaluated, check_like=True)
