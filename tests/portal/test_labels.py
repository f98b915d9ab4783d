"""What bands are called."""

from __future__ import annotations

import pytest

from geo.policy.city import City
from geo.texts import fill
from portal import labels


def say(text: str, /, **params: object) -> str:
    return fill(text, params)


@pytest.mark.parametrize(
    ("code", "zh", "en"), [("fail", "不合格", "Fail"), ("none", "无评分", "无评分"), ("x", "x", "x")]
)
def test_bands_have_names(city: City, code: str, zh: str, en: str) -> None:
    assert labels.band_name(code, city, "zh", say) == zh
    assert labels.band_name(code, city, "en", say) == en


def test_a_city_has_a_name_in_each_language(city: City) -> None:
    assert (labels.city_name(city, "zh"), labels.city_name(city, "en")) == (city.name, city.name_en)
