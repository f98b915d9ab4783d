"""The road graph: contraction, direction of chains, rings, and the main part."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import FrameError, RoadError
from geo.roads.graph import RoadGraph, build_graph, measure_metres
from tests.geo.towns import Road, town

LINE = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0), 4: (300.0, 0.0), 5: (200.0, 100.0)}


def links(graph: RoadGraph) -> set[tuple[float, bool, bool, tuple[int, ...]]]:
    return {
        (
            round(float(graph.metres[i])),
            bool(graph.forward[i]),
            bool(graph.backward[i]),
            tuple(graph.pieces_of(i)),
        )
        for i in range(len(graph.tail))
    }


def test_pieces_are_joined_where_nobody_can_choose() -> None:
    graph = build_graph(town(LINE, [(1, 2), (2, 3), (3, 4), (3, 5)]))
    assert graph.node_count == 4
    assert links(graph) == {
        (200, True, True, (0, 1)),
        (100, True, True, (2,)),
        (100, True, True, (3,)),
    }


def test_links_do_not_depend_on_the_order_of_the_pieces() -> None:
    graph = build_graph(town(LINE, [(2, 3), (1, 2), (3, 4), (3, 5)]))
    assert sorted(sorted(graph.pieces_of(link)) for link in range(len(graph.tail))) == [[0, 1], [2], [3]]
    assert sorted(graph.chain.tolist()) == [0, 1, 2, 3]


def test_where_the_flow_parts_or_meets_nothing_is_joined() -> None:
    parts: list[Road] = [(2, 1, None, "forward"), (2, 3, None, "forward")]
    meets: list[Road] = [(1, 2, None, "forward"), (3, 2, None, "forward")]
    narrows: list[Road] = [(1, 2), (2, 3, None, "forward")]
    for roads in (parts, meets, narrows):
        assert len(build_graph(town(LINE, roads)).tail) == 2


def test_a_road_may_be_short_but_not_without_length() -> None:
    nodes = {1: (0.0, 0.0), 2: (0.3, 0.0), 3: (0.0, 0.0)}
    assert build_graph(town(nodes, [(1, 2)])).seconds == pytest.approx([0.03], abs=1e-4)
    with pytest.raises(RoadError, match="没有长度"):
        build_graph(town(nodes, [(1, 3)]))


def test_seconds_and_offsets_run_along_the_link() -> None:
    graph = build_graph(town(LINE, [(1, 2, None, "both", 36.0), (3, 2, None, "both", 18.0), (3, 4), (3, 5)]))
    link = int(graph.pieces.link[0])
    assert link == graph.pieces.link[1]
    assert graph.seconds[link] == pytest.approx(30, abs=0.01)
    drawn = {bool(graph.pieces.is_reversed[0]), bool(graph.pieces.is_reversed[1])}
    assert drawn == {True, False}
    assert sorted(graph.pieces.offset_s[:2]) == pytest.approx(
        [0, 10] if graph.pieces.offset_s[0] == 0 else [0, 20], abs=0.01
    )


@pytest.mark.parametrize(
    ("second", "joined"),
    [
        ((2, 3, None, "forward"), True),
        ((3, 2, None, "backward"), True),
        ((2, 3, None, "backward"), False),  # both flow into node 2
        ((2, 3, None, "both"), False),  # one may turn back at node 2
    ],
)
def test_one_way_pieces_are_joined_only_along_the_flow(
    second: tuple[int, int, None, str], joined: bool
) -> None:
    graph = build_graph(town(LINE, [(1, 2, None, "forward"), second]))
    assert len(graph.tail) == (1 if joined else 2)
    if joined:
        assert (graph.forward.tolist(), graph.backward.tolist()) == ([True], [False])
        assert graph.pieces_of(0).tolist() == [0, 1]


def test_a_chain_drawn_against_the_traffic_is_turned() -> None:
    graph = build_graph(town(LINE, [(1, 2, None, "backward"), (2, 3, None, "backward")]))
    assert graph.pieces_of(0).tolist() == [1, 0]
    assert graph.pieces.is_reversed.tolist() == [True, True]
    assert (graph.forward.tolist(), graph.backward.tolist()) == ([True], [False])


def test_a_ring_without_a_junction_is_one_link() -> None:
    graph = build_graph(town(LINE, [(1, 2), (2, 5), (5, 1)]))
    assert graph.node_count == 1
    assert graph.tail.tolist() == graph.head.tolist() == [0]
    assert sorted(graph.pieces_of(0)) == [0, 1, 2]


def test_two_roads_between_the_same_nodes_stay_two() -> None:
    roads = [(1, 2), (1, 2, None, "both", 18.0), (2, 3), (2, 4), (1, 5), (1, 3)]
    assert len(build_graph(town(LINE, roads), contracted=False).tail) == 6
    assert len(build_graph(town(LINE, roads)).tail) == 5  # only 2-3-1 became one


def test_uncontracted_has_one_link_per_piece() -> None:
    graph = build_graph(town(LINE, [(1, 2), (2, 3), (3, 4), (3, 5)]), contracted=False)
    assert graph.node_count == 5
    assert graph.chain.tolist() == [0, 1, 2, 3]
    assert graph.pieces.offset_s.tolist() == [0, 0, 0, 0]


def test_metres_are_geodesic() -> None:
    lines = town(LINE, [(1, 2), (1, 5)]).geometry.to_numpy()
    assert measure_metres(lines) == pytest.approx([100, np.hypot(200, 100)], rel=1e-4)


def test_frames_that_are_no_roads_are_refused() -> None:
    roads = town(LINE, [(1, 2), (2, 3)])
    with pytest.raises(RoadError, match="没有道路"):
        build_graph(roads.iloc[:0])
    with pytest.raises(RoadError, match="方向“sideways”"):
        build_graph(roads.assign(oneway="sideways"))
    with pytest.raises(RoadError, match="没有车速"):
        build_graph(roads.assign(speed_kmh=0.0))
    with pytest.raises(FrameError, match="from_node"):
        build_graph(roads.drop(columns="from_node"))


def test_pieces_are_not_joined_where_access_changes_or_a_restriction_leads_over() -> None:
    roads = town(LINE, [(1, 2), (2, 3), (3, 4)])
    assert len(build_graph(roads).tail) == 1
    graph = build_graph(roads.assign(access=["open", "limited", "limited"]))
    assert (len(graph.tail), sorted(graph.limited.tolist())) == (2, [False, True])
    graph = build_graph(roads.assign(turns=["no 1 0 2 1 3", None, None]))
    assert (len(graph.tail), len(graph.bans)) == (2, 1)
    graph = build_graph(roads.assign(turns=["no 1 0 2 1 3 2 4", None, None]))
    assert len(graph.tail) == 3
    assert sorted(map(len, graph.bans)) == [2, 2, 2, 2, 3]  # nobody turns round in the bends that stay nodes


def test_a_turn_round_in_a_bend_needs_no_ban() -> None:
    roads = town(LINE, [(1, 2), (2, 3), (3, 4)]).assign(turns=["no 1 0 2 0 1", None, None])
    graph = build_graph(roads)
    assert (len(graph.tail), graph.bans) == (1, ())


def test_an_end_that_is_barred_meets_nothing() -> None:
    roads = town(LINE, [(1, 2), (2, 3), (2, 5)])
    graph = build_graph(roads.assign(to_barred=[True, False, False]), contracted=False)
    assert graph.node_count == 5
    graph = build_graph(roads.assign(to_barred=[True, False, False], from_barred=[False, True, True]))
    assert (graph.node_count, len(graph.tail)) == (6, 3)
