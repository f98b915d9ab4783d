"""Bans: turn restrictions as runs of edges that may not be driven one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product

import geopandas as gpd
import numpy as np

from geo.roads.chains import Edges
from geo.roads.turns import Turn, read_turns

Ban = tuple[int, ...]


def is_u_turn(step: int, following: int) -> bool:
    """Whether the second step drives the edge of the first back."""
    return step ^ 1 == following


def find_bans(roads: gpd.GeoDataFrame, edges: Edges) -> list[Ban]:
    """Return the runs of steps that the ``turns`` of a road frame forbid.

    A run that must be driven forbids every other way on, at each node on the way;
    where several begin alike, each of them may be driven.

    Raises
    ------
    RoadError
        A restriction cannot be read.
    """
    carried = roads.loc[roads["turns"].notna(), "turns"]
    turns = dict.fromkeys(turn for text in carried for turn in read_turns(text))
    if not turns:
        return []
    steps = _steps_by_walk(roads, {way for turn in turns for way in turn.ways})
    bans = [run for turn in turns if not turn.is_only for run in _runs_of(turn, steps, edges)]
    musts = [run for turn in turns if turn.is_only for run in _runs_of(turn, steps, edges)]
    return list(dict.fromkeys([*bans, *_all_but(musts, edges)]))


def _steps_by_walk(roads: gpd.GeoDataFrame, ways: set[int]) -> dict[tuple[int, int, int], list[int]]:
    """Return the steps along each way from node to node; overlapping sources hold a piece twice."""
    steps: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    rows = np.flatnonzero(roads["way_id"].isin(ways))
    columns = (roads[name].to_numpy()[rows].tolist() for name in ("way_id", "from_node", "to_node"))
    for row, way, begin, end in zip(rows.tolist(), *columns, strict=True):
        steps[way, begin, end].append(2 * row)
        steps[way, end, begin].append(2 * row + 1)
    return steps


def _runs_of(turn: Turn, steps: Mapping[tuple[int, int, int], Sequence[int]], edges: Edges) -> Iterator[Ban]:
    walk = [
        [step for step in steps.get((way, *ends), ()) if edges.may_drive(step)]
        for way, ends in zip(turn.ways, pairwise(turn.nodes), strict=True)
    ]
    for run in product(*walk):
        # Nothing is to be forbidden where a barrier parts the pieces.
        if all(edges.head_of(step) == edges.tail_of(following) for step, following in pairwise(run)):
            yield run


def _all_but(musts: Sequence[Ban], edges: Edges) -> Iterator[Ban]:
    """Yield what is forbidden where these runs are the only ones allowed."""
    allowed: dict[Ban, set[int]] = defaultdict(set)
    for run in musts:
        for length in range(1, len(run)):
            allowed[run[:length]].add(run[length])
    nodes = {edges.head_of(begun[-1]) for begun in allowed}
    leaving = _steps_from(nodes, edges)
    for begun, onward in allowed.items():
        yield from ((*begun, step) for step in leaving[edges.head_of(begun[-1])] if step not in onward)


def _steps_from(nodes: set[int], edges: Edges) -> dict[int, list[int]]:
    leaving: dict[int, list[int]] = defaultdict(list)
    wanted = np.array(sorted(nodes), dtype=np.int64)
    for row in np.flatnonzero(np.isin(edges.tail, wanted) | np.isin(edges.head, wanted)).tolist():
        for step in (2 * row, 2 * row + 1):
            if edges.may_drive(step) and edges.tail_of(step) in nodes:
                leaving[edges.tail_of(step)].append(step)
    return leaving
