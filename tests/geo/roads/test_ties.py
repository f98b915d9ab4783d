"""Ties: which ways lead from a place into the network and back, and where they stand in the matrix."""

from __future__ import annotations

import numpy as np
import pytest

from geo.roads.drives import Drives
from geo.roads.graph import RoadGraph, build_graph
from geo.roads.snapping import Snaps
from geo.roads.states import find_states
from geo.roads.ties import find_ties
from tests.geo.towns import town

NODES = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (0.0, 300.0)}


def two_nodes(oneway: str) -> RoadGraph:
    return build_graph(town(NODES, [(1, 2, None, oneway)]), contracted=False)


def pairs(drives: Drives) -> dict[tuple[int, int], float]:
    drives = drives.quickest()
    ends = zip(drives.tail.tolist(), drives.head.tolist(), strict=True)
    return dict(zip(ends, np.round(drives.seconds, 2).tolist(), strict=True))


def ties(graph: RoadGraph, *at_s: float) -> dict[tuple[int, int], float]:
    links = np.arange(len(graph.tail))
    snaps = Snaps(np.zeros(len(at_s), dtype=np.int64), np.array(at_s), ())
    return pairs(find_ties(graph, snaps, find_states(graph, links, graph.limited)))


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
    assert ties(two_nodes(oneway), 4.0) == expected


@pytest.mark.parametrize("oneway", ["forward", "backward"])
def test_the_end_of_a_one_way_road_is_its_junction(oneway: str) -> None:
    graph = two_nodes(oneway)
    for at_s, node in ((0.0, 0), (float(graph.seconds[0]), 1)):
        found = ties(graph, at_s)
        assert found[2, node] == found[node, 3] == 0


def test_two_places_on_one_road_are_tied_to_each_other() -> None:
    assert ties(two_nodes("forward"), 2.0, 5.0).get((2, 5)) == 3
    assert (3, 4) not in ties(two_nodes("forward"), 2.0, 5.0)
    assert ties(two_nodes("both"), 2.0, 5.0)[3, 4] == 3


@pytest.mark.parametrize("oneway", ["both", "forward", "backward"])
def test_two_places_at_one_spot_are_no_drive_apart(oneway: str) -> None:
    found = ties(two_nodes(oneway), 4.0, 4.0)
    assert (found.get((2, 5)), found.get((3, 4))) == (0, 0)
