from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pandas as pd
import pytest

from geo.policy.city import City
from portal.actions.scores import evidence_rules as rules
from portal.actions.scores.evidence_rules import Bounds

TODAY = date(2025, 6, 30)
MEETING = {"held_on": date(2025, 2, 3), "period": None, "issues_raised": 5, "issues_closed": 5}
VISIT = {"inspected_at": datetime(2025, 3, 31, 23, 59), "period": "2025-Q1"}
EVALUATION = {
    "period": "2025-Q1",
    "cooperation": 6.0,
    "meetings": float("nan"),
    "rectification": 0.0,
    "disclosure": 3.0,
}
SETTLED = {"reported_at": pd.Timestamp("2025-03-01 10:00"), "closed_at": pd.Timestamp("2025-03-02 10:00")}
PENALTY = {"occurred_on": date(2025, 4, 1), "period": "2025-Q2"}


def fields(judge: rules.Judge, city: City, row: dict[str, Any], **changed: Any) -> list[str]:
    faults = list(judge(row | changed, Bounds(city.scores, TODAY)))
    assert all(fault.reason and fault.remedy for fault in faults)
    return [fault.field for fault in faults]


@pytest.mark.parametrize(
    ("judge", "row"),
    [
        (rules.judge_nothing, {}),
        (rules.judge_term, {"starts_on": date(2024, 1, 1), "ends_on": date(2024, 1, 1)}),
        (rules.judge_meeting, MEETING),
        (rules.judge_quarter, {"period": "2026-Q3"}),
        (rules.judge_evaluation, EVALUATION),
        (rules.judge_inspection, VISIT),
        (rules.judge_finding, {"indicator": "cleaning"}),
        (rules.judge_rectification, SETTLED),
        (rules.judge_rectification, {"reported_at": pd.NaT, "closed_at": SETTLED["closed_at"]}),
        (rules.judge_rectification, {"reported_at": pd.NaT, "closed_at": pd.NaT}),
        (rules.judge_penalty, PENALTY),
    ],
)
def test_what_may_be_said(judge: rules.Judge, row: dict[str, Any], city: City) -> None:
    assert fields(judge, city, row) == []


@pytest.mark.parametrize(
    ("judge", "row", "changed", "wrong"),
    [
        (
            rules.judge_term,
            {"starts_on": date(2024, 1, 1)},
            {"ends_on": date(2023, 12, 31)},
            ["ends_on"],
        ),
        (rules.judge_meeting, MEETING, {"issues_closed": 6}, ["issues_closed"]),
        (rules.judge_meeting, MEETING, {"held_on": date(2052, 2, 3)}, ["held_on"]),
        (rules.judge_meeting, MEETING, {"period": "2025-Q2"}, ["period"]),
        (rules.judge_quarter, {}, {"period": "2026-Q4"}, ["period"]),
        (rules.judge_evaluation, EVALUATION, {"cooperation": 6.5}, ["cooperation"]),
        (
            rules.judge_evaluation,
            EVALUATION,
            {"disclosure": 3.1, "meetings": 9.0},
            ["meetings", "disclosure"],
        ),
        (
            rules.judge_evaluation,
            {"period": "2025-Q1"},
            dict.fromkeys(rules.EVALUATED, float("nan")),
            ["cooperation"],
        ),
        (rules.judge_inspection, VISIT, {"inspected_at": datetime(2025, 4, 1)}, ["period"]),
        (rules.judge_finding, {}, {"indicator": "lifts"}, ["indicator"]),
        (rules.judge_rectification, SETTLED, {"closed_at": pd.Timestamp("2025-02-28")}, ["closed_at"]),
        (rules.judge_penalty, PENALTY, {"occurred_on": date(2025, 3, 31)}, ["period"]),
        (rules.judge_penalty, PENALTY, {"period": None, "occurred_on": date(2027, 1, 1)}, ["occurred_on"]),
    ],
)
def test_what_may_not(
    judge: rules.Judge, row: dict[str, Any], changed: dict[str, Any], wrong: list[str], city: City
) -> None:
    assert fields(judge, city, row, **changed) == wrong


def test_what_the_policy_does_not_know_of_a_street_has_no_bound(city: City) -> None:
    judge: Callable[..., Any] = rules.judge_evaluation
    bounds = Bounds(city.scores, TODAY)
    known = bounds.policy.street_indicators["cooperation"]
    (fault,) = judge(EVALUATION | {"cooperation": known + 1}, bounds)
    assert fault.params == {"most": known}
