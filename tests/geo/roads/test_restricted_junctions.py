"""Turn restrictions from a file to travel times: hand-made junctions, and real roads, against brute force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest

from geo.policy.city import City
from geo.roads.engine import RoadNetwork, open_network
from geo.roads.graph import build_graph
from geo.roads.network import Place
from geo.roads.osm import read_road_file, read_roads
from geo.roads.parts import find_parts
from geo.roads.snapping import Snapper
from geo.roads.turns import Turn, write_turns
from tests.geo.conftest import PbfWriter
from tests.geo.roads.brute_force import Forbids, Relation, Town, by_relations, by_walks
from tests.geo.towns import METRIC_EPSG, lonlat

# Streets 200 m apart, each block a way of its own: 10·row + column. Around the middle, 22:
#
#   31 ── 32 ── 33      the way from 21 to 22 is two (2122a, 2122b) that meet at 91, where nobody can choose;
#    │     │     │      that from 22 to 23 bends at 92; that from 22 to 32 is cut at 93 by a lane to 94, a
#   21─91─22─92─23      dead end. From 43 over 42 to 41 runs a one-way road, from 23 to 43 one beside 33.
#   11 ── 12 ── 13
NODES = {10 * row + column: (200.0 * column, 200.0 * row) for row in (1, 2, 3, 4) for column in (1, 2, 3)} | {
    91: (300.0, 390.0),
    92: (510.0, 420.0),
    93: (400.0, 500.0),
    94: (300.0, 500.0),
    95: (410.0, 330.0),
    96: (410.0, 270.0),
    97: (700.0, 600.0),
}
WAYS: list[tuple[int, list[int], dict[str, str]]] = [
    (1112, [11, 12], {}),
    (1213, [12, 13], {}),
    (1121, [11, 21], {}),
    (1222, [12, 96, 95, 22], {}),
    (1323, [13, 23], {}),
    (21220, [21, 91], {}),
    (21221, [91, 22], {}),
    (2223, [22, 92, 23], {}),
    (2131, [21, 31], {}),
    (2232, [22, 93, 32], {}),
    (2333, [23, 33], {}),
    (3132, [31, 32], {}),
    (3233, [32, 33], {}),
    (9394, [93, 94], {}),
    (3141, [31, 41], {}),
    (3242, [32, 42], {}),
    (3343, [33, 43], {}),
    (2343, [23, 97, 43], {}),
    (4342, [43, 42], {"oneway": "yes"}),
    (4241, [42, 41], {"oneway": "yes"}),
    (3332, [33, 32], {"oneway": "yes", "name": "beside 3233", "maxspeed": "10"}),
]
WEST, EAST, SOUTH, NORTH = 21221, 2223, 1222, 2232


def rule(kind: str, begin: int, via: int | Sequence[int], end: int, **tags: str) -> Relation:
    """Return a restriction between ways, over a node or over ways."""
    between = [("n", via, "via")] if isinstance(via, int) else [("w", way, "via") for way in via]
    said = {"type": "restriction"} | ({"restriction": kind} if kind else {})
    members = [("w", begin, "from"), *between, ("w", end, "to")]
    return (1, members, said | {key.replace("__", ":"): value for key, value in tags.items()})


def wide(kind: str, begins: Sequence[int], via: int, ends: Sequence[int]) -> Relation:
    froms, tos = [("w", way, "from") for way in begins], [("w", way, "to") for way in ends]
    return (1, [*froms, ("n", via, "via"), *tos], {"type": "restriction", "restriction": kind})


HOLD: dict[str, list[Relation]] = {
    "no left turn": [rule("no_left_turn", SOUTH, 22, WEST)],
    "no right turn": [rule("no_right_turn", SOUTH, 22, EAST)],
    "no straight on": [rule("no_straight_on", SOUTH, 22, NORTH)],
    "no straight on over a bend": [rule("no_straight_on", 21220, 91, 21221)],
    "no way out of a bend but back": [
        rule("no_straight_on", 21220, 91, 21221),
        rule("no_straight_on", 21221, 91, 21220),
    ],
    "no u-turn at a junction": [
        rule("no_u_turn", NORTH, 22, NORTH),
        *(rule("no_straight_on", NORTH, 22, way) for way in (SOUTH, EAST, WEST)),
        rule("only_left_turn", SOUTH, 22, WEST),
    ],
    "no u-turn in a dead end": [rule("no_u_turn", 9394, 94, 9394), rule("only_right_turn", 2232, 32, 3132)],
    "only left": [rule("only_left_turn", SOUTH, 22, WEST)],
    "only right": [rule("only_right_turn", SOUTH, 22, EAST)],
    "only straight on": [rule("only_straight_on", SOUTH, 22, NORTH)],
    "only back": [rule("only_u_turn", SOUTH, 22, SOUTH)],
    "only one of two": [rule("only_left_turn", SOUTH, 22, WEST), rule("only_straight_on", SOUTH, 22, NORTH)],
    "only, in every direction": [
        rule("only_straight_on", SOUTH, 22, NORTH),
        rule("only_straight_on", NORTH, 22, SOUTH),
        rule("only_straight_on", EAST, 22, WEST),
        rule("only_straight_on", WEST, 22, EAST),
    ],
    "no entry from two": [wide("no_entry", [SOUTH, EAST], 22, [NORTH])],
    "no exit to two": [wide("no_exit", [SOUTH], 22, [NORTH, WEST])],
    "onto a one-way road": [rule("no_left_turn", 3343, 43, 4342)],
    "out of a one-way road": [rule("no_left_turn", 4342, 42, 3242)],
    "two at one junction": [rule("no_left_turn", SOUTH, 22, WEST), rule("no_right_turn", SOUTH, 22, EAST)],
    "at both ends of a way": [rule("no_left_turn", EAST, 22, SOUTH), rule("no_right_turn", EAST, 23, 1323)],
    "for motorcars": [rule("", SOUTH, 22, WEST, restriction__motorcar="no_left_turn")],
    "at some hours": [rule("", SOUTH, 22, WEST, restriction__conditional="no_left_turn @ (07:00-09:00)")],
    "but not for buses": [rule("no_left_turn", SOUTH, 22, WEST, **{"except": "psv;bicycle"})],
    "no left over a way": [rule("no_left_turn", 1112, [SOUTH], WEST)],
    "no u-turn over a way": [rule("no_u_turn", 3233, [3242], 4241), rule("no_u_turn", 4342, [3242], 3233)],
    "over a way that a lane cuts": [rule("no_straight_on", SOUTH, [NORTH], 3242)],
    "over two ways that meet in a bend": [rule("no_left_turn", 1121, [21220, 21221], NORTH)],
    "over two ways in the wrong order": [rule("no_left_turn", 1121, [21221, 21220], NORTH)],
    "only, over a way": [rule("only_straight_on", SOUTH, [NORTH], 3242)],
    "only, over a way from a bend": [rule("only_left_turn", 21220, [21221], NORTH)],
    "several over one way": [
        rule("no_left_turn", 1112, [SOUTH], WEST),
        rule("no_right_turn", 1213, [SOUTH], EAST),
        rule("no_left_turn", 1112, 12, SOUTH),
    ],
    "one within another": [
        rule("no_straight_on", 1112, [SOUTH, NORTH], 3242),
        rule("no_left_turn", SOUTH, [NORTH], 3132),
    ],
    "over a one-way road": [rule("no_left_turn", 3343, [4342], 3242)],
    "all at once": [
        rule("no_left_turn", SOUTH, 22, WEST),
        rule("only_straight_on", EAST, 22, WEST),
        rule("no_u_turn", 3233, [3242], 4241),
        rule("no_left_turn", 1121, [21220, 21221], NORTH),
        rule("no_right_turn", 2333, 33, 3343),
    ],
}
EMPTY: dict[str, list[Relation]] = {
    "not for cars": [rule("no_left_turn", SOUTH, 22, WEST, **{"except": "motorcar"})],
    "not for motor vehicles": [rule("no_left_turn", SOUTH, 22, WEST, **{"except": "bicycle; motor_vehicle"})],
    "for lorries": [rule("", SOUTH, 22, WEST, restriction__hgv="no_left_turn")],
    "at a red light": [rule("no_right_turn_on_red", SOUTH, 22, EAST)],
    "a relation of another type": [
        (
            1,
            [("w", SOUTH, "from"), ("n", 22, "via"), ("w", WEST, "to")],
            {"type": "route", "restriction": "no_left_turn"},
        )
    ],
    "into a road that is not in the file": [rule("no_left_turn", SOUTH, 22, 777)],
    "against a one-way road": [rule("no_left_turn", 3242, 42, 4342)],
    "between roads that do not meet": [rule("no_left_turn", 1112, 22, EAST)],
    "u-turn in a bend": [rule("no_u_turn", 21220, 91, 21220)],
}


def read(write_pbf: PbfWriter, city: City, relations: Sequence[Relation]) -> gpd.GeoDataFrame:
    nodes = {node: lonlat(*metres) for node, metres in NODES.items()}
    ways = [(way, refs, {"highway": "residential"} | tags) for way, refs, tags in WAYS]
    numbered = [(number, members, tags) for number, (_, members, tags) in enumerate(relations, start=1)]
    return read_road_file(write_pbf(nodes, ways, restrictions=numbered), city).roads


def spots_on(roads: gpd.GeoDataFrame, rows: Sequence[int], shares: Sequence[float]) -> list[Place]:
    points = [
        roads.geometry.iloc[r].interpolate(s, normalized=True) for r, s in zip(rows, shares, strict=True)
    ]
    return [Place(str(i), str(i), point.x, point.y) for i, point in enumerate(points)]


def compare(
    roads: gpd.GeoDataFrame, forbids: Forbids, places: Sequence[Place], epsg: int, memory: int, sources: int
) -> np.ndarray:
    """Assert that all times from the first places are those of brute force, and return them."""
    plain = build_graph(roads, contracted=False)
    graph = build_graph(roads)
    parts = find_parts(plain)
    snaps = Snapper(plain, parts, limit_m=300, metric_epsg=epsg).snap(places)
    town = Town(roads)
    town.leave_out(np.flatnonzero(~parts.main).tolist())  # one could set out there from a place on a junction
    net = RoadNetwork(graph, snap_limit_m=300, metric_epsg=epsg)
    times = net.matrix(places).seconds
    slow = RoadNetwork(plain, snap_limit_m=300, metric_epsg=epsg).matrix(places).seconds
    assert times == pytest.approx(slow, abs=1e-3)
    rows, at_s = snaps.link.tolist(), snaps.at_s.tolist()
    for i in range(sources):
        time_to = town.times((rows[i], at_s[i]), forbids, memory)
        expected = [0.0 if i == j else time_to(rows[j], at_s[j]) for j in range(len(places))]
        assert times[i] == pytest.approx(expected, abs=1e-3), places[i].key
        assert np.isfinite(times[i]).all()
    path = net.path(places[0], places[-1])
    assert path.seconds == pytest.approx(times[0, -1])
    return times


@pytest.mark.parametrize("name", HOLD)
def test_times_are_those_of_brute_force(write_pbf: PbfWriter, city: City, name: str) -> None:
    roads = read(write_pbf, city, HOLD[name])
    assert roads["turns"].notna().any()
    town = Town(roads)
    dice = np.random.default_rng(len(name))
    places = spots_on(
        roads, dice.permutation(len(roads)).tolist(), dice.uniform(0.1, 0.9, len(roads)).tolist()
    )
    times = compare(roads, by_relations(town, HOLD[name]), places, METRIC_EPSG, 5, len(places))
    free = RoadNetwork(build_graph(roads.assign(turns=None)), snap_limit_m=300, metric_epsg=METRIC_EPSG)
    assert (times >= free.matrix(places).seconds - 1e-6).all()
    assert (times > free.matrix(places).seconds + 1).any()


@pytest.mark.parametrize("name", EMPTY)
def test_what_does_not_hold_for_cars_changes_nothing(write_pbf: PbfWriter, city: City, name: str) -> None:
    roads = read(write_pbf, city, EMPTY[name])
    places = spots_on(roads, range(len(roads)), [0.4] * len(roads))
    free = RoadNetwork(build_graph(roads.assign(turns=None)), snap_limit_m=300, metric_epsg=METRIC_EPSG)
    net = RoadNetwork(build_graph(roads), snap_limit_m=300, metric_epsg=METRIC_EPSG)
    assert net.matrix(places).seconds == pytest.approx(free.matrix(places).seconds)


def plant(roads: gpd.GeoDataFrame, count: int, seed: int) -> tuple[gpd.GeoDataFrame, list[Turn]]:
    """Return the roads with random restrictions of every kind, and these."""
    dice = np.random.default_rng(seed)
    town = Town(roads)
    steps = sorted(town.allowed)
    ids = roads[["from_node", "to_node"]].to_numpy()
    turns: list[tuple[int, Turn]] = []
    while len(turns) < count:
        walk = [steps[dice.integers(len(steps))]]
        for _ in range(1 + int(dice.random() < 0.4)):
            onward = town.leaving[town.head(walk[-1])]
            if onward:
                walk.append(onward[dice.integers(len(onward))])
        rows = [row for row, _ in walk]
        if len(walk) < 2 or (len(walk) == 3 and len(set(rows)) < 3):
            continue
        ends = [tuple(ids[row][::-1] if against else ids[row]) for row, against in walk]
        nodes = (int(ends[0][0]), *(int(end[1]) for end in ends))
        ways = tuple(int(roads["way_id"].iloc[row]) for row in rows)
        turns.append((rows[0], Turn(bool(dice.random() < 0.25), nodes, ways)))
    by_row: Mapping[int, list[Turn]] = {row: [t for r, t in turns if r == row] for row, _ in turns}
    texts = [write_turns(by_row.get(row, ())) for row in range(len(roads))]
    return roads.assign(turns=np.array(texts, dtype=object)), [turn for _, turn in turns]


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "epsg"), [("shenzhen/futian_roads.osm.pbf", 32650), ("shanghai/roads.osm.pbf", 32651)]
)
def test_300_restrictions_on_real_roads_agree_on_200_pairs(
    real_data: Path, city: City, name: str, epsg: int
) -> None:
    roads, turns = plant(read_roads(real_data / name, city), 300, seed=8)
    west, south, east, north = roads.total_bounds
    spots = np.random.default_rng(5).uniform((west, south), (east, north), (200, 2))
    places = [Place(str(i), str(i), float(lon), float(lat)) for i, (lon, lat) in enumerate(spots)]
    net = RoadNetwork(build_graph(roads), snap_limit_m=300, metric_epsg=epsg)
    missed = {miss.place.key for miss in net.matrix(places).misses}
    kept = [place for place in places if place.key not in missed][:51]
    assert len(kept) == 51
    forbids = by_walks(Town(roads), roads, turns)
    compare(roads, forbids, kept, epsg, 2, 4)  # 4 × 50 pairs


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("origin", "destination", "metres", "last"),
    [
        ((117.008, 30.9999), (117.010, 30.9999), 1842, "南街"),  # a bollard between them
        ((117.003, 30.985), (117.006, 30.987), 1524.9, "二经路"),  # no left turn
        ((117.018, 31.004), (117.0245, 31.0020), 1020, "沿河路"),  # a motorway is nearer
    ],
)
def test_the_case_of_a_bollard_a_turn_and_a_motorway(
    real_data: Path,
    city: City,
    origin: tuple[float, float],
    destination: tuple[float, float],
    metres: float,
    last: str,
) -> None:
    file = real_data / "cases" / "c09_roads.osm.pbf"
    if not file.is_file():
        pytest.skip("no cases/c09_roads.osm.pbf")
    net = open_network(read_roads(file, city), city)
    path = net.path(Place("a", "a", *origin), Place("b", "b", *destination))
    assert path.metres == pytest.approx(metres, abs=1)
    assert path.roads[-1].name == last
