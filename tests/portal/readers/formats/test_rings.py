from __future__ import annotations

from typing import Any

import pytest
import shapely

from portal.readers.formats.rings import close_rings, nest_rings
from portal.readers.formats.unusable import UNUSABLE

SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def ring(low: float, high: float, *, turned: bool = False) -> Any:
    coordinates = shapely.get_coordinates(shapely.box(low, low, high, high))
    return coordinates[::-1] if turned else coordinates


def test_open_rings_are_closed() -> None:
    closed = close_rings({"type": "Polygon", "coordinates": [SQUARE]})
    assert closed["coordinates"] == [[*SQUARE, [0, 0]]]
    assert close_rings(closed) == closed
    parts = close_rings({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]})
    assert [len(part[0]) for part in parts["coordinates"]] == [5, 5]
    both = close_rings(
        {"type": "GeometryCollection", "geometries": [{"type": "Polygon", "coordinates": [SQUARE]}]}
    )
    assert len(both["geometries"][0]["coordinates"][0]) == 5


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        7,
        {},
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": 3},
        {"type": "Point", "coordinates": [1, 2]},
    ],
)
def test_what_has_no_rings_stays(geometry: Any) -> None:
    assert close_rings(geometry) == geometry


@pytest.mark.parametrize("turned", [(False, False, False), (True, False, True), (False, True, False)])
def test_a_hole_and_an_island_whichever_way_they_run(turned: tuple[bool, ...]) -> None:
    rings = [ring(0, 9, turned=turned[0]), ring(1, 8, turned=turned[1]), ring(2, 7, turned=turned[2])]
    assert nest_rings(rings).area == 81 - 49 + 25
    assert nest_rings(rings[::-1]).area == 81 - 49 + 25


def test_rings_beside_each_other_are_parts() -> None:
    assert nest_rings([ring(0, 1), ring(2, 3, turned=True)]).area == 2


def test_rings_that_cross_are_parts_and_none_a_hole() -> None:
    made = nest_rings([ring(0, 4), ring(3, 6)])
    assert (made.geom_type, len(made.geoms)) == ("MultiPolygon", 2)


def test_a_hole_may_touch_its_shell() -> None:
    assert nest_rings([ring(0, 4), [(0, 1), (1, 1), (1, 2), (0, 1)]]).area == 15.5


def test_the_same_ring_twice_is_one() -> None:
    assert nest_rings([ring(0, 4), ring(0, 4, turned=True)]).area == 16


def test_rings_that_cannot_be_built() -> None:
    assert nest_rings([[(0, 0), (1, 1)]]) is UNUSABLE


def test_a_ring_that_crosses_itself_is_kept_for_the_repair() -> None:
    bow = [(0, 0), (4, 4), (4, 0), (0, 4), (0, 0)]
    assert not nest_rings([bow]).is_valid
    assert nest_rings([bow, ring(6, 8)]).geom_type == "MultiPolygon"
