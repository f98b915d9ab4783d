"""Categories, causes and small numbers of the policy."""

from __future__ import annotations

from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.city import City, parse_city
from tests.geo.policy.documents import changed


def test_category_is_the_first_that_matches(city: City) -> None:
    lift = city.complaints.category_of("小区管理 电梯困人 物业")
    assert lift is not None
    assert (lift.code, lift.cause) == ("lift", "incomplete_repair")
    assert city.complaints.category_of("无照经营游商") is None


@pytest.mark.parametrize("share", [0, 1])
def test_a_share_may_be_none_or_all(share: float) -> None:
    assert parse_city(changed("complaints.min_known_share", share)).complaints.min_known_share == share


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("complaint_cause", [], "不存在"),
        ("complaints.min_known_share", None, "缺少 min_known_share"),
        ("complaints.min_known_share", 1.5, "0 到 1"),
        ("complaints.min_known_share", -0.1, "0 到 1"),
        ("complaints.density_cell_m", "wide", "类型不对"),
    ],
)
def test_faulty_policy_is_refused(path: str, value: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        parse_city(changed(path, value))
