"""The road network and its file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
import pytest
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from geo.policy.city import City
from geo.roads.osm import read_roads
from geo.sample import SampleCity
from geo.sample.ground import Ground


def test_file_is_read_back_by_osmium(sample: SampleCity, tmp_path: Path) -> None:
    path = tmp_path / "roads.osm.pbf"
    sample.write_roads(path)
    nodes, ways, one_way, named = 0, 0, 0, 0
    for item in osmium.FileProcessor(str(path)):
        if item.is_node():
            nodes += 1
            assert 118 < item.location.lon < 119.1
        else:
            ways += 1
            one_way += item.tags.get("oneway") == "yes"
            named += "name" in item.tags
    assert nodes == len(sample.road_nodes)
    assert ways == len(sample.ways)
    assert 15_000 <= nodes <= 30_000
    assert 0.05 < one_way / ways < 0.25
    assert 0.5 < named / ways < 0.95


def test_same_file_twice(sample: SampleCity, tmp_path: Path) -> None:
    first, second = tmp_path / "a.osm.pbf", tmp_path / "b.osm.pbf"
    sample.write_roads(first)
    sample.write_roads(second)
    assert first.read_bytes() == second.read_bytes()


def test_every_road_can_be_reached_from_every_other(sample: SampleCity, city: City, tmp_path: Path) -> None:
    path = tmp_path / "roads.osm.pbf"
    sample.write_roads(path)
    roads = read_roads(path, city)
    ids = np.unique(roads[["from_node", "to_node"]].to_numpy())
    a, b = np.searchsorted(ids, roads["from_node"]), np.searchsorted(ids, roads["to_node"])
    both = (roads["oneway"] == "both").to_numpy()
    assert not (roads["oneway"] == "backward").any()
    tails, heads = np.concatenate([a, b[both]]), np.concatenate([b, a[both]])
    graph = sparse.csr_array((np.ones(len(tails)), (tails, heads)), (len(ids), len(ids)))
    count, _ = csgraph.connected_components(graph, directed=True, connection="strong")
    assert count == 1


def test_way_of_every_class_with_its_speed(sample: SampleCity, city: City) -> None:
    classes = set(sample.ways["highway"])
    assert classes == {"motorway", "trunk", "primary", "secondary", "tertiary", "residential"}
    assert classes <= set(city.routes.class_speed_kmh)


def test_motorways_meet_only_greater_roads(ground: Ground) -> None:
    """A node of a motorway that a tertiary or residential street shares is one of a greater road too."""
    roads = ground.roads
    way = np.repeat(np.arange(len(roads.classes)), np.diff(roads.starts))
    of_class = [set(roads.members[roads.classes[way] == k].tolist()) for k in range(6)]
    shared = of_class[0] & (of_class[4] | of_class[5])
    assert shared <= of_class[1] | of_class[2] | of_class[3]


def test_one_ways_lie_in_town(ground: Ground) -> None:
    middle = shapely.get_coordinates(shapely.centroid(ground.roads.shapes[ground.roads.oneway]))
    assert len(middle) > 100
    assert ground.terrain.density(middle).mean() > 0.5


@pytest.mark.parametrize("highway", ["primary", "secondary"])
def test_main_roads_have_names(sample: SampleCity, highway: str) -> None:
    own = sample.ways[sample.ways["highway"] == highway]
    assert own["name"].notna().all()
    assert own["name"].str.endswith(("大道", "路")).all()
