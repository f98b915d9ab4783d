"""The registers of the sample city: streets, neighbourhoods, communities and their gates."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from geo.frames import COMMUNITIES
from geo.sample.arrays import Flags, Floats, Shapes, keep_where
from geo.sample.communities import describe_communities, place_gates
from geo.sample.ground import Ground
from geo.sample.names import DISTRICTS, name_neighbourhoods, name_streets

ORIGIN_DEGREES = (118.55, 26.1)  # longitude and latitude of the main centre
DECIMALS = 7


@dataclass(frozen=True)
class Registers:
    """The places as registers have them, and what the rest of the sample needs to know beyond that.

    `communities` has, beside the columns of the contract, `located` (the register has
    the outline), `true_households` and `true_built_year`; it has no geometry.
    """

    streets: gpd.GeoDataFrame
    neighbourhoods: gpd.GeoDataFrame
    communities: pd.DataFrame
    gates: gpd.GeoDataFrame
    gate_points: Shapes  # one a community, in local metres

    @property
    def located(self) -> Flags:
        """Whether the register has each community's outline."""
        return self.communities["located"].to_numpy(dtype=bool)


class Placing:
    """Carries local metres to WGS 84 degrees of seven decimals (about a centimetre)."""

    def __init__(self, metric_epsg: int) -> None:
        self._to_degrees = Transformer.from_crs(metric_epsg, 4326, always_xy=True)
        self._origin = np.array(self._to_degrees.transform(*ORIGIN_DEGREES, direction="INVERSE"))

    def carry(self, points: Floats) -> Floats:
        """Return longitude and latitude of each row."""
        east, north = (points + self._origin).T
        return np.round(np.column_stack(self._to_degrees.transform(east, north)), DECIMALS)

    def place(self, shapes: Shapes) -> gpd.GeoSeries:
        """Return shapes (None stays None) as a series in EPSG:4326."""
        return gpd.GeoSeries(shapely.transform(shapes, self.carry), crs=4326)


def make_registers(ground: Ground, placing: Placing, year: int, rng: np.random.Generator) -> Registers:
    """Name and describe every place of the ground; `year` is the sample's last."""
    streets = _register_streets(ground, placing, rng)
    neighbourhoods = _register_neighbourhoods(ground, streets, placing, rng)
    facts = describe_communities(ground.sites, ground.street_of_site, ground.roads, year, rng)
    home = neighbourhoods.iloc[ground.neighbourhood_of_site].reset_index(drop=True)
    communities = facts.assign(
        source_key=[f"XQ{k:05d}" for k in range(1, len(facts) + 1)],
        district=home["district"],
        street=home["street"],
        neighbourhood=home["name"],
    )
    owner, names, points, main = place_gates(ground.sites.outlines, ground.roads, rng)
    shown = communities["located"].to_numpy(dtype=bool)[owner]
    gates = gpd.GeoDataFrame(
        {
            "source_key": [f"CRK{k:05d}" for k in range(1, int(shown.sum()) + 1)],
            "community": communities["source_key"].to_numpy()[owner[shown]],
            "name": np.array(names, dtype=object)[shown],
            "main": main[shown].astype(object),
        },
        geometry=placing.place(points[shown]),
    )
    return Registers(streets, neighbourhoods, communities, gates, points[main])


def frame_communities(registers: Registers, ground: Ground, placing: Placing) -> gpd.GeoDataFrame:
    """Return the communities as the register has them: some without outline, none with what is hidden."""
    columns = [column.name for column in COMMUNITIES.columns]
    outlines = keep_where(registers.located, ground.sites.outlines)
    return gpd.GeoDataFrame(registers.communities[columns], geometry=placing.place(outlines))


def _register_streets(ground: Ground, placing: Placing, rng: np.random.Generator) -> gpd.GeoDataFrame:
    territory = ground.territory
    district = territory.district_of_street
    count = len(territory.streets)
    return gpd.GeoDataFrame(
        {
            "source_key": [f"JD{k:03d}" for k in range(1, count + 1)],
            "name": name_streets(rng, count),
            "district": np.array(DISTRICTS, dtype=object)[district],
            "code": [f"9901{d + 1:02d}{k:03d}" for k, d in enumerate(district.tolist(), start=1)],
        },
        geometry=placing.place(territory.streets),
    )


def _register_neighbourhoods(
    ground: Ground, streets: gpd.GeoDataFrame, placing: Placing, rng: np.random.Generator
) -> gpd.GeoDataFrame:
    territory = ground.territory
    count = len(territory.neighbourhoods)
    home = streets.iloc[territory.street_of_neighbourhood].reset_index(drop=True)
    return gpd.GeoDataFrame(
        {
            "source_key": [f"SQ{k:04d}" for k in range(1, count + 1)],
            "name": name_neighbourhoods(rng, count),
            "street": home["name"],
            "district": home["district"],
        },
        geometry=placing.place(territory.neighbourhoods),
    )
