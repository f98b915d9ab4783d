"""Chains: edges joined where nobody can choose. What comes of them is tested with the graph."""

from __future__ import annotations

import numpy as np

from geo.roads.chains import Edges, find_chains, find_passages


def edges(*ends: tuple[int, int], oneway: tuple[int, ...] = ()) -> Edges:
    pairs = np.array(ends)
    backward = np.array([edge not in oneway for edge in range(len(ends))])
    nothing = np.zeros(len(ends), dtype=bool)
    return Edges(pairs[:, 0], pairs[:, 1], ~nothing, backward, nothing)


def test_steps_have_a_head_a_tail_and_a_direction() -> None:
    one = edges((7, 8), (8, 9), oneway=(1,))
    assert [(one.tail_of(step), one.head_of(step)) for step in (0, 1, 2, 3)] == [
        (7, 8),
        (8, 7),
        (8, 9),
        (9, 8),
    ]
    assert [one.may_drive(step) for step in (0, 1, 2, 3)] == [True, True, True, False]


def test_passages_are_where_two_edges_meet_and_the_flow_goes_on() -> None:
    assert set(find_passages(edges((0, 1), (1, 2), (2, 3), (2, 4)))) == {1}
    assert set(find_passages(edges((0, 1), (1, 2), oneway=(0, 1)))) == {1}
    assert find_passages(edges((0, 1), (2, 1), oneway=(0, 1))) == {}
    assert find_passages(edges((0, 1), (1, 2), oneway=(0,))) == {}
    assert find_passages(edges((0, 0), (0, 1))) == {}


def test_only_the_passages_given_are_joined() -> None:
    line = edges((0, 1), (1, 2), (3, 2))
    passages = find_passages(line)
    assert find_chains(line, passages) == [[(0, False), (1, False), (2, True)]]
    assert find_chains(line, {2: passages[2]}) == [[(0, False)], [(1, False), (2, True)]]
