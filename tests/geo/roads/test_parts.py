"""Parts of a network: the longest that hangs together, and how the others are cut off."""

from __future__ import annotations

import numpy as np

from geo.roads.graph import build_graph
from geo.roads.network import MissReason
from geo.roads.parts import Parts, find_cut_off, find_parts
from tests.geo.towns import Road, town

LINE = {1: (0.0, 0.0), 2: (100.0, 0.0), 3: (200.0, 0.0), 4: (300.0, 0.0), 5: (200.0, 100.0)}


def parts_of(roads: list[Road], nodes: dict[int, tuple[float, float]], **columns: object) -> Parts:
    return find_parts(build_graph(town(nodes, roads).assign(**columns), contracted=False))


def test_the_main_part_is_the_longest_that_hangs_together() -> None:
    nodes = {**LINE, 6: (2000.0, 0.0), 7: (3000.0, 0.0), 8: (400.0, 0.0)}
    roads: list[Road] = [(1, 2), (2, 3), (2, 5), (6, 7), (3, 4, None, "forward")]
    assert parts_of(roads, nodes).main.tolist() == [False, False, False, True, False]
    assert not parts_of([(3, 4, None, "forward")], nodes).main.any()


def test_what_is_cut_off_is_told_by_how() -> None:
    nodes = {**LINE, 6: (500.0, 500.0), 7: (600.0, 500.0)}
    roads: list[Road] = [(1, 2), (2, 3), (3, 4, None, "forward"), (5, 3, None, "forward"), (6, 7)]
    parts = parts_of(roads, nodes)
    assert parts.main.tolist() == [True, True, False, False, False]
    assert parts.reached.tolist() == [True, True, True, False, False]
    assert parts.left.tolist() == [True, True, False, True, False]


def test_rows_that_are_cut_off_are_told_by_how() -> None:
    nodes = {**LINE, 6: (500.0, 500.0), 7: (600.0, 500.0)}
    roads: list[Road] = [(1, 2), (2, 3), (3, 4, None, "forward"), (5, 3, None, "forward"), (6, 7)]
    assert find_cut_off(town(nodes, roads)) == {
        MissReason.NO_WAY_BACK: [2],
        MissReason.NO_WAY_THERE: [3],
        MissReason.UNREACHABLE: [4],
    }
    assert find_cut_off(town(nodes, roads[:2])) == {}


def test_a_dead_end_where_nobody_may_turn_round_is_left_by_the_way_one_came() -> None:
    turns = [None, None, "no 2 2 5 2 2"]
    parts = parts_of([(1, 2), (2, 3), (2, 5)], LINE, turns=turns)
    assert parts.main.all()


def test_a_road_that_only_forbidden_turns_lead_to_is_cut_off() -> None:
    turns = ["no 1 0 2 2 5", None, None]
    roads: list[Road] = [(1, 2), (2, 3, None, "forward"), (2, 5)]
    main = parts_of(roads, {**LINE, 1: (-300.0, 0.0)}, turns=turns).main
    assert main.tolist() == [True, False, False]


def test_roads_behind_limited_ones_are_limited_too() -> None:
    roads: list[Road] = [(1, 2), (2, 3), (3, 4)]
    parts = parts_of(roads, LINE, access=["open", "limited", "open"])
    assert parts.main.all()
    assert parts.limited.sum() == 2
    assert parts.limited[1]


def test_a_town_of_limited_roads_alone_hangs_together() -> None:
    parts = parts_of([(1, 2), (2, 3)], LINE, access="limited")
    assert parts.main.all()
    assert parts.limited.all()
    assert np.array_equal(parts.reached, parts.left)
