"""Travel along roads: times worked by hand, one-ways, contraction against an oracle, real extracts."""

from __future__ import annotations

import heapq
import math
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import NetworkError, RoadError
from geo.policy.city import City
from geo.roads.engine import RoadNetwork, open_network
from geo.roads.graph import build_graph, measure_metres
from geo.roads.network import MissReason, Note, Place, RoadStretch, StraightLine
from geo.roads.osm import read_roads
from geo.roads.parts import find_parts
from tests.geo.towns import METRIC_EPSG, Road, line_town, lonlat, place, town

# A ring of 1 km sides with a road through the middle:  4 ── 6 ── 3
#                                                      │    │    │
#                                                      1 ── 5 ── 2
BLOCK = {
    1: (0.0, 0.0),
    2: (1000.0, 0.0),
    3: (1000.0, 1000.0),
    4: (0.0, 1000.0),
    5: (500.0, 0.0),
    6: (500.0, 1000.0),
    7: (3000.0, 0.0),
    8: (3500.0, 0.0),
}
TWO_WAY: list[Road] = [
    (1, 5, "南路"),
    (5, 2, "南路"),
    (2, 3, "东路"),
    (3, 6, "北路"),
    (6, 4, "北路"),
    (4, 1, "西路"),
    (5, 6, None),
]
ONE_WAY: list[Road] = [
    (1, 5, "南路", "forward"),
    (2, 5, "南路", "backward"),
    (2, 3, "东路", "forward"),
    (6, 3, "北路", "backward"),
    (6, 4, "北路", "forward"),
    (4, 1, "西路", "forward"),
    (5, 6, None, "both"),
]


def network(roads: gpd.GeoDataFrame, *, contracted: bool = True) -> RoadNetwork:
    graph = build_graph(roads, contracted=contracted)
    return RoadNetwork(graph, snap_limit_m=300, metric_epsg=METRIC_EPSG)


def seconds(net: RoadNetwork, *places: Place) -> np.ndarray:
    return net.matrix(places).seconds


def test_times_worked_by_hand_at_10_metres_a_second() -> None:
    net = network(town(BLOCK, TWO_WAY))
    a, b, c = place("a", 200, 30), place("b", 1030, 400), place("c", 520, 600)
    # a-b: 800 + 400 m; a-c: 300 + 600 m; b-c: 400 + 500 + 600 m by the south
    assert seconds(net, a, b, c) == pytest.approx(
        np.array([[0, 120, 90], [120, 0, 150], [90, 150, 0]]), abs=0.1
    )


def test_the_quicker_way_wins_over_the_shorter() -> None:
    roads = [*TWO_WAY[:6], (5, 6, None, "both", 9.0)]
    net = network(town(BLOCK, roads))
    # through the middle 1000 m at 2.5 m/s are 400 s; around 2000 m at 10 m/s are 200 s
    path = net.path(place("a", 500, 0), place("b", 500, 1000))
    assert path.seconds == pytest.approx(200, abs=0.1)
    assert path.metres == pytest.approx(2000, abs=1)


def test_one_way_streets_make_there_and_back_differ() -> None:
    net = network(town(BLOCK, ONE_WAY))
    a, b = place("a", 200, 0), place("b", 800, 0)
    # b to a goes east, north, west and south around the ring: 200 + 1000 + 1000 + 1000 + 200 m
    assert seconds(net, a, b) == pytest.approx(np.array([[0, 60], [340, 0]]), abs=0.1)


def test_the_path_tells_roads_metres_and_line() -> None:
    net = network(town(BLOCK, TWO_WAY))
    a, b = place("a", 200, 30), place("b", 1030, 400)
    path = net.path(a, b)
    assert path.seconds == pytest.approx(seconds(net, a, b)[0, 1])
    assert path.roads == (
        RoadStretch("南路", pytest.approx(800, abs=0.5)),
        RoadStretch("东路", pytest.approx(400, abs=0.5)),
    )
    assert path.metres == pytest.approx(sum(stretch.metres for stretch in path.roads))
    assert measure_metres(np.array([path.line]))[0] == pytest.approx(path.metres, abs=0.1)
    corners = [lonlat(200, 0), lonlat(500, 0), lonlat(1000, 0), lonlat(1000, 400)]
    assert np.array(path.line.coords) == pytest.approx(np.array(corners), abs=2e-5)


def test_a_path_driven_against_the_drawing_runs_from_origin_to_destination() -> None:
    net = network(town(BLOCK, TWO_WAY))
    there, back = (net.path(*ends) for ends in _both_ways(place("a", 200, 0), place("b", 1000, 400)))
    assert np.array(back.line.coords) == pytest.approx(np.array(there.line.coords)[::-1])
    assert [stretch.name for stretch in back.roads] == ["东路", "南路"]


def _both_ways(a: Place, b: Place) -> list[tuple[Place, Place]]:
    return [(a, b), (b, a)]


def test_roads_without_a_name_stand_between_the_named() -> None:
    path = network(town(BLOCK, TWO_WAY)).path(place("a", 200, 0), place("b", 700, 1000))
    assert [(s.name, round(s.metres)) for s in path.roads] == [("南路", 300), (None, 1000), ("北路", 200)]


def test_places_at_one_position_stay_apart() -> None:
    net = network(town(BLOCK, TWO_WAY))
    twins = [
        place("a", 200, 20),
        place("b", 200, -20),
        place("c", 200, 20),
        place("d", 500, -10),
        place("e", 500, -20),
    ]
    times = seconds(net, *twins)
    assert times.shape == (5, 5)
    assert times[:3, :3] == pytest.approx(np.zeros((3, 3)), abs=0.01)
    assert times[3:, 3:] == pytest.approx(np.zeros((2, 2)), abs=0.01)
    assert times[0, 3] == pytest.approx(30, abs=0.1)
    path = net.path(twins[0], twins[2])
    assert path.line.is_empty
    assert (path.seconds, path.metres, path.roads) == (0, 0, ())


def test_no_way_leads_through_a_place() -> None:
    net = network(town(BLOCK, ONE_WAY))
    a, b = place("a", 200, 0), place("b", 800, 0)
    between = place("c", 500, 0)
    assert seconds(net, a, b, between)[:2, :2] == pytest.approx(seconds(net, a, b))


def test_a_bollard_is_driven_round() -> None:
    roads = town(BLOCK, TWO_WAY).assign(
        to_barred=[True, *[False] * 6], from_barred=[False, True, *[False] * 5]
    )
    path = network(roads).path(place("a", 300, 10), place("b", 700, 10))
    assert path.metres == pytest.approx(300 + 1000 + 1000 + 1000 + 300, abs=1)


@pytest.mark.parametrize("contracted", [True, False])
def test_a_limited_road_is_begun_and_ended_on_but_not_driven_through(contracted: bool) -> None:
    # The road through the middle, 5 to 6, is private.
    roads = town(BLOCK, TWO_WAY).assign(access=[*["open"] * 6, "limited"])
    net = network(roads, contracted=contracted)
    inside, deep = place("in", 500, 300), place("deep", 500, 800)
    south, north = place("s", 400, 0), place("n", 400, 1000)
    assert seconds(net, south, north)[0, 1] == pytest.approx(40 + 100 + 40, abs=0.1)  # round by the west
    # From inside to south: 300 + 100; to north: 700 + 100 m; between two inside straight along
    assert seconds(net, inside, south, north, deep)[0] == pytest.approx([0, 40, 80, 50], abs=0.1)
    assert seconds(net, south, inside, deep)[0] == pytest.approx([0, 40, 90], abs=0.1)
    assert [s.metres for s in net.path(south, inside).roads] == pytest.approx([100, 300], abs=0.5)


def test_what_lies_behind_a_limited_road_is_reached_too() -> None:
    nodes = {**BLOCK, 7: (500.0, 300.0), 8: (500.0, 700.0)}
    roads = town(nodes, [*TWO_WAY[:6], (5, 7), (7, 8), (8, 6)])
    roads = roads.assign(access=[*["open"] * 6, "limited", "open", "limited"])
    net = network(roads)
    court, south, north = place("court", 500, 500), place("s", 400, 0), place("n", 400, 1000)
    assert seconds(net, court, south, north)[0] == pytest.approx([0, 60, 60], abs=0.1)
    assert seconds(net, south, north)[0, 1] == pytest.approx(180, abs=0.1)


def test_a_motorway_is_driven_through_but_nobody_is_reached_on_it() -> None:
    roads = town(BLOCK, TWO_WAY).assign(may_stop=[*[True] * 6, False])
    net = network(roads)
    beside = place("beside", 490, 200)  # 10 m from it, 200 m from the road in the south
    a, b = place("a", 500, -50), place("b", 500, 1050)
    assert seconds(net, a, beside)[0, 1] == pytest.approx(1, abs=0.1)
    assert seconds(net, a, b)[0, 1] == pytest.approx(100, abs=0.1)
    area = net.reachable(a, 60)
    assert area.contains(shapely.Point(lonlat(500, 290)))
    assert not area.contains(shapely.Point(lonlat(500, 500)))


def test_a_turn_that_is_forbidden_is_driven_round_from_within_the_road_too() -> None:
    roads = town(BLOCK, TWO_WAY).assign(turns=["no 1 0 5 6 6", *[None] * 6])
    net = network(roads)
    a, b, c = place("a", 400, 0), place("b", 500, 200), place("c", 600, 0)
    # By the west and the north, or on and back by the junction in the east: 400 + 1000 + 500 + 800 m
    assert seconds(net, a, b)[0, 1] == pytest.approx(270, abs=0.1)
    assert seconds(net, c, b)[0, 1] == pytest.approx(30, abs=0.1)
    assert seconds(net, b, a)[0, 1] == pytest.approx(30, abs=0.1)
    assert net.path(a, b).seconds == pytest.approx(seconds(net, a, b)[0, 1])
    assert net.path(a, b).roads[0].name == "南路"
    area = net.reachable(a, 30)
    assert area.contains(shapely.Point(lonlat(650, 0)))
    assert not area.contains(shapely.Point(lonlat(500, 350)))


def test_where_rules_leave_no_way_there_is_none() -> None:
    # From the lane 9-1 one may only go on to 5, and there only into the private middle, 5 to 6.
    nodes = {**BLOCK, 9: (0.0, -500.0)}
    roads = town(nodes, [*TWO_WAY, (9, 1)]).assign(access=[*["open"] * 6, "limited", "limited"])
    roads.loc[7, "turns"] = "no 9 7 1 5 4; no 9 7 1 0 5 1 2; no 9 7 1 0 5 0 1"
    net = network(roads)
    lane, north = place("lane", 0, -400), place("north", 300, 1000)
    times = seconds(net, lane, north)
    assert np.isinf(times[0, 1])
    assert times[1, 0] == pytest.approx(170, abs=0.1)
    with pytest.raises(NetworkError, match="从 小区lane 到 小区north 没有"):
        net.path(lane, north)


def test_what_does_not_snap_is_listed_and_infinite() -> None:
    net = network(town(BLOCK, [*TWO_WAY, (7, 8)]))
    places = [place("a", 200, 0), place("cut off", 3200, 0), place("far", 0, -2000), place("b", 800, 0)]
    matrix = net.matrix(places)
    assert [(m.place.key, m.reason) for m in matrix.misses] == [
        ("cut off", MissReason.UNREACHABLE),
        ("far", MissReason.NO_ROAD),
    ]
    assert np.isinf(matrix.seconds[1:3]).all()
    assert np.isinf(matrix.seconds[:, 1:3]).all()
    assert matrix.seconds[0, 3] == pytest.approx(60, abs=0.1)
    with pytest.raises(NetworkError, match="小区far 周围 300 米内没有"):
        net.path(places[0], places[2])
    with pytest.raises(NetworkError, match="cut off"):
        net.reachable(places[1], 60)


def test_no_places_and_no_snapped_place() -> None:
    net = network(town(BLOCK, TWO_WAY))
    assert net.matrix([]).seconds.shape == (0, 0)
    lost = net.matrix([place("far", 0, -2000)])
    assert np.isinf(lost.seconds).all()
    assert len(lost.misses) == 1


def test_reachable_is_what_lies_beside_the_roads_reached() -> None:
    net = network(town(BLOCK, ONE_WAY))
    area = net.reachable(place("a", 200, 0), 60)  # 600 m: 300 to the middle, then 300 east or north
    assert area.is_valid
    inside = [(800, 0), (500, 290), (1090, 0), (200, 290)]
    outside = [(1110, 0), (500, 610), (-110, 0)]
    assert [area.contains(shapely.Point(lonlat(*spot))) for spot in inside] == [True] * 4
    assert [area.contains(shapely.Point(lonlat(*spot))) for spot in outside] == [False] * 3


@pytest.mark.parametrize("seconds", [0, -1, math.nan, math.inf])
def test_nothing_is_reachable_in_no_time(seconds: float) -> None:
    with pytest.raises(NetworkError, match="到不了"):
        line_town(1000).reachable(place("a", 200, 0), seconds)


def test_reachable_goes_both_ways_from_within_a_road() -> None:
    area = line_town(2000).reachable(place("a", 900, 0), 40)  # 400 m either way, and 300 around
    spots = {at: area.contains(shapely.Point(lonlat(at, 0))) for at in (190, 210, 900, 1590, 1610)}
    assert spots == {190: False, 210: True, 900: True, 1590: True, 1610: False}


def test_roads_that_lead_nowhere_are_no_network() -> None:
    with pytest.raises(RoadError, match="互相到达"):
        network(town(BLOCK, [(1, 5, None, "forward")]))


def test_a_city_opens_its_roads_or_straight_lines(city: City) -> None:
    roads = town(BLOCK, TWO_WAY)
    assert open_network(roads, city).note is Note.NO_TRAFFIC
    assert not open_network(roads, city).approximate
    for nothing in (None, roads.iloc[:0]):
        assert isinstance(open_network(nothing, city), StraightLine)


# --- contraction against the plain graph -------------------------------------------------------

DIRECTIONS = st.sampled_from(["both", "both", "forward", "backward"])


@st.composite
def random_towns(draw: st.DrawFn) -> tuple[gpd.GeoDataFrame, dict[int, tuple[float, float]]]:
    """Draw a connected town with long chains, dead ends, loops and one-ways."""
    seed = draw(st.integers(0, 2**32 - 1))
    dice = np.random.default_rng(seed)
    count = draw(st.integers(3, 14))
    nodes = {i: (float(x), float(y)) for i, (x, y) in enumerate(dice.uniform(0, 2000, (count, 2)))}
    tree = [(int(dice.integers(0, i)), i) for i in range(1, count)]
    extra = draw(st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=6))
    ends = tree + [pair for pair in extra if pair[0] != pair[1]]
    roads: list[Road] = [(a, b, None, draw(DIRECTIONS), float(dice.choice([18, 36, 54]))) for a, b in ends]
    roads.append((0, 1, None, "both", 36.0))  # something must hang together
    return town(nodes, roads), nodes


@settings(max_examples=60, deadline=None)
@given(random_towns(), st.lists(st.tuples(st.floats(0, 2000), st.floats(0, 2000)), min_size=2, max_size=8))
def test_contraction_changes_no_time(
    drawn: tuple[gpd.GeoDataFrame, dict[int, tuple[float, float]]], spots: list[tuple[float, float]]
) -> None:
    places = [place(str(i), *spot) for i, spot in enumerate(spots)]
    short, plain = (network(drawn[0], contracted=flag).matrix(places) for flag in (True, False))
    assert [m.place.key for m in short.misses] == [m.place.key for m in plain.misses]
    assert short.seconds == pytest.approx(plain.seconds, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(random_towns())
def test_times_between_junctions_are_those_of_a_plain_search(
    drawn: tuple[gpd.GeoDataFrame, dict[int, tuple[float, float]]],
) -> None:
    roads, nodes = drawn
    net = network(roads)
    places = [place(str(i), *spot) for i, spot in nodes.items()]
    matrix = net.matrix(places)
    missed = {miss.place.key for miss in matrix.misses}
    on_main = _largest_round_trip_set(roads)
    for i in on_main:
        assert str(i) not in missed
        times = _plain_search(roads, i)
        for j in on_main:
            assert matrix.seconds[i, j] == pytest.approx(times[j], abs=1e-3)
            if i != j:
                assert net.path(places[i], places[j]).seconds == pytest.approx(times[j], abs=1e-3)


def _arcs(roads: gpd.GeoDataFrame) -> list[tuple[int, int, float, float]]:
    metres = measure_metres(roads.geometry.to_numpy())
    arcs = []
    for row, length in zip(roads.itertuples(), metres, strict=True):
        cost = length / (row.speed_kmh / 3.6)
        if row.oneway != "backward":
            arcs.append((row.from_node, row.to_node, cost, length))
        if row.oneway != "forward":
            arcs.append((row.to_node, row.from_node, cost, length))
    return arcs


def _plain_search(roads: gpd.GeoDataFrame, source: int) -> dict[int, float]:
    arcs = _arcs(roads)
    times: dict[int, float] = {}
    queue = [(0.0, source)]
    while queue:
        spent, node = heapq.heappop(queue)
        if node in times:
            continue
        times[node] = spent
        for tail, head, cost, _ in arcs:
            if tail == node and head not in times:
                heapq.heappush(queue, (spent + cost, head))
    return times


def _largest_round_trip_set(roads: gpd.GeoDataFrame) -> set[int]:
    nodes = {*roads.from_node, *roads.to_node}
    reached = {node: set(_plain_search(roads, node)) for node in nodes}
    parts = {frozenset(b for b in reached[a] if a in reached[b]) for a in nodes}
    metres = measure_metres(roads.geometry.to_numpy())

    def length_of(part: frozenset[int]) -> float:
        inside = roads.from_node.isin(part) & roads.to_node.isin(part)
        return float(metres[inside.to_numpy()].sum())

    return set(max(parts, key=length_of))


# --- real extracts -----------------------------------------------------------------------------


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "epsg"), [("shenzhen/futian_roads.osm.pbf", 32650), ("shanghai/roads.osm.pbf", 32651)]
)
def test_real_roads_load_in_seconds_and_their_times_make_sense(
    real_data: Path, city: City, name: str, epsg: int
) -> None:
    begun = time.process_time()
    roads = read_roads(real_data / name, city)
    graph = build_graph(roads)
    net = RoadNetwork(graph, snap_limit_m=city.routes.snap_limit_m, metric_epsg=epsg)
    assert time.process_time() - begun < 2
    assert graph.node_count < build_graph(roads, contracted=False).node_count

    west, south, east, north = roads.total_bounds
    spots = np.random.default_rng(3).uniform((west, south), (east, north), (60, 2))
    places = [Place(str(i), str(i), float(lon), float(lat)) for i, (lon, lat) in enumerate(spots)]
    matrix = net.matrix(places)
    missed = {miss.place.key for miss in matrix.misses}
    kept = [p for p in places if p.key not in missed]
    assert len(kept) > 20
    for a, b in zip(kept, kept[1:], strict=False):
        path = net.path(a, b)
        assert path.seconds == pytest.approx(matrix.seconds[int(a.key), int(b.key)])
        crow_m = StraightLine(city.routes).path(a, b).metres / city.routes.straight_line_factor
        assert path.metres > crow_m - 2 * city.routes.snap_limit_m
        speed_kmh = path.metres / path.seconds * 3.6
        assert 10 <= speed_kmh <= 80
        assert measure_metres(np.array([path.line]))[0] == pytest.approx(path.metres, rel=1e-3, abs=0.5)


@pytest.mark.realdata
def test_places_on_roads_cut_off_are_named_or_moved_to_a_road_that_is_not(
    real_data: Path, city: City
) -> None:
    roads = read_roads(real_data / "shenzhen/futian_roads.osm.pbf", city)
    graph = build_graph(roads, contracted=False)
    net = RoadNetwork(graph, snap_limit_m=city.routes.snap_limit_m, metric_epsg=32650)
    lost = np.flatnonzero(~find_parts(graph).main)
    middles = shapely.get_coordinates(
        shapely.line_interpolate_point(graph.pieces.lines[lost], 0.5, normalized=True)
    )
    places = [Place(str(i), f"路{i}", float(lon), float(lat)) for i, (lon, lat) in enumerate(middles)]
    matrix = net.matrix(places)
    assert len(lost) > 50
    assert {miss.reason for miss in matrix.misses} == {MissReason.NO_WAY_BACK}
    kept = np.isfinite(np.diag(matrix.seconds))
    assert kept.sum() == len(places) - len(matrix.misses)
    assert np.isfinite(matrix.seconds[np.ix_(kept, kept)]).all()
