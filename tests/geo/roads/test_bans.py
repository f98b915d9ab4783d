"""Bans: which runs of edges the turns of a frame forbid."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from geo.errors import RoadError
from geo.roads.bans import Ban, find_bans, is_u_turn
from geo.roads.chains import Edges
from tests.geo.towns import Road, town

# Ways 0 to 3 meet at node 5; way 3 leads on to way 4.
NODES = {
    1: (0.0, 100.0),
    2: (100.0, 200.0),
    3: (200.0, 100.0),
    4: (100.0, 0.0),
    5: (100.0, 100.0),
    6: (100.0, -99.0),
}
ROADS: list[Road] = [(1, 5), (2, 5, None, "backward"), (3, 5), (4, 5), (6, 4)]


def bans(turns: dict[int, str], roads: list[Road] = ROADS) -> set[Ban]:
    frame = town(NODES, roads).assign(turns=[turns.get(row) for row in range(len(roads))])
    return set(find_bans(frame, edges_of(frame)))


def edges_of(frame: gpd.GeoDataFrame) -> Edges:
    oneway = frame["oneway"].to_numpy()
    ends = frame[["from_node", "to_node"]].to_numpy()
    limited = np.zeros(len(frame), dtype=bool)
    return Edges(ends[:, 0], ends[:, 1], oneway != "backward", oneway != "forward", limited)


def test_no_turns_no_bans() -> None:
    assert bans({}) == set()


def test_a_forbidden_walk_is_a_ban() -> None:
    assert bans({0: "no 1 0 5 2 3"}) == {(0, 5)}
    assert bans({4: "no 6 4 4 3 5 0 1"}) == {(8, 6, 1)}


def test_what_cannot_be_driven_needs_no_ban() -> None:
    assert bans({1: "no 2 1 5 2 3"}) == set()


def test_an_only_way_forbids_all_others_and_turning_round() -> None:
    assert bans({0: "only 1 0 5 2 3"}) == {(0, 1), (0, 3), (0, 7)}


def test_an_only_way_holds_at_each_node() -> None:
    assert bans({4: "only 6 4 4 3 5 0 1"}) == {(8, 9), (8, 6, 3), (8, 6, 5), (8, 6, 7)}


def test_two_only_ways_leave_both() -> None:
    assert bans({0: "only 1 0 5 2 3; only 1 0 5 3 4"}) == {(0, 1), (0, 3)}


def test_a_piece_of_two_sources_is_banned_twice() -> None:
    frame = town(NODES, [*ROADS, (1, 5)])
    frame = frame.assign(way_id=[0, 1, 2, 3, 4, 0], turns=["no 1 0 5 2 3", *[None] * 5])
    assert set(find_bans(frame, edges_of(frame))) == {(0, 5), (10, 5)}


def test_pieces_that_do_not_meet_are_no_ban() -> None:
    frame = town(NODES, ROADS).assign(turns=["no 1 0 5 2 3", *[None] * 4])
    edges = edges_of(frame)
    edges.head[0] = 99  # what a barrier does
    assert find_bans(frame, edges) == []


def test_turning_round_is_driving_back_on_the_same_edge() -> None:
    assert [is_u_turn(4, step) for step in (3, 4, 5, 6)] == [False, False, True, False]


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(RoadError, match="读不懂"):
        bans({0: "left please"})
