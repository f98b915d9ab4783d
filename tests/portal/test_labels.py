"""What bands are called."""

from __future__ import annotations

import pytest

from geo.policy.city import City
from geo.texts import fill
from portal import labels
from portal.terms import Role


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


def test_only_the_names_of_demo_accounts_are_translated() -> None:
    def english(text: str, **_: object) -> str:
        return f"en {text}"

    assert labels.account_name("演示·业务员", english) == "en 演示·业务员"
    assert labels.account_name("登录", english) == "登录"  # somebody's name, though a text of ours too
    assert set(labels.DEMO_NAMES) == set(Role)
