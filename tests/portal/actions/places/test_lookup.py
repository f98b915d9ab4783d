from __future__ import annotations

import pytest

from portal.actions.places.lookup import Communities, Firms, Hit, Identities, Neighbourhoods, Streets
from portal.terms import PlaceHow

WEST, EAST = 1, 2
STREETS = Streets(
    [(WEST, "西街", "南山区"), (EAST, "东街", "南山区"), (3, "西街", "福田区"), (4, "海街", "")]
)
COMMUNITIES = Communities(
    [
        (10, WEST, "阳光花园", False),
        (10, WEST, "阳光苑", True),
        (11, EAST, "阳光花园", False),
        (12, WEST, "阳光花园二期", False),
        (13, WEST, "趣园", False),
        (14, EAST, "双子楼", False),
        (15, EAST, "双子楼", False),
        (16, None, "城外村", False),
    ]
)


@pytest.mark.parametrize(
    ("street", "district", "found"),
    [
        ("东街街道", "南山", EAST),
        ("东街", None, EAST),
        ("西街", "南山区", WEST),
        ("西街", "福田", 3),
        ("西街", None, None),
        ("东街", "福田区", None),
        ("海街", "宝安区", 4),
        (None, "南山区", None),
        ("", "", None),
    ],
)
def test_streets_are_found_by_name_and_district(
    street: str | None, district: str | None, found: int | None
) -> None:
    assert STREETS.find(street, district) == found


def test_neighbourhoods_are_found_in_their_street_or_alone_in_the_city() -> None:
    known = Neighbourhoods([(1, WEST, "南布社区"), (2, EAST, "南布"), (3, EAST, "北布")])
    assert known.find("南布", EAST) == 2
    assert known.find("南布居委会", WEST) == 1
    assert known.find("南布", None) is None
    assert known.find("北布社区", None) == 3
    assert known.find("北布社区", WEST) is None
    assert known.find(None, WEST) is None


@pytest.mark.parametrize(
    ("name", "street_id", "hit"),
    [
        ("阳光花园", WEST, Hit(10, PlaceHow.NAME)),
        ("阳光 花园", EAST, Hit(11, PlaceHow.NAME)),
        ("阳光苑", WEST, Hit(10, PlaceHow.ALIAS)),
        ("阳光苑", EAST, None),
        ("阳光花园", None, None),
        ("阳光苑", None, Hit(10, PlaceHow.ALIAS)),
        ("双子楼", EAST, None),
        ("城外村", None, Hit(16, PlaceHow.NAME)),
        ("城外村", WEST, None),
        (None, WEST, None),
    ],
)
def test_communities_are_found_by_any_name_if_only_one_has_it(
    name: str | None, street_id: int | None, hit: Hit | None
) -> None:
    assert COMMUNITIES.find(name, street_id) == hit


@pytest.mark.parametrize(
    ("address", "street_id", "found"),
    [
        ("南山区西街 1 号阳光花园 3 栋 1201", WEST, 10),
        ("西街阳光花园二期 3 栋", WEST, 12),
        ("阳光花园3栋", None, None),
        ("西街趣园 3 栋", WEST, None),  # too short to be sure
        ("阳光花园路 5 号", WEST, None),
        ("阳光花园路口阳光苑 2 栋", WEST, 10),
        ("双子楼 2 栋", EAST, None),
        ("", WEST, None),
        (None, WEST, None),
        ("阳光花园", 99, None),
    ],
)
def test_the_longest_name_in_an_address_counts(
    address: str | None, street_id: int | None, found: int | None
) -> None:
    hit = COMMUNITIES.find_in_address(address, street_id)
    assert (hit and hit.community_id) == found
    assert hit is None or hit.how is PlaceHow.ADDRESS


def test_communities_of_a_name_are_counted() -> None:
    assert (COMMUNITIES.count("双子楼", EAST), COMMUNITIES.count("双子楼", WEST)) == (2, 0)


def test_firms_are_found_by_code_before_name() -> None:
    firms = Firms(
        [(1, "安居物业", "91440300A"), (2, "乐居物业", None), (3, "同名物业", None), (4, "同名物业", "X")]
    )
    assert firms.find("91440300a ") == 1
    assert firms.find("乐居物业") == 2
    assert firms.find("同名物业") is None
    assert firms.find("没有的物业") is None


def test_a_key_means_what_its_own_source_calls_so() -> None:
    identities = Identities([("a", "1", 10), ("b", "1", 11), ("a", "2", 12), ("b", "3", 13), ("c", "3", 13)])
    assert identities.find("1", "a") == 10
    assert identities.find("1", "other") is None
    assert identities.find("2", "other") == 12
    assert identities.find("3", "other") == 13
    assert identities.find("9", "a") is None
