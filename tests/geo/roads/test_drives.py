"""Drives: which ways lead into and out of the network, and where they stand in the matrix."""

from __future__ import annotations

import numpy as np
import pytest

from geo.roads.drives import Drives, find_access, find_drives
from geo.roads.graph import RoadGraph, build_graph
from geo.roads.snapping import Snaps
from tests.geo.towns import Road, town

NODES = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (0.0, 300.0)}


def two_nodes(oneway: str) -> RoadGraph:
    return build_graph(town(NODES, [(1, 2, None, oneway)]), contracted=False)


def pairs(drives: Drives) -> dict[tuple[int, int], float]:
    drives = drives.quickest()
    ends = zip(drives.tail.tolist(), drives.head.tolist(), strict=True)
    return dict(zip(ends, np.round(drives.seconds, 2).tolist(), strict=True))


def test_whole_links_keep_the_quickest_of_each_pair() -> None:
    roads: list[Road] = [(1, 2, None, "both", 18.0), (1, 2), (2, 3, None, "backward")]
    graph = build_graph(town(NODES, roads), contracted=False)
    drives = find_drives(graph, np.arange(3)).quickest()
    assert pairs(drives) == {(0, 1): 10.0, (1, 0): 10.0, (2, 1): pytest.approx(31.62, abs=0.01)}
    assert drives.as_matrix(3)[2, 1] == pytest.approx(31.62, abs=0.01)
    assert drives.link[drives.between(0, 1)] == 1


@pytest.mark.parametrize(
    ("oneway", "expected"),
    [
        ("both", {(2, 0): 4.0, (2, 1): 6.0, (0, 3): 4.0, (1, 3): 6.0}),
        ("forward", {(2, 1): 6.0, (0, 3): 4.0}),
        ("backward", {(2, 0): 4.0, (1, 3): 6.0}),
    ],
)
def test_a_place_is_left_and_entered_only_as_the_road_allows(
    oneway: str, expected: dict[tuple[int, int], float]
) -> None:
    access = find_access(two_nodes(oneway), Snaps(np.array([0]), np.array([4.0]), ()))
    assert pairs(access) == expected


@pytest.mark.parametrize("oneway", ["forward", "backward"])
def test_the_end_of_a_one_way_road_is_its_junction(oneway: str) -> None:
    graph = two_nodes(oneway)
    for at_s, node in ((0.0, 0), (float(graph.seconds[0]), 1)):
        ties = pairs(find_access(graph, Snaps(np.array([0]), np.array([at_s]), ())))
        assert ties[2, node] == ties[node, 3] == 0


def test_two_places_on_one_road_are_tied_to_each_other() -> None:
    snaps = Snaps(np.array([0, 0]), np.array([2.0, 5.0]), ())
    assert pairs(find_access(two_nodes("forward"), snaps)).get((2, 5)) == 3
    assert (3, 4) not in pairs(find_access(two_nodes("forward"), snaps))
    assert pairs(find_access(two_nodes("both"), snaps))[3, 4] == 3


def test_inserted_drives_keep_the_order_of_tails() -> None:
    graph = two_nodes("both")
    access = find_access(graph, Snaps(np.array([0]), np.array([4.0]), ()))
    drives = find_drives(graph, np.arange(1)).quickest().with_inserted(access.quickest())
    assert (np.diff(drives.tail) >= 0).all()
    dense = drives.as_matrix(4).toarray()
    assert dense[0] == pytest.approx([0, 10, 0, 4], abs=0.01)
    assert dense[2] == pytest.approx([4, 6, 0, 0], abs=0.01)
