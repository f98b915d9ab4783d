"""Drives: which ways lead into and out of the network, and where they stand in the matrix."""

from __future__ import annotations

import numpy as np
import pytest

from geo.roads.drives import Drives, find_drives
from geo.roads.graph import RoadGraph, build_graph
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


def test_inserted_drives_keep_the_order_of_tails() -> None:
    ends, link, at_s = np.array([2, 2]), np.array([0, 0]), np.array([4.0, 4.0])
    out = Drives(ends, np.array([0, 1]), link, at_s, np.array([0.0, 10.0]))
    drives = find_drives(two_nodes("both"), np.arange(1)).quickest().with_inserted(out.quickest())
    assert (np.diff(drives.tail) >= 0).all()
    dense = drives.as_matrix(4).toarray()
    assert dense[0] == pytest.approx([0, 10, 0, 0], abs=0.01)
    assert dense[2] == pytest.approx([4, 6, 0, 0], abs=0.01)
