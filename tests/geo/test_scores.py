"""Scores worked out by hand: communities A to D in 2025-Q3, the default scheme."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from geo.errors import FrameError
from geo.frames import FINDINGS, INSPECTIONS, PENALTIES, STREET_EVALUATIONS, SURVEYS, Contract
from geo.policy.city import City
from geo.scores import TALLY_COLUMNS, Evidence, score_communities

PERIOD = "2025-Q3"


def rows(contract: Contract, *given: dict[str, Any]) -> pd.DataFrame:
    """Return a frame of the contract's columns with the given cells filled."""
    names = [column.name for column in contract.columns]
    frame = pd.DataFrame(list(given), columns=names)
    return frame.assign(period=PERIOD) if "period" in names else frame


def inspected(community: str, key: str) -> dict[str, Any]:
    return {"source_key": key, "community": community}


def found(inspection: str, indicator: str, deduction: float) -> dict[str, Any]:
    return {"inspection": inspection, "indicator": indicator, "deduction": deduction}


def evaluated(community: str, *points: float) -> dict[str, Any]:
    names = ("cooperation", "meetings", "rectification", "disclosure")
    return {"community": community, **dict(zip(names, points, strict=True))}


def surveyed(community: str, responses: int, mean_share: float) -> dict[str, Any]:
    return {"community": community, "responses": responses, "mean_share": mean_share}


def tallies(*given: tuple[str, int, int, int, int, int, int]) -> pd.DataFrame:
    frame = pd.DataFrame(given, columns=["community", *TALLY_COLUMNS])
    return frame.assign(period=PERIOD)


def spoken_of(*communities: str) -> pd.DataFrame:
    return pd.DataFrame({"community": communities, "period": PERIOD}, columns=["community", "period"])


NOTHING = Evidence(
    communities=pd.DataFrame({"source_key": ["A", "B", "C", "D"], "households": [1000.0, 400, 200, np.nan]}),
    inspections=rows(INSPECTIONS),
    findings=rows(FINDINGS),
    street_evaluations=rows(STREET_EVALUATIONS),
    surveys=rows(SURVEYS),
    penalties=rows(PENALTIES),
    complaint_tallies=tallies(),
    spoken_of=spoken_of(),
)


def score(city: City, **frames: pd.DataFrame) -> pd.DataFrame:
    """Score the four communities from the given frames alone; where any complains, the source covers all."""
    if "complaint_tallies" in frames:
        frames.setdefault("spoken_of", spoken_of("A", "B", "C", "D"))
    return score_communities(replace(NOTHING, **frames), city).set_index("community")


def test_all_four_dimensions(city: City) -> None:
    """A: 35-3.5 inspected, 18 of 20 by its street, 0.8 × 25 by residents, complaints worked out below.

    A has 10 complaints per 1,000 households, B 5, C none, D unknown households. Of the two
    others with a rate both did better than A, so A keeps none of the 8 points; handled:
    12 × (0.30 × 9/10 + 0.35 × 4/5 + 0.35 × 3/5) = 9.12. Sum 31.5 + 18 + 20 + 9.12 = 78.62.
    """
    got = score(
        city,
        inspections=rows(INSPECTIONS, inspected("A", "i1")),
        findings=rows(
            FINDINGS, found("i1", "order", 0.5), found("i1", "equipment", 2), found("i1", "order", 1)
        ),
        street_evaluations=rows(STREET_EVALUATIONS, evaluated("A", 5.5, 4.5, 5, 3)),
        surveys=rows(SURVEYS, surveyed("A", 60, 0.8)),
        complaint_tallies=tallies(("A", 10, 10, 9, 5, 4, 3), ("B", 2, 2, 2, 0, 0, 0)),
    ).loc["A"]
    assert got["inspection_points"] == pytest.approx(31.5)
    assert got["street_points"] == pytest.approx(18)
    assert got["residents_points"] == pytest.approx(20)
    assert got["complaints_points"] == pytest.approx(9.12)
    assert (got["points"], got["band"], got["missing"]) == (78.6, "pass", "")
    assert [got[f"{name}_maximum"] for name in city.scores.weights] == [35, 20, 25, 20]


def test_an_indicator_never_goes_below_zero(city: City) -> None:
    """Three findings of 5 cost greening its 4 points and no more: 31 of 35 → 88.6 of 100."""
    got = score(
        city,
        inspections=rows(INSPECTIONS, inspected("A", "i1")),
        findings=rows(FINDINGS, *[found("i1", "greening", 5)] * 3),
    ).loc["A"]
    assert got["inspection_points"] == pytest.approx(31)
    assert got["points"] == 88.6
    assert got["missing"] == "street|residents|complaints"


def test_several_inspections_of_a_quarter_are_averaged(city: City) -> None:
    got = score(
        city,
        inspections=rows(INSPECTIONS, inspected("A", "i1"), inspected("A", "i2")),
        findings=rows(FINDINGS, found("i1", "cleaning", 5)),
    ).loc["A"]
    assert got["inspection_points"] == pytest.approx((30 + 35) / 2)


def test_missing_dimensions_are_reweighted_not_zero(city: City) -> None:
    """Only the street spoke: 16 of 20 is 80.0 of 100, good; the others are flagged."""
    got = score(city, street_evaluations=rows(STREET_EVALUATIONS, evaluated("B", 5, 4, 5, 2))).loc["B"]
    assert (got["points"], got["band"]) == (80.0, "good")
    assert np.isnan(got["inspection_points"])
    assert got["inspection_flag"] == "missing"
    assert got["missing"] == "inspection|residents|complaints"


def test_missing_indicator_is_reweighted_within_its_dimension(city: City) -> None:
    """11 of the 14 points that were given: 11/14 × 20 = 15.71; flagged partial."""
    got = score(city, street_evaluations=rows(STREET_EVALUATIONS, evaluated("B", 5, 4, np.nan, 2))).loc["B"]
    assert got["street_points"] == pytest.approx(11 / 14 * 20)
    assert got["street_flag"] == "partial"


@pytest.mark.parametrize(
    ("community", "responses", "flag"),
    [
        ("A", 49, "insufficient_sample"),  # 5 % of 1,000 households
        ("A", 50, ""),
        ("C", 29, "insufficient_sample"),  # 5 % of 200 is 10, but at least 30
        ("C", 30, ""),
        ("D", 29, "insufficient_sample"),
        ("D", 30, "partial"),  # households unknown: who can tell whether 30 are enough
    ],
)
def test_validity_of_a_survey(city: City, community: str, responses: int, flag: str) -> None:
    got = score(city, surveys=rows(SURVEYS, surveyed(community, responses, 0.9))).loc[community]
    assert got["residents_flag"] == flag
    assert np.isnan(got["residents_points"]) == (flag == "insufficient_sample")


def test_surveys_of_a_quarter_are_pooled(city: City) -> None:
    got = score(city, surveys=rows(SURVEYS, surveyed("C", 10, 1.0), surveyed("C", 30, 0.6))).loc["C"]
    assert got["residents_points"] == pytest.approx(25 * 0.7)


def test_complaint_rate_by_percentile(city: City) -> None:
    """Rates 10, 5 and 0 per 1,000: C keeps 8, B (one of two did better) 4, A none; scaled from 8 to 20."""
    got = score(
        city,
        complaint_tallies=tallies(("A", 10, 0, 0, 0, 0, 0), ("B", 2, 0, 0, 0, 0, 0)),
        street_evaluations=rows(STREET_EVALUATIONS, *[evaluated(c, 6, 5, 6, 3) for c in "ABC"]),
    )
    assert got["complaints_points"].loc[["A", "B", "C"]].tolist() == pytest.approx([0, 10, 20])
    assert got["complaints_flag"].loc[["A", "B", "C", "D"]].tolist() == ["partial"] * 3 + ["missing"]


def test_complaints_count_by_households(city: City) -> None:
    """A has most complaints, 4 on 1,000 households; C fewest, 2 on 200, and yet the highest rate."""
    got = score(city, complaint_tallies=tallies(("A", 4, *[0] * 5), ("B", 3, *[0] * 5), ("C", 2, *[0] * 5)))
    # Only the rate is known, 8 of the 20 points, and scaled to them: first, in the middle, last.
    assert got.loc[["A", "B", "C"], "complaints_points"].tolist() == pytest.approx([20, 10, 0])


def test_handling_without_callbacks_counts_response_alone(city: City) -> None:
    """D's households are unknown, nobody was called back: 3 of 4 in time is 0.75 × 20."""
    got = score(city, complaint_tallies=tallies(("D", 4, 4, 3, 0, 0, 0))).loc["D"]
    assert got["complaints_points"] == pytest.approx(15)


def test_no_evidence_no_score(city: City) -> None:
    """C is silent: no complaint, nothing else. That is no evidence, so it has no score."""
    got = score(city, complaint_tallies=tallies(("A", 10, 10, 9, 5, 4, 3))).loc["C"]
    assert np.isnan(got["points"])
    assert got["band"] is None
    assert got["missing"] == "inspection|street|residents|complaints"


def test_silence_counts_only_where_the_source_speaks_of_the_street(city: City) -> None:
    """B's street is not in the source: nothing is known of it, and C alone is compared with A.

    A has 10 complaints per 1,000 and keeps none of the 8 points, C none and keeps all: 20 of 20.
    """
    got = score(
        city,
        complaint_tallies=tallies(("A", 10, 0, 0, 0, 0, 0)),
        street_evaluations=rows(STREET_EVALUATIONS, *[evaluated(c, 5, 4, 5, 2) for c in "ABC"]),
        spoken_of=spoken_of("A", "C"),
    )
    assert got["complaints_points"].loc[["A", "C"]].tolist() == pytest.approx([0, 20])
    assert np.isnan(got["complaints_points"]["B"])
    assert (got["complaints_flag"]["B"], got["missing"]["B"]) == (
        "missing",
        "inspection|residents|complaints",
    )
    assert got["points"]["B"] == 80.0  # 16 of 20: the other dimensions are scaled up


def test_handling_counts_where_the_source_does_not_speak_of_the_street(city: City) -> None:
    """Say of a community without a street: no rate, but 3 of 4 contacted in time is 0.75 × 20."""
    got = score(city, complaint_tallies=tallies(("A", 4, 4, 3, 0, 0, 0)), spoken_of=spoken_of()).loc["A"]
    assert got["complaints_points"] == pytest.approx(15)
    assert got["complaints_flag"] == "partial"


def test_a_period_without_complaint_records_has_no_complaints_dimension(city: City) -> None:
    got = score(city, surveys=rows(SURVEYS, surveyed("A", 80, 0.9))).loc["A"]
    assert got["complaints_flag"] == "missing"


def test_quarters_scored_apart_are_scored_as_together(city: City) -> None:
    evidence = replace(
        NOTHING,
        inspections=pd.concat(
            [
                rows(INSPECTIONS, inspected("A", "i1"), inspected("B", "i2")),
                rows(INSPECTIONS, inspected("A", "i3")).assign(period="2025-Q2"),
            ]
        ),
        findings=rows(FINDINGS, found("i1", "order", 2), found("i3", "cleaning", 5)),
        complaint_tallies=tallies(("A", 10, 10, 9, 5, 4, 3), ("B", 2, 2, 2, 0, 0, 0)),
        spoken_of=spoken_of("A", "B", "C"),
    )
    assert evidence.periods == ["2025-Q2", "2025-Q3"]
    key = ["community", "period"]
    apart = [score_communities(evidence.within([period]), city) for period in evidence.periods]
    assert [table["period"].unique().tolist() for table in apart] == [["2025-Q2"], ["2025-Q3"]]
    pd.testing.assert_frame_equal(
        pd.concat(apart).set_index(key).sort_index(),
        score_communities(evidence, city).set_index(key).sort_index(),
    )


def test_a_finding_without_its_inspection_is_refused_in_every_quarter() -> None:
    evidence = replace(NOTHING, findings=rows(FINDINGS, found("i9", "order", 1)))
    assert evidence.within(["2025-Q3"]).findings["inspection"].tolist() == ["i9"]


def test_bonus_is_capped_and_so_is_the_score(city: City) -> None:
    praise = {"community": "A", "kind": "commendation", "points": 4.0}
    street = rows(STREET_EVALUATIONS, evaluated("A", 6, 5, 4, 3))
    got = score(city, street_evaluations=street, penalties=rows(PENALTIES, praise, praise)).loc["A"]
    assert got["bonus_points"] == 5
    assert got["points"] == 95.0
    full = rows(STREET_EVALUATIONS, evaluated("A", 6, 5, 6, 3))
    capped = score(city, street_evaluations=full, penalties=rows(PENALTIES, praise)).loc["A"]
    assert capped["points"] == 100.0


def test_veto_fails_whatever_the_score(city: City) -> None:
    veto = {"community": "A", "kind": "veto", "points": 0.0}
    other = {"firm": "F", "kind": "veto", "points": 0.0}
    street = rows(STREET_EVALUATIONS, evaluated("A", 6, 5, 6, 3), evaluated("B", 6, 5, 6, 3))
    got = score(city, street_evaluations=street, penalties=rows(PENALTIES, veto, other))
    assert got["points"].loc[["A", "B"]].tolist() == [100.0, 100.0]
    assert got["band"].loc[["A", "B"]].tolist() == ["fail", "excellent"]
    assert got["veto"].loc[["A", "B"]].tolist() == [True, False]


def test_bands_are_given_on_the_rounded_points(city: City) -> None:
    """0.8996 × 25 of 25 is 89.96, shown and graded as 90.0."""
    got = score(city, surveys=rows(SURVEYS, surveyed("A", 80, 0.8996))).loc["A"]
    assert (got["points"], got["band"]) == (90.0, "excellent")


def test_every_community_and_quarter_has_a_row(city: City) -> None:
    earlier = rows(SURVEYS, surveyed("A", 80, 0.9)).assign(period="2025-Q2")
    got = score_communities(
        replace(NOTHING, surveys=earlier, complaint_tallies=tallies(("B", 1, 1, 1, 1, 1, 1))), city
    )
    assert len(got) == 8
    assert not got.duplicated(["community", "period"]).any()


def test_nothing_at_all_gives_an_empty_table(city: City) -> None:
    assert score_communities(NOTHING, city).empty


@pytest.mark.parametrize(
    ("finding", "message"),
    [(found("i1", "roof", 1), "指标 roof 不在"), (found("i9", "order", 1), "不存在")],
)
def test_faulty_findings_are_refused(city: City, finding: dict[str, Any], message: str) -> None:
    with pytest.raises(FrameError, match=message):
        score(city, inspections=rows(INSPECTIONS, inspected("A", "i1")), findings=rows(FINDINGS, finding))


def test_evaluations_without_an_indicator_of_the_policy_are_refused(city: City) -> None:
    with pytest.raises(FrameError, match="meetings"):
        score(city, street_evaluations=rows(STREET_EVALUATIONS).drop(columns="meetings"))
