"""The plan of the sample city on the ground: roads, territories and the sites of communities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.sample.arrays import Ints
from geo.sample.arterials import add_towns, draw_arterials
from geo.sample.blocks import cut_blocks
from geo.sample.communities import Sites, find_sites
from geo.sample.roads import Roads, build_roads
from geo.sample.terrain import Terrain, make_terrain
from geo.sample.territory import Territory, find_areas, lay_territory


@dataclass(frozen=True)
class Ground:
    """Where everything is, in local metres; sites are ordered by neighbourhood."""

    terrain: Terrain
    roads: Roads
    territory: Territory
    sites: Sites
    neighbourhood_of_site: Ints

    @property
    def street_of_site(self) -> Ints:
        """Number of the street in which each site lies."""
        return self.territory.street_of_neighbourhood[self.neighbourhood_of_site]


def lay_ground(communities: int, streets: int, districts: int, rng: np.random.Generator) -> Ground:
    """Lay out the city: main roads, then blocks, then sites, then who is responsible where."""
    terrain = make_terrain(rng)
    lines, terrain = add_towns(draw_arterials(terrain, rng), terrain, rng)
    areas = find_areas(lines, terrain)
    blocks = cut_blocks(areas, terrain, rng)
    roads = build_roads(lines, blocks, terrain, rng)
    sites = find_sites(blocks, roads, terrain, communities, rng)
    settled = np.bincount(sites.areas, minlength=len(areas))
    territory = lay_territory(areas, lines, terrain, settled, streets, districts, rng)
    neighbourhood = territory.neighbourhood_of_area[sites.areas]
    order = np.lexsort((rng.random(len(neighbourhood)), neighbourhood))
    return Ground(terrain, roads, territory, sites.take(order), neighbourhood[order])
