"""Travel-time matrix: what the rules of the road cost, and what contraction saves.

    python -m bench.network_matrix ROADS.osm.pbf [--places 200] [--rounds 5] [--restrictions 300]

Places are drawn at random within the roads' bounds, those beside no road left out. Three
graphs: contracted without rules (turn restrictions, barriers, limited access, where nobody
stops), the same roads with all of them and so many random turn restrictions more, and every
mapped node without rules. Rounds of the three alternate; the table gives CPU-seconds, best of
the rounds, and the last line is the same as JSON.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
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
from geo.roads.turns import Turn

CITY = Path(__file__).parents[1] / "data" / "city.toml"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("roads", type=Path)
    parser.add_argument("--places", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--restrictions", type=int, default=300)
    options = parser.parse_args()
    city = parse_city_toml(CITY.read_text(encoding="utf-8"))

    [(read_s, read)] = best([lambda: read_roads(options.roads, city)], options.rounds)
    free = read.assign(access="open", may_stop=True, from_barred=False, to_barred=False, turns=None)
    frames = {
        "without rules": (free, True),
        "with rules": (plant_restrictions(read, options.restrictions), True),
        "every node": (split_at_every_node(free), False),
    }
    builds = best(
        [partial(network, frame, city, contracted=flag) for frame, flag in frames.values()], options.rounds
    )
    networks = [made for _, made in builds]
    places = draw_places(free, networks, options.places)
    matrices = best([partial(made.matrix, places) for made in networks], options.rounds)
    paths = best([partial(drive_all, made, places) for made in networks], options.rounds)
    measured = zip(frames.items(), builds, matrices, paths, strict=True)
    rows = {
        name: {
            "nodes": build_graph(frame, contracted=flag).node_count,
            "build_s": build_s,
            "matrix_s": matrix_s,
            "path_ms": path_s / (len(places) - 1) * 1000,
        }
        for (name, (frame, flag)), (build_s, _), (matrix_s, _), (path_s, _) in measured
    }
    times = [matrix.seconds for _, matrix in matrices]
    report(
        {
            "roads": options.roads.name,
            "places": len(places),
            "read_s": read_s,
            "graphs": rows,
            "rules_cost": rows["with rules"]["matrix_s"] / rows["without rules"]["matrix_s"],
            "contraction_saves": rows["every node"]["matrix_s"] / rows["without rules"]["matrix_s"],
            "largest_difference_s": float(np.abs(times[0] - times[2]).max()),
            "pairs_that_rules_lengthen": float((times[1] > times[0] + 1).mean()),
        }
    )


def best(works: Sequence[Callable[[], Any]], rounds: int) -> list[tuple[float, Any]]:
    """Return, for each work, the least CPU time of the rounds in seconds, and its result."""
    times: list[list[float]] = [[] for _ in works]
    results: list[Any] = [None] * len(works)
    for _ in range(rounds):
        for index, work in enumerate(works):
            begun = time.process_time()
            results[index] = work()
            times[index].append(time.process_time() - begun)
    return list(zip(map(min, times), results, strict=True))


def network(roads: gpd.GeoDataFrame, city: City, *, contracted: bool) -> RoadNetwork:
    """Return the road network of a frame."""
    graph = build_graph(roads, contracted=contracted)
    return RoadNetwork(graph, snap_limit_m=city.routes.snap_limit_m, metric_epsg=city.metric_epsg)


def drive_all(net: RoadNetwork, places: Sequence[Place]) -> None:
    """Find the path from each place to the next."""
    for origin, destination in pairwise(places):
        net.path(origin, destination)


def plant_restrictions(roads: gpd.GeoDataFrame, count: int) -> gpd.GeoDataFrame:
    """Return the roads with ``count`` random turn restrictions more, the same on every run."""
    dice = random.Random(8)
    ways, begins, ends, oneways = (
        roads[name].tolist() for name in ("way_id", "from_node", "to_node", "oneway")
    )
    steps = [(row, begins[row], ends[row]) for row in range(len(roads)) if oneways[row] != "backward"]
    steps += [(row, ends[row], begins[row]) for row in range(len(roads)) if oneways[row] != "forward"]
    leaving: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for step in steps:
        leaving[step[1]].append(step)
    texts: dict[int, list[str]] = {row: [text] for row, text in roads["turns"].dropna().items()}
    planted = 0
    while planted < count:
        walk = [dice.choice(steps)]
        for _ in range(dice.choice((1, 1, 2))):
            onward = [step for step in leaving[walk[-1][2]] if step[0] not in {row for row, _, _ in walk}]
            walk += [dice.choice(onward)] if onward else []
        if len(walk) > 1:
            nodes = (walk[0][1], *(end for _, _, end in walk))
            turn = Turn(dice.random() < 0.2, nodes, tuple(ways[row] for row, _, _ in walk))
            texts.setdefault(walk[0][0], []).append(str(turn))
            planted += 1
    return roads.assign(turns=["; ".join(texts.get(row, ())) or None for row in range(len(roads))])


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


def draw_places(roads: gpd.GeoDataFrame, nets: Sequence[RoadNetwork], count: int) -> list[Place]:
    """Return ``count`` places beside roads of all networks, the same on every run."""
    west, south, east, north = roads.total_bounds
    spots = np.random.default_rng(1).uniform((west, south), (east, north), (4 * count, 2))
    places = [Place(str(i), str(i), float(lon), float(lat)) for i, (lon, lat) in enumerate(spots)]
    missed = {miss.place.key for net in nets for miss in net.matrix(places).misses}
    return [place for place in places if place.key not in missed][:count]


def report(figures: dict[str, Any]) -> None:
    """Print the table, then the figures as one line of JSON."""
    graphs = figures["graphs"]
    print(f"{figures['roads']}: read in {figures['read_s']:.3f} s, {figures['places']} places")
    print(f"{'':<14}" + "".join(f"{name:>16}" for name in graphs))
    labels = {"nodes": "nodes", "build_s": "build, s", "matrix_s": "matrix, s", "path_ms": "one path, ms"}
    for key, label in labels.items():
        shown = (
            f"{graph[key]:>16.3f}" if key != "nodes" else f"{graph[key]:>16}" for graph in graphs.values()
        )
        print(f"{label:<14}" + "".join(shown))
    print(f"with rules a matrix takes {figures['rules_cost']:.2f} times as long")
    print(f"with every node it takes {figures['contraction_saves']:.2f} times as long")
    print(f"contraction changes no time by more than {figures['largest_difference_s']:.1e} s")
    print(f"rules lengthen {figures['pairs_that_rules_lengthen']:.0%} of the ways by more than a second")
    print(json.dumps(figures, ensure_ascii=False))


if __name__ == "__main__":
    main()
