"""Main roads: noded, without dead ends, with bridges and a ring."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from shapely import LineString

from geo.sample.arterials import (
    LineClass,
    Lines,
    add_towns,
    draw_arterials,
    lines_of,
    node_lines,
    prune_dead_ends,
)
from geo.sample.terrain import Terrain, make_terrain


@pytest.fixture(scope="module")
def plan() -> tuple[Lines, Terrain]:
    rng = np.random.default_rng(5)
    terrain = make_terrain(rng)
    return add_towns(draw_arterials(terrain, rng), terrain, rng)


def test_noding_splits_where_lines_meet_and_keeps_their_class() -> None:
    cross = lines_of(
        [
            (LineString([(0, 0), (10, 0)]), LineClass.PRIMARY),
            (LineString([(5, -5), (5, 5)]), LineClass.TERTIARY),
            (LineString([(7, 0.04), (7, 4)]), LineClass.RESIDENTIAL),  # ends within the snapping grid
        ]
    )
    noded = node_lines(cross)
    assert sorted(noded.classes.tolist()) == [2, 2, 2, 4, 4, 5]
    assert shapely.length(noded.shapes[noded.sources == 0]).sum() == pytest.approx(10)


def test_pruning_removes_chains_that_lead_nowhere() -> None:
    loop = [(0, 0), (10, 0), (10, 10), (0, 0)]
    lines = lines_of(
        [
            (LineString(loop[:2]), LineClass.PRIMARY),
            (LineString(loop[1:3]), LineClass.PRIMARY),
            (LineString(loop[2:]), LineClass.PRIMARY),
            (LineString([(10, 10), (20, 10)]), LineClass.TERTIARY),
            (LineString([(20, 10), (30, 10)]), LineClass.TERTIARY),
        ]
    )
    assert prune_dead_ends(lines).sources.tolist() == [0, 1, 2]


def test_no_main_road_is_a_dead_end(plan: tuple[Lines, Terrain]) -> None:
    lines, _ = plan
    assert len(prune_dead_ends(lines).shapes) == len(lines.shapes)


def test_every_class_of_main_road_is_there(plan: tuple[Lines, Terrain]) -> None:
    lines, _ = plan
    for kind in (LineClass.MOTORWAY, LineClass.TRUNK, LineClass.PRIMARY, LineClass.SECONDARY):
        assert shapely.length(lines.shapes[lines.classes == kind]).sum() > 25_000


def test_minor_roads_do_not_cross_the_river(plan: tuple[Lines, Terrain]) -> None:
    lines, terrain = plan
    tertiary = lines.shapes[lines.classes == LineClass.TERTIARY]
    assert not shapely.intersects(tertiary, terrain.river).any()
    bridges = shapely.intersects(lines.shapes[lines.classes <= LineClass.SECONDARY], terrain.river)
    assert bridges.sum() > 10


def test_towns_make_the_country_denser(plan: tuple[Lines, Terrain]) -> None:
    _, terrain = plan
    towns = terrain.centres.places[9:]
    assert len(towns) > 10
    assert (terrain.density(towns) > 0.3).mean() > 0.8
