"""Datums, shapes and the CRS of the policy."""

from __future__ import annotations

from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city
from tests.geo.policy.documents import changed


def test_shipped_limits_are_read(city: City) -> None:
    assert 0.5 < city.datum.decide_at_confidence < 1
    assert 1 < city.coordinates.shared_by <= 20
    assert city.datum.boundary_tolerance_m < city.coordinates.border_tolerance_m < city.coordinates.far_off_m
    assert city.shapes.sliver_m2 < city.shapes.largest_community_m2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("city.metric_epsg", 1, "不是以米为单位"),
        ("city.metric_epsg", 4490, "不是以米为单位"),
        ("city.metric_epsg", 2227, "不是以米为单位"),
        ("shapes.sliver_m2", None, "缺少 sliver_m2"),
        ("coordinates.far_off_m", None, "缺少 far_off_m"),
        ("coordinates.far_off_m", -1.0, "不能小于 0"),
        ("coordinates.border_tolerance_m", -1.0, "不能小于 0"),
        ("coordinates.shared_by", 1, "不小于 2"),
        ("datum.decide_at_confidence", None, "缺少 decide_at_confidence"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))
