"""States: where a node is more than one, and what may be driven on from each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geo.roads.bans import Ban
from geo.roads.graph import RoadGraph, build_graph
from geo.roads.states import Layer, States, find_states
from tests.geo.towns import Road, town

# A star with its middle at 5, and a road on from 4. Links are rows, nodes 0 to 5.
NODES = {
    1: (0.0, 100.0),
    2: (100.0, 200.0),
    3: (200.0, 100.0),
    4: (100.0, 0.0),
    5: (100.0, 100.0),
    6: (100.0, -99.0),
}
ROADS: list[Road] = [(1, 5), (2, 5), (3, 5), (4, 5), (6, 4)]
MIDDLE = 4


def star(*bans: Ban, limited: tuple[int, ...] = ()) -> tuple[RoadGraph, States]:
    graph = replace(build_graph(town(NODES, ROADS), contracted=False), bans=bans)
    flags = np.isin(np.arange(len(ROADS)), limited)
    return graph, find_states(graph, np.arange(len(ROADS)), flags)


def steps_from(states: States, state: int) -> set[int]:
    return set(states.drives.steps[states.drives.tail == state].tolist())


def test_without_rules_states_are_nodes() -> None:
    graph, states = star()
    assert states.count == graph.node_count == 6
    assert len(states.drives.tail) == 10
    assert (states.others, states.begun) == ({}, {})
    assert states.at(MIDDLE, limited=False) == [MIDDLE]


def test_who_has_begun_a_ban_is_in_a_state_of_its_own() -> None:
    _, states = star((0, 5))
    state = int(states.after[0])
    assert state == states.count - 1 == 6
    assert steps_from(states, state) == {1, 3, 7}
    assert steps_from(states, MIDDLE) == {1, 3, 5, 7}
    assert states.at(MIDDLE, limited=False) == [MIDDLE, state]


def test_bans_of_one_beginning_share_their_state() -> None:
    _, states = star((0, 5), (0, 3))
    assert steps_from(states, int(states.after[0])) == {1, 7}
    assert states.count == 7


def test_a_ban_over_a_link_remembers_the_way_behind() -> None:
    _, states = star((8, 6, 1))
    first = int(states.after[8])
    drives = states.drives
    [second] = drives.head[(drives.tail == first) & (drives.steps == 6)].tolist()
    assert steps_from(states, second) == {3, 5, 7}
    assert states.after[6] == MIDDLE  # who begins on the link in between may turn as others do
    assert states.count == 8


def test_a_ban_within_another_holds_too() -> None:
    _, states = star((8, 6, 1), (6, 3))
    drives = states.drives
    [second] = drives.head[(drives.tail == states.after[8]) & (drives.steps == 6)].tolist()
    assert steps_from(states, second) == {5, 7}
    assert steps_from(states, int(states.after[6])) == {1, 5, 7}


def test_no_way_leads_through_limited_roads() -> None:
    _, states = star(limited=(3,))
    begin, end = int(states.after[6]), int(states.drives.head[states.drives.steps == 7][0])
    layers = {state: layer for found in states.others.values() for state, layer in found}
    assert layers[begin] is Layer.BEGIN
    assert steps_from(states, begin) == {1, 3, 5, 7}
    assert layers[end] is Layer.END
    assert steps_from(states, end) == {6}  # back on the limited road, but not on
    assert end in states.at(3, limited=True)
    assert end not in states.at(3, limited=False)
    assert layers[states.begun[3]] is Layer.BEGIN


def test_roads_that_are_not_driven_have_no_drives() -> None:
    graph, _ = star()
    states = find_states(graph, np.array([0, 1]), np.zeros(5, dtype=bool))
    assert set(states.drives.link) == {0, 1}
    assert (states.after[4:] == -1).all()
