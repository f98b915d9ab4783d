"""The ground: never folded, dense in the middle, hilly where it is not built."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from geo.sample.terrain import Bumps, Terrain, make_terrain


@pytest.fixture(scope="module")
def terrain() -> Terrain:
    return make_terrain(np.random.default_rng(5))


def test_extent_is_that_of_a_city(terrain: Terrain) -> None:
    assert terrain.limit.is_valid
    west, south, east, north = terrain.limit.bounds
    assert 36_000 < east - west < 50_000
    assert 28_000 < north - south < 40_000


def test_density_is_a_share_and_falls_outwards(terrain: Terrain) -> None:
    at = np.random.default_rng(1).uniform(-20_000, 20_000, (2_000, 2))
    density = terrain.density(at)
    assert density.min() >= 0
    assert density.max() <= 1
    distance = np.hypot(*at.T)
    assert density[distance < 4_000].mean() > 3 * density[distance > 12_000].mean()


def test_one_point_is_as_among_many(terrain: Terrain) -> None:
    places = np.random.default_rng(3).uniform(-20_000, 20_000, (50, 2))
    at_once = zip(terrain.density(places), terrain.relief(places), strict=True)
    assert [terrain.at(x, y) for x, y in places] == [pytest.approx(pair) for pair in at_once]


def test_bend_never_folds_the_grid(terrain: Terrain) -> None:
    """The small triangle at any grid point keeps its orientation."""
    at = np.random.default_rng(2).uniform(-22_000, 22_000, (3_000, 2))
    here, right, up = (terrain.bend(at + step) for step in ([0, 0], [5.0, 0], [0, 5.0]))
    u, v = right - here, up - here
    assert (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] > 0).all()


def test_rivers_cross_the_city_and_meet(terrain: Terrain) -> None:
    assert terrain.river.crosses(terrain.limit)
    assert shapely.distance(terrain.river, terrain.tributary) < 1


def test_bumps_add_up_and_join() -> None:
    one = Bumps(np.array([[0.0, 0.0]]), np.array([100.0]), np.array([2.0]))
    both = one.join(Bumps(np.array([[100.0, 0.0]]), np.array([100.0]), np.array([1.0])))
    at_first = both.at(np.array([[0.0, 0.0]]))
    assert at_first[0] == pytest.approx(2 + np.exp(-0.5))
