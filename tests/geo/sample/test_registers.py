"""Registers: what they hold, what they lack, and that the datum can be told from them."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from geo.datums.crs import Datum, convert_geometries
from geo.datums.detection import judge_boundaries, judge_outlines
from geo.policy.city import City
from geo.roads.osm import read_roads
from geo.sample import SampleCity


def test_places_lie_where_the_sample_is(sample: SampleCity) -> None:
    west, south, east, north = sample.streets.total_bounds
    assert 118.2 < west < east < 118.9
    assert 25.8 < south < north < 26.4


def test_streets_tile_the_city_to_the_last_digit(sample: SampleCity, city: City) -> None:
    assert len(sample.streets) == 100
    assert sample.streets["district"].nunique() == 8
    assert sample.streets.is_valid.all()
    assert shapely.coverage_is_valid(sample.streets.geometry.to_numpy())
    assert 900e6 < sample.streets.to_crs(city.metric_epsg).area.sum() < 1_400e6


def test_neighbourhoods_tile_their_streets(sample: SampleCity, city: City) -> None:
    frame = sample.neighbourhoods
    assert 500 <= len(frame) <= 700
    assert shapely.coverage_is_valid(frame.geometry.to_numpy())
    whole = frame.to_crs(city.metric_epsg).area.groupby(frame["street"]).sum()
    own = sample.streets.set_index("name").to_crs(city.metric_epsg).area
    assert ((whole - own).abs() / own).max() < 1e-6
    assert frame.groupby("street").size().max() < 40


def test_some_communities_have_a_name_and_no_outline(sample: SampleCity) -> None:
    missing = sample.communities.geometry.isna()
    assert 0.02 < missing.mean() < 0.04
    assert sample.communities.loc[missing, "name"].notna().all()
    assert len(sample.communities) == 3_000
    assert not sample.gates["community"].isin(sample.communities.loc[missing, "source_key"]).any()


def test_outlines_lie_in_the_street_they_name(sample: SampleCity) -> None:
    located = sample.communities[sample.communities.geometry.notna()]
    home = sample.streets.set_index("name").geometry.loc[located["street"]]
    assert shapely.contains(home.to_numpy(), located.geometry.to_numpy()).all()


@pytest.mark.parametrize("datum", [Datum.WGS84, Datum.GCJ02, Datum.BD09])
def test_datum_can_be_told_on_the_sample(
    sample: SampleCity, city: City, tmp_path: Path, datum: Datum
) -> None:
    """Outlines cross no major road and boundaries follow them, in the right datum only."""
    path = tmp_path / "roads.osm.pbf"
    sample.write_roads(path)
    roads = read_roads(path, city)
    outlines = sample.communities[sample.communities.geometry.notna()]
    for judge, frame in ((judge_outlines, outlines), (judge_boundaries, sample.streets)):
        shifted = frame.set_geometry(
            convert_geometries(frame.geometry.to_numpy(), Datum.WGS84, datum), crs=4326
        )
        assert judge(shifted, roads, city).best is datum


def test_outlines_cross_no_road(sample: SampleCity) -> None:
    outlines = sample.communities.geometry.dropna()
    assert outlines.is_valid.all()
    assert outlines.sindex.query(sample.ways.geometry, predicate="intersects").shape[1] == 0
