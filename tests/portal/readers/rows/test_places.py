from __future__ import annotations

import pytest

from portal.readers import problems
from portal.readers.problems import Problem
from portal.readers.rows.places import check_places


def test_good_and_missing_coordinates_are_no_fault() -> None:
    lon, lat, rejects = check_places(
        [114.05, None, 0.0, -180.0], [22.5, None, 0.0, 90.0], [2, 3, 4, 5], required=False
    )
    assert (lon, lat) == ([114.05, None, None, -180.0], [22.5, None, None, 90.0])
    assert rejects == []


@pytest.mark.parametrize("required", [True, False])
@pytest.mark.parametrize(
    ("lon", "lat", "problem"),
    [
        (114.05, None, problems.HALF_COORDINATE),
        (None, 22.5, problems.HALF_COORDINATE),
        (22.5, 114.05, problems.COORDINATE_SWAPPED),
        (500_000.0, 2_500_000.0, problems.COORDINATE_RANGE),
        (181.0, 22.5, problems.COORDINATE_RANGE),
    ],
)
def test_bad_coordinates(lon: float | None, lat: float | None, problem: Problem, required: bool) -> None:
    east, north, rejects = check_places([lon], [lat], [7], required=required)
    assert (east, north) == ([None], [None])
    assert [(item.row, item.reason, item.blocking) for item in rejects] == [(7, problem.reason, required)]


@pytest.mark.parametrize("place", [None, 0.0])
def test_no_coordinates_where_they_are_required(place: float | None) -> None:
    _, _, rejects = check_places([place], [place], [7], required=True)
    assert [item.reason for item in rejects] == [problems.NO_COORDINATE.reason]
