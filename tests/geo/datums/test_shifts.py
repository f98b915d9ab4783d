"""The shifts agree with the published source code, and their inverses undo them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.datums.shifts import Degrees, bd09_of_gcj02, gcj02_of_bd09, gcj02_of_wgs84, wgs84_of_gcj02

# Inside the rectangle by more than the largest shift, so that both ways agree which side they are on.
IN_CHINA = st.tuples(st.floats(72.1, 137.7), st.floats(0.9, 55.7))
ANYWHERE = st.tuples(st.floats(-179.9, 179.9), st.floats(-89.9, 89.9))
ABROAD = st.one_of(
    st.tuples(st.floats(-180, 71.9), st.floats(-90, 90)), st.tuples(st.floats(138, 180), st.floats(-90, 90))
)


def arrays(place: tuple[float, float]) -> tuple[Degrees, Degrees]:
    return np.array([place[0]]), np.array([place[1]])


def test_gcj02_as_published_with_coordtransform() -> None:
    # Results printed in wandergis/coordtransform, test/app.js.
    lon, lat = gcj02_of_wgs84(*arrays((116.404, 39.915)))
    assert lon[0] == pytest.approx(116.41024449916938, abs=1e-12)
    assert lat[0] == pytest.approx(39.91640428150164, abs=1e-12)


def test_bd09_as_published_with_coordtransform() -> None:
    lon, lat = bd09_of_gcj02(*arrays((116.404, 39.915)))
    assert lon[0] == pytest.approx(116.41036949371029, abs=1e-12)
    assert lat[0] == pytest.approx(39.92133699351021, abs=1e-12)


def test_the_published_one_step_inverses_are_near_ours() -> None:
    # They are approximations: the exact inverses lie within half a metre of them here.
    lon, lat = wgs84_of_gcj02(*arrays((116.404, 39.915)))
    assert (lon[0], lat[0]) == pytest.approx((116.39775550083061, 39.91359571849836), abs=5e-6)
    lon, lat = gcj02_of_bd09(*arrays((116.404, 39.915)))
    assert (lon[0], lat[0]) == pytest.approx((116.39762729119315, 39.90865673957631), abs=5e-6)


@given(IN_CHINA)
def test_gcj02_there_and_back(place: tuple[float, float]) -> None:
    lon, lat = wgs84_of_gcj02(*gcj02_of_wgs84(*arrays(place)))
    assert abs(lon[0] - place[0]) < 1e-9
    assert abs(lat[0] - place[1]) < 1e-9


@given(IN_CHINA)
def test_gcj02_back_and_there(place: tuple[float, float]) -> None:
    lon, lat = gcj02_of_wgs84(*wgs84_of_gcj02(*arrays(place)))
    assert abs(lon[0] - place[0]) < 1e-9
    assert abs(lat[0] - place[1]) < 1e-9


@given(IN_CHINA)
def test_gcj02_moves_by_less_than_two_kilometres_but_moves(place: tuple[float, float]) -> None:
    lon, lat = gcj02_of_wgs84(*arrays(place))
    metres = 111_195 * np.hypot((lon[0] - place[0]) * np.cos(np.radians(place[1])), lat[0] - place[1])
    assert 0 < metres < 2_000


@given(ABROAD)
def test_gcj02_does_not_move_what_is_abroad(place: tuple[float, float]) -> None:
    for shift in (gcj02_of_wgs84, wgs84_of_gcj02):
        lon, lat = shift(*arrays(place))
        assert (lon[0], lat[0]) == place


@pytest.mark.parametrize("place", [(137.8345, 40.0), (110.0, 55.827)])
def test_what_gcj02_moves_out_of_the_rectangle_comes_back(place: tuple[float, float]) -> None:
    lon, lat = gcj02_of_wgs84(*arrays(place))
    assert lon[0] > 137.8347 or lat[0] > 55.8271
    lon, lat = wgs84_of_gcj02(lon, lat)
    assert (lon[0], lat[0]) == pytest.approx(place, abs=1e-9)


@given(ANYWHERE)
def test_bd09_there_and_back(place: tuple[float, float]) -> None:
    lon, lat = gcj02_of_bd09(*bd09_of_gcj02(*arrays(place)))
    assert abs(lon[0] - place[0]) < 1e-9
    assert abs(lat[0] - place[1]) < 1e-9


def test_no_coordinates_are_no_trouble() -> None:
    nothing = np.array([])
    for shift in (gcj02_of_wgs84, wgs84_of_gcj02, bd09_of_gcj02, gcj02_of_bd09):
        lon, lat = shift(nothing, nothing)
        assert lon.size == lat.size == 0
