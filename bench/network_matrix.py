"""Travel-time matrix: the contracted road graph beside the graph of every mapped node.

    python -m bench.network_matrix ROADS.osm.pbf [--places 200] [--rounds 5]

Places are drawn at random within the roads' bounds, those beside no road left out.
Both graphs answer the same question; the table gives CPU-seconds, best of the
rounds, and the last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.policy.city import City, parse_city_toml
from geo.roads.engine import RoadNetwork
from geo.roads.graph import build_graph
from geo.roads.network import Place
from geo.roads.osm import read_roads

CITY = Path(__file__).parents[1] / "data" / "city.toml"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("roads", type=Path)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    city = parse_city_toml(CITY.read_text(encoding="utf-8"))

    read_s, roads = best(lambda: read_roads(options.roads, city), options.rounds)
    every_node = split_at_every_node(roads)
    build_s, contracted = best(lambda: network(roads, city, contracted=True), options.rounds)
    plain_build_s, plain = best(lambda: network(every_node, city, contracted=False), options.rounds)
    places = draw_places(roads, contracted, options.places)
    matrix_s, fast = best(lambda: contracted.matrix(places), options.rounds)
    plain_matrix_s, slow = best(lambda: plain.matrix(places), options.rounds)
    path_s, _ = best(
        lambda: [contracted.path(a, b) for a, b in zip(places, places[1:], strict=False)], options.rounds
    )
    figures = {
        "roads": options.roads.name,
        "places": len(places),
        "read_s": read_s,
        "contracted": {"nodes": node_count(roads, True), "build_s": build_s, "matrix_s": matrix_s},
        "every_node": {
            "nodes": node_count(every_node, False),
            "build_s": plain_build_s,
            "matrix_s": plain_matrix_s,
        },
        "matrix_ratio": plain_matrix_s / matrix_s,
        "largest_difference_s": float(np.abs(fast.seconds - slow.seconds).max()),
        "path_ms": path_s / (len(places) - 1) * 1000,
    }
    report(figures)


def best(work: Callable[[], Any], rounds: int) -> tuple[float, Any]:
    """Return the least CPU time of ``work``, in seconds, and its result."""
    times = []
    for _ in range(rounds):
        begun = time.process_time()
        result = work()
        times.append(time.process_time() - begun)
    return min(times), result


def network(roads: gpd.GeoDataFrame, city: City, *, contracted: bool) -> RoadNetwork:
    """Return the road network of a frame."""
    graph = build_graph(roads, contracted=contracted)
    return RoadNetwork(graph, snap_limit_m=city.routes.snap_limit_m, metric_epsg=city.metric_epsg)


def node_count(roads: gpd.GeoDataFrame, contracted: bool) -> int:
    """Return how many nodes the graph of a frame has."""
    return build_graph(roads, contracted=contracted).node_count


def split_at_every_node(roads: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row per straight stretch: the graph as OpenStreetMap maps it."""
    lonlat, owner = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
    begins = np.flatnonzero(owner[:-1] == owner[1:])
    rows = owner[begins]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    last = np.append(first[1:], len(owner)) - 1
    nodes = -1 - np.arange(len(owner))  # bends belong to one road only
    nodes[first], nodes[last] = roads["from_node"], roads["to_node"]
    lines = shapely.linestrings(np.stack([lonlat[begins], lonlat[begins + 1]], axis=1))
    split = roads.iloc[rows].assign(
        source_key=[str(number) for number in range(len(rows))],
        from_node=nodes[begins],
        to_node=nodes[begins + 1],
    )
    return split.set_geometry(lines, crs=4326).reset_index(drop=True)


def draw_places(roads: gpd.GeoDataFrame, net: RoadNetwork, count: int) -> list[Place]:
    """Return ``count`` places beside roads, the same on every run."""
    west, south, east, north = roads.total_bounds
    spots = np.random.default_rng(1).uniform((west, south), (east, north), (4 * count, 2))
    places = [Place(str(i), str(i), float(lon), float(lat)) for i, (lon, lat) in enumerate(spots)]
    missed = {miss.place.key for miss in net.matrix(places).misses}
    return [place for place in places if place.key not in missed][:count]


def report(figures: dict[str, Any]) -> None:
    """Print the table, then the figures as one line of JSON."""
    contracted, plain = figures["contracted"], figures["every_node"]
    print(f"{figures['roads']}: read in {figures['read_s']:.3f} s, {figures['places']} places")
    print(f"{'':<22}{'contracted':>12}{'every node':>12}{'ratio':>8}")
    for label, key in (("nodes", "nodes"), ("build, s", "build_s"), ("matrix, s", "matrix_s")):
        shown = [
            f"{value[key]:.3f}" if isinstance(value[key], float) else value[key]
            for value in (contracted, plain)
        ]
        print(f"{label:<22}{shown[0]:>12}{shown[1]:>12}{plain[key] / contracted[key]:>8.2f}")
    print(f"largest difference of two times: {figures['largest_difference_s']:.1e} s")
    print(f"one path: {figures['path_ms']:.2f} ms")
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
