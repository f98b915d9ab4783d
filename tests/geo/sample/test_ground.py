"""The plan on the ground: every site within its own street, clear of roads and of other sites."""

from __future__ import annotations

import numpy as np
import shapely

from geo.sample.ground import Ground


def test_sites_lie_within_their_neighbourhood(ground: Ground) -> None:
    home = ground.territory.neighbourhoods[ground.neighbourhood_of_site]
    assert shapely.contains(home, ground.sites.outlines).all()


def test_every_street_has_communities(ground: Ground) -> None:
    assert np.bincount(ground.street_of_site, minlength=30).min() >= 3


def test_sites_are_clear_of_roads_water_and_each_other(ground: Ground) -> None:
    roads = shapely.STRtree(ground.roads.shapes)
    assert roads.query(ground.sites.outlines, predicate="dwithin", distance=8.0).shape[1] == 0
    assert (shapely.distance(ground.sites.outlines, ground.terrain.water) > 40).all()
    pairs = shapely.STRtree(ground.sites.outlines).query(ground.sites.outlines, predicate="intersects")
    assert pairs.shape[1] == len(ground.sites.outlines)


def test_blocks_vary_in_size(ground: Ground) -> None:
    area = shapely.area(ground.sites.outlines)
    assert np.percentile(area, 90) > 3 * np.percentile(area, 25)
