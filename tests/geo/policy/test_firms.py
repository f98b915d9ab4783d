"""Guide prices and least scores of the policy."""

from __future__ import annotations

from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city
from tests.geo.policy.documents import changed


def test_guide_prices_are_by_grade(city: City) -> None:
    assert city.fees.guide_yuan_m2_month == (0.5, 0.75, 1.0, 1.3, 1.6)
    assert city.fees.minimum_score == (60, 70, 75, 85, 90)
    assert (city.fees.lift_yuan_m2_month, city.fees.fire_yuan_m2_month) == (0.35, 0.2)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("fees.guide_yuan_m2_month", ["dear"], "类型不对"),
        ("fees.allowed_float", None, "缺少 allowed_float"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))
