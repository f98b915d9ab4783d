"""The city's policy: what is read, and what is refused."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city, parse_city_toml

TEXT = (Path(__file__).parents[3] / "data" / "city.toml").read_text("utf-8")


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the shipped policy with the value at a dotted path replaced, or removed where it is None."""
    document = tomllib.loads(TEXT)
    *parents, last = path.split(".")
    table = document
    for name in parents:
        table = table[name]
    if value is None:
        del table[last]
    else:
        table[last] = value
    return document


def test_shipped_policy_is_fictional_and_complete(city: City) -> None:
    assert city.fictional
    assert city.scores.weights == {"inspection": 35, "street": 20, "residents": 25, "complaints": 20}
    for dimension, indicators in (
        ("inspection", city.scores.inspection_indicators),
        ("street", city.scores.street_indicators),
        ("complaints", city.scores.complaint_indicators),
    ):
        assert sum(indicators.values()) == city.scores.weights[dimension]


def test_category_is_the_first_that_matches(city: City) -> None:
    lift = city.category_of("小区管理 电梯困人 物业")
    assert lift is not None
    assert (lift.code, lift.cause) == ("lift", "incomplete_repair")
    assert city.category_of("无照经营游商") is None


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("city.name", None, "缺少"),
        ("city.metric_epsg", "utm", "类型不对"),
        ("city.metric_epsg", 1, "不是以米为单位"),
        ("city.metric_epsg", 4490, "不是以米为单位"),
        ("city.metric_epsg", 2227, "不是以米为单位"),  # feet
        ("scores.weights.street", 25.0, "之和须为 100"),
        ("scores.weights", {"inspection": 50.0, "street": 50.0}, "维度"),
        ("scores.inspection_indicators", {}, "满分须大于 0"),
        ("scores.street_indicators.meetings", 0.0, "满分须大于 0"),
        ("scores.complaint_indicators", {"rate": 20.0}, "rate、handling"),
        ("scores.handling_shares", {"response": 1.0}, "handling 须分为"),
        ("scores.handling_shares.response", 0.5, "之和须为 1"),
        ("scores.bands", [], "从高到低"),
        ("complaint_cause", [], "不存在"),
        ("shapes", None, "缺少"),
        ("complaints.min_known_share", None, "缺少"),
        ("complaints.min_known_share", 1.5, "0 到 1"),
        ("routes.shift", [{"start": "17:30", "end": "14:00"}], "先后排列"),
        ("routes.max_stops", None, "缺少"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))


def test_broken_toml_is_refused() -> None:
    with pytest.raises(PolicyError, match="不是有效的 TOML"):
        parse_city_toml("[city")
