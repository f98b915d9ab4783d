"""Bands, weights and indicators of the policy."""

from __future__ import annotations

from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city
from tests.geo.policy.documents import changed


def band(at_least: float) -> dict[str, Any]:
    code = f"from_{at_least:g}"
    return {"code": code, "name": code, "name_en": code, "at_least": at_least, "colour": "#000000"}


def test_indicators_of_the_shipped_policy_add_up_to_their_dimension(city: City) -> None:
    scores = city.scores
    assert scores.weights == {"inspection": 35, "street": 20, "residents": 25, "complaints": 20}
    assert sum(scores.inspection_indicators.values()) == scores.weights["inspection"]
    assert sum(scores.street_indicators.values()) == scores.weights["street"]
    assert sum(scores.complaint_indicators.values()) == scores.weights["complaints"]


def test_bands_are_read_best_first(city: City) -> None:
    assert [(band.code, band.at_least) for band in city.scores.bands] == [
        ("excellent", 90),
        ("good", 80),
        ("pass", 60),
        ("fail", 0),
    ]
    assert (city.scores.survey_min_responses, city.scores.survey_min_share_of_households) == (30, 0.05)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("scores.weights.street", 25.0, "之和须为 100"),
        ("scores.weights", {"inspection": 50.0, "street": 50.0}, "维度"),
        ("scores.inspection_indicators", {}, "满分须大于 0"),
        ("scores.street_indicators", {}, "满分须大于 0"),
        ("scores.street_indicators.meetings", 0.0, "满分须大于 0"),
        ("scores.complaint_indicators", {"rate": 20.0}, "rate、handling"),
        ("scores.handling_shares", {"response": 1.0}, "handling 须分为"),
        ("scores.handling_shares.response", 0.5, "之和须为 1"),
        ("scores.bands", [], "从高到低"),
        ("scores.bands", [band(60), band(80), band(0)], "从高到低"),
        ("scores.bands", [band(80), band(60)], "从 0 分起"),
        ("scores.survey.min_responses", None, "缺少 min_responses"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))
