from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.outlines.doubts import find_far, find_shared, trunk_of

AREAS = np.array([shapely.box(114.0, 22.5, 114.02, 22.52), shapely.box(114.02, 22.5, 114.04, 22.52)])


def test_far_is_measured_in_metres_from_the_nearest_area() -> None:
    degree_m = 110_750  # of latitude, here
    edge = 22.52
    points = shapely.points(
        [114.01, 114.01, 114.01, -74.0], [22.51, edge + 1_990 / degree_m, edge + 2_020 / degree_m, 40.7]
    )
    assert find_far(points, AREAS, 2_000, 32650).tolist() == [False, False, True, True]
    assert find_far(points, AREAS[:0], 2_000, 32650).tolist() == [False] * 4
    assert find_far(points[:0], AREAS, 2_000, 32650).tolist() == []


@pytest.mark.parametrize(
    ("places", "shared"),
    [
        (["甲", "乙", "丙"], True),
        (["甲", "乙", "乙"], False),
        (["甲"] * 30, False),
        ([None, None, None], True),
        (["甲", "甲", None], False),
        (["甲", "乙", None], True),
    ],
)
def test_a_coordinate_is_shared_by_different_places(places: list[str | None], shared: bool) -> None:
    assert find_shared(["x"] * len(places), places, 3) == ({"x"} if shared else set())


def test_coordinates_are_counted_apart() -> None:
    assert find_shared(["x", "y", "x", "y", "z"], ["甲", "乙", "丙", "乙", "丁"], 2) == {"x"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("锦绣花园3栋201", "锦绣花园12栋101"),
        ("锦绣花园 A座 1203", "锦绣花园b座1"),
        ("石牌街道锦绣花园二期", "石牌街道锦绣花园一期3栋"),
    ],
)
def test_houses_of_one_place_are_one_place(one: str, other: str) -> None:
    assert trunk_of(one) == trunk_of(other)


def test_what_begins_with_a_number_stays_whole() -> None:
    assert trunk_of("3栋201室") == "3栋201室"
    assert trunk_of("天河路12号") != trunk_of("天河路14号")
