"""The slow and simple way to search: every piece and direction by itself, with the pieces just driven.

Knows nothing of links, states or layers. A step is (row, whether against the drawing).
"""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise

import geopandas as gpd

from geo.roads.graph import measure_metres
from geo.roads.turns import Turn

Step = tuple[int, bool]
Steps = tuple[Step, ...]
# Whether the last step may not follow those before it.
Forbids = Callable[[Steps, Step], bool]
Relation = tuple[int, Sequence[tuple[str, int, str]], Mapping[str, str]]


class Town:
    """The pieces of a road frame, and how they meet."""

    def __init__(self, roads: gpd.GeoDataFrame) -> None:
        self.way = roads["way_id"].tolist()
        self.seconds = (measure_metres(roads.geometry.to_numpy()) / (roads["speed_kmh"] / 3.6)).tolist()
        ends = []
        for row, piece in enumerate(roads.itertuples()):
            begin = ("barred", row, 0) if piece.from_barred else piece.from_node
            end = ("barred", row, 1) if piece.to_barred else piece.to_node
            ends.append((begin, end))
        self.ends = ends
        self.allowed = {(row, False) for row in range(len(roads)) if roads["oneway"].iloc[row] != "backward"}
        self.allowed |= {(row, True) for row in range(len(roads)) if roads["oneway"].iloc[row] != "forward"}
        self.leaving: dict[object, list[Step]] = defaultdict(list)
        for step in sorted(self.allowed):
            self.leaving[self.tail(step)].append(step)
        self.touching: dict[object, list[int]] = defaultdict(list)
        for row, pair in enumerate(ends):
            for node in pair:
                self.touching[node].append(row)

    def head(self, step: Step) -> object:
        return self.ends[step[0]][not step[1]]

    def tail(self, step: Step) -> object:
        return self.ends[step[0]][step[1]]

    def is_bend(self, node: object, forbids: Forbids) -> bool:
        """Whether two pieces meet, the flow goes on, and no turn from one to the other is forbidden."""
        rows = self.touching[node]
        if len(rows) != 2 or rows[0] == rows[1]:
            return False
        enters = [[s for s in self.allowed if s[0] == row and self.head(s) == node] for row in rows]
        leaves = [[s for s in self.allowed if s[0] == row and self.tail(s) == node] for row in rows]
        flows = [bool(enters[i]) and bool(leaves[1 - i]) for i in (0, 1)]
        if not (all(map(bool, enters + leaves)) or (sum(flows) == 1 and sum(map(len, enters + leaves)) == 2)):
            return False
        through = [(a, b) for i in (0, 1) for a in enters[i] for b in leaves[1 - i]]
        return not any(forbids((a,), b) for a, b in through)

    def leave_out(self, rows: Sequence[int]) -> None:
        """Drive no longer on these rows; where they end stays a junction."""
        gone = set(rows)
        for steps in self.leaving.values():
            steps[:] = [step for step in steps if step[0] not in gone]

    def times(self, start: tuple[int, float], forbids: Forbids, memory: int) -> Callable[[int, float], float]:
        """Return a function of the seconds from ``start`` to a position: row, seconds from its beginning."""
        row, at = start
        reached: dict[Step, float] = {}  # seconds at which a step is begun
        arrived: dict[object, float] = {}  # seconds at which a step to a node is over
        done: set[Steps] = set()
        bends: dict[object, bool] = {}
        queue: list[tuple[float, Steps]] = []
        for against in (False, True):
            if (row, against) in self.allowed:
                heapq.heappush(queue, (at if against else self.seconds[row] - at, ((row, against),)))
        for node in self._nodes_at(row, at):
            arrived[node] = 0.0
            for step in self.leaving[node]:
                reached[step] = 0.0
                heapq.heappush(queue, (self.seconds[step[0]], (step,)))
        while queue:
            spent, behind = heapq.heappop(queue)
            if behind in done:
                continue
            done.add(behind)
            node = self.head(behind[-1])
            arrived.setdefault(node, spent)
            if node not in bends:
                bends[node] = self.is_bend(node, forbids)
            for step in self.leaving[node]:
                turns_round = step == (behind[-1][0], not behind[-1][1])
                if (turns_round and bends[node]) or forbids(behind, step):
                    continue
                reached[step] = min(spent, reached.get(step, spent))
                heapq.heappush(queue, (spent + self.seconds[step[0]], (*behind, step)[-memory:]))

        def time_to(end_row: int, end_at: float) -> float:
            whole = self.seconds[end_row]
            found = [arrived.get(node, math.inf) for node in self._nodes_at(end_row, end_at)]
            found += [reached.get((end_row, False), math.inf) + end_at]
            found += [reached.get((end_row, True), math.inf) + whole - end_at]
            if end_row == row and ((row, end_at < at) in self.allowed or end_at == at):
                found.append(abs(end_at - at))
            return min(found)

        return time_to

    def _nodes_at(self, row: int, at: float) -> list[object]:
        """Return the node on which a position lies, if any."""
        whole = self.seconds[row]
        return [self.ends[row][0]] * (at == 0) + [self.ends[row][1]] * (math.isclose(at, whole))


def by_walks(town: Town, roads: gpd.GeoDataFrame, turns: Sequence[Turn]) -> Forbids:
    """Return what walks from piece to piece forbid."""
    named: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for row, (way, begin, end) in enumerate(
        zip(roads["way_id"], roads["from_node"], roads["to_node"], strict=True)
    ):
        named[way, begin, end].append(row)
    noes: set[Steps] = set()
    onlys: dict[Steps, set[Step]] = defaultdict(set)
    for turn in turns:
        walk = tuple(
            (named[way, a, b][0], False) if named.get((way, a, b)) else (named[way, b, a][0], True)
            for way, (a, b) in zip(turn.ways, pairwise(turn.nodes), strict=True)
        )
        if not set(walk) <= town.allowed:
            continue
        if turn.is_only:
            for length in range(1, len(walk)):
                onlys[walk[:length]].add(walk[length])
        else:
            noes.add(walk)

    def forbids(behind: Steps, step: Step) -> bool:
        return any(
            (*behind[i:], step) in noes or step not in onlys.get(behind[i:], {step})
            for i in range(len(behind))
        )

    return forbids


def by_relations(town: Town, relations: Sequence[Relation]) -> Forbids:
    """Return what OpenStreetMap's relations say, read way by way: all of them hold for cars."""
    rules = []
    for _, members, tags in relations:
        kind = (
            next(value for key, value in tags.items() if key.startswith("restriction")).split("@")[0].strip()
        )
        by_role: dict[str, list[int]] = defaultdict(list)
        for _, ref, role in members:
            by_role[role].append(ref)
        node = next((ref for type_, ref, role in members if type_ == "n" and role == "via"), None)
        via = {ref for type_, ref, role in members if type_ == "w" and role == "via"}
        rules.append((kind, by_role["from"], node, via, by_role["to"]))

    @cache
    def forbids(behind: Steps, step: Step) -> bool:
        allowed: list[bool] = []
        for kind, froms, node, via, tos in rules:
            for begun in _begun(behind, froms, via):
                end = town.head(behind[-1])
                turns_round = step == (behind[-1][0], not behind[-1][1])
                is_over = begun == via and (
                    node == end if node else any(town.way[s[0]] in tos for s in town.leaving[end])
                )
                if node and node != end:
                    continue
                meant = is_over and town.way[step[0]] in tos and (not turns_round or "u_turn" in kind)
                if kind.startswith("no_") and meant:
                    return True
                if kind.startswith("only_"):
                    allowed.append(meant or (not is_over and town.way[step[0]] in via and not turns_round))
        return bool(allowed) and not any(allowed)

    def _begun(behind: Steps, froms: Sequence[int], via: set[int]) -> Iterator[set[int]]:
        for i, first in enumerate(behind):
            after = [town.way[row] for row, _ in behind[i + 1 :]]
            rows = [row for row, _ in behind[i:]]
            meets = not via or any(town.way[row] in via for row in town.touching[town.head(first)])
            if town.way[first[0]] in froms and meets and set(after) <= via and len(set(rows)) == len(rows):
                yield set(after)

    return forbids
