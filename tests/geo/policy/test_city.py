"""The city's policy as a whole: what is read, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city, parse_city_toml
from tests.geo.policy.documents import changed


def test_shipped_policy_is_fictional_and_measures_in_metres(city: City) -> None:
    assert (city.fictional, city.metric_epsg, city.timezone) == (True, 32650, "Asia/Shanghai")


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("city.name", None, "缺少 name"),
        ("city.metric_epsg", "utm", "类型不对"),
        ("shapes", None, "缺少 shapes"),
        ("routes.max_stops", None, "缺少 max_stops"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))


def test_broken_toml_is_refused() -> None:
    with pytest.raises(PolicyError, match="不是有效的 TOML"):
        parse_city_toml("[city")


def test_the_zone_is_that_of_the_policy(city: City) -> None:
    assert city.zone.key == city.timezone == "Asia/Shanghai"
    assert replace(city, timezone="Asia/Urumqi").zone.key == "Asia/Urumqi"
