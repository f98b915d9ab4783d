"""Cutting areas into blocks."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.sample.blocks import Ring, axes_of, cut_blocks, cut_ring, ring_area
from geo.sample.terrain import make_terrain

SQUARE: Ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]


def test_cut_gives_two_parts_that_meet_at_the_street() -> None:
    parts = cut_ring(SQUARE, np.array([4.0, 5.0]), np.array([1.0, 0.0]))
    assert parts is not None
    assert sorted(map(ring_area, parts)) == [40, 60]
    street = {tuple(parts[0][-1]), tuple(parts[0][0])}
    assert street == {(4, 0), (4, 10)}


@pytest.mark.parametrize(
    ("ring", "x"),
    [(SQUARE, 20.0), ([*SQUARE[:3], (5.0, 1.0), SQUARE[3]], None)],
)
def test_no_cut_unless_the_line_meets_the_ring_twice(ring: Ring, x: float | None) -> None:
    normal = np.array([1.0, 0]) if x is not None else np.array([0, 1.0])
    assert cut_ring(ring, np.array([x or 5.0, 5.0]), normal) is None


def test_axes_follow_the_longer_side() -> None:
    turn = np.array([[np.cos(0.4), np.sin(0.4)], [-np.sin(0.4), np.cos(0.4)]])
    ring = np.array(SQUARE) * [3, 1] @ turn + 7
    centre, along, across = axes_of(ring.tolist())
    assert np.abs(along @ turn[0]) == pytest.approx(1)
    assert along @ across == pytest.approx(0, abs=1e-12)
    assert centre == pytest.approx(ring.mean(axis=0))


def test_blocks_tile_a_dense_area_and_are_small() -> None:
    terrain = make_terrain(np.random.default_rng(5))
    x, y = terrain.centres.places[0] + [0, 1_500]
    area = shapely.box(x, y, x + 900, y + 800)
    blocks = cut_blocks(np.array([area]), terrain, np.random.default_rng(0))
    assert shapely.area(blocks.shapes).sum() == pytest.approx(area.area)
    assert shapely.area(shapely.union_all(blocks.shapes)) == pytest.approx(area.area)
    assert 8 < len(blocks.shapes) < 50
    assert len(blocks.streets) == len(blocks.shapes) - 1


def test_country_is_left_whole() -> None:
    terrain = make_terrain(np.random.default_rng(5))
    x, y = terrain.hills.places[0]
    hill = shapely.box(x - 500, y - 500, x + 500, y + 500)
    assert len(cut_blocks(np.array([hill]), terrain, np.random.default_rng(0)).shapes) == 1
