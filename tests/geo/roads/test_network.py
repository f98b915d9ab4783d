"""Straight lines, labels and the shape of the interface."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely

from geo.errors import NetworkError
from geo.policy.city import City
from geo.roads.network import MissReason, Note, StraightLine
from geo.texts import fill
from tests.geo.towns import place


def test_straight_lines_are_long_and_slow(city: City) -> None:
    network = StraightLine(city.routes)
    matrix = network.matrix([place("a", 0, 0), place("b", 3000, 0), place("c", 3000, 4000)])
    # 3 km × 1.4 at 30 km/h are 504 s
    assert matrix.seconds == pytest.approx(np.array([[0, 504, 840], [504, 0, 672], [840, 672, 0]]), rel=1e-3)
    assert matrix.misses == ()


def test_a_straight_path_agrees_with_the_matrix_and_names_no_road(city: City) -> None:
    network = StraightLine(city.routes)
    a, b = place("a", 0, 0), place("b", 3000, 0)
    path = network.path(a, b)
    assert path.metres == pytest.approx(4200, rel=1e-3)
    assert path.seconds == pytest.approx(network.matrix([a, b]).seconds[0, 1])
    assert path.line.coords[:] == [(a.lon, a.lat), (b.lon, b.lat)]
    assert path.roads == ()


def test_a_path_to_the_same_position_is_empty(city: City) -> None:
    path = StraightLine(city.routes).path(place("a", 0, 0), place("b", 0, 0))
    assert path.line.is_empty
    assert (path.seconds, path.metres) == (0, 0)


def test_what_is_reachable_in_a_straight_line_is_a_circle(city: City) -> None:
    area = StraightLine(city.routes).reachable(place("a", 0, 0), 504)
    assert area.is_valid
    assert len(area.exterior.coords) == 64 + 1
    for key, east, inside in (("b", 2950, True), ("c", 3050, False)):
        spot = place(key, east, 0)
        assert area.contains(shapely.Point(spot.lon, spot.lat)) is inside


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_nothing_is_reachable_in_no_time(city: City, seconds: float) -> None:
    with pytest.raises(NetworkError, match="到不了"):
        StraightLine(city.routes).reachable(place("a", 0, 0), seconds)


def test_an_empty_list_of_places_has_an_empty_matrix(city: City) -> None:
    assert StraightLine(city.routes).matrix([]).seconds.shape == (0, 0)


def test_labels_are_the_mandatory_ones(city: City) -> None:
    assert Note.NO_TRAFFIC.text == "不含实时路况"
    assert Note.STRAIGHT_LINE.text == "直线估算，非路网"
    assert fill(MissReason.NO_ROAD.text, {"limit": 300.0}) == "300 米内没有道路"
    assert (StraightLine(city.routes).note, StraightLine(city.routes).approximate) == (
        Note.STRAIGHT_LINE,
        True,
    )
