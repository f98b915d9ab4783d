"""States: nodes of the road graph, told apart by how a driver came there where it matters.

Almost every node is one state. Where the links just driven are the beginning of a ban, the
driver is in a state of its own, from which the rest of the ban is left out; the way behind is
kept only as far as a ban may begin with it. Limited roads are driven in two more layers: before
the first open road of a drive, and after the last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum

import numpy as np

from geo.roads.bans import Ban
from geo.roads.chains import Flags, Ints
from geo.roads.drives import Drives, find_drives, join
from geo.roads.graph import RoadGraph


class Layer(IntEnum):
    """How far a drive has come."""

    OPEN = 0  # on open roads
    BEGIN = 1  # on limited roads since it began
    END = 2  # on limited roads until it ends


_AFTER_LIMITED = {Layer.OPEN: Layer.END, Layer.BEGIN: Layer.BEGIN, Layer.END: Layer.END}
_AFTER_OPEN = {Layer.OPEN: Layer.OPEN, Layer.BEGIN: Layer.OPEN}


@dataclass(frozen=True)
class States:
    """How a road graph may be driven.

    The first ``graph.node_count`` states are the nodes themselves, for who comes there
    on open roads with no ban begun.

    Parameters
    ----------
    count
        How many states there are.
    drives
        Along whole links, from state to state, sorted by link.
    after
        (2 m,) state after a link on which a drive begins, driven ahead at 2 i, back at
        2 i + 1; -1 where it may not be.
    limited
        (m,) on which links a drive may only begin or end.
    begun
        Node → state of a drive that begins there on a limited road.
    others
        Node → its states beside itself, each with its layer.
    """

    count: int
    drives: Drives
    after: Ints
    limited: Flags
    begun: Mapping[int, int]
    others: Mapping[int, Sequence[tuple[int, Layer]]]

    def at(self, node: int, *, limited: bool) -> list[int]:
        """Return the states in which a drive may end at ``node``, beside a limited road or an open one."""
        others = self.others.get(node, ())
        return [node, *(state for state, layer in others if limited or layer is not Layer.END)]


@dataclass
class _Numbers:
    """Numbers for states, in the order in which they are met."""

    node_count: int
    of: dict[tuple[int, Ban, Layer], int] = field(default_factory=dict)
    waiting: list[tuple[int, Ban, Layer]] = field(default_factory=list)

    def number(self, node: int, behind: Ban, layer: Layer) -> int:
        if not behind and layer is Layer.OPEN:
            return node
        state = (node, behind, layer)
        if state not in self.of:
            self.of[state] = self.node_count + len(self.of)
            self.waiting.append(state)
        return self.of[state]


class _Bans:
    """What of the way behind matters for the way ahead."""

    def __init__(self, bans: Sequence[Ban]) -> None:
        self._whole = set(bans)
        self._begun = {ban[:length] for ban in bans for length in range(1, len(ban))}
        self.first = np.array(sorted({ban[0] for ban in bans}), dtype=np.int64)

    def follow(self, behind: Ban, step: int) -> Ban | None:
        """Return what to remember after ``step``; None where a ban forbids it."""
        way = (*behind, step)
        ends = [way[i:] for i in range(len(way))]
        if not self._whole.isdisjoint(ends):
            return None
        return next((end for end in ends if end in self._begun), ())


def find_states(graph: RoadGraph, links: Ints, limited: Flags) -> States:
    """Return the states of a graph and the drives between them.

    Parameters
    ----------
    graph
        The road graph.
    links
        Those that are driven at all.
    limited
        (m,) on which links of the graph a drive may only begin or end.
    """
    plain = find_drives(graph, links)
    steps = plain.steps
    bans, numbers = _Bans(graph.bans), _Numbers(graph.node_count)
    heads, after = plain.head.copy(), np.full(2 * len(graph.tail), -1, dtype=np.int64)
    after[steps] = heads
    begun: dict[int, int] = {}
    is_limited = limited[plain.link]
    for i in np.flatnonzero(is_limited | np.isin(steps, bans.first)).tolist():
        step, head = int(steps[i]), int(heads[i])
        behind = bans.follow((), step)
        assert behind is not None  # a ban forbids no link, only what follows
        heads[i] = numbers.number(head, behind, Layer.END if is_limited[i] else Layer.OPEN)
        after[step] = numbers.number(head, behind, Layer.BEGIN) if is_limited[i] else heads[i]
        if is_limited[i]:
            for node in (head, int(plain.tail[i])):
                begun[node] = numbers.number(node, (), Layer.BEGIN)
    on_from_them = list(_drive_on(plain, steps, is_limited, bans, numbers))
    tails, ends, taken = np.array(on_from_them, dtype=np.int64).reshape(-1, 3).T
    further = replace(plain.take(taken), tail=tails, head=ends)
    others: dict[int, list[tuple[int, Layer]]] = defaultdict(list)
    for (node, _, layer), state in numbers.of.items():
        others[node].append((state, layer))
    drives = join([replace(plain, head=heads), further])
    return States(
        graph.node_count + len(numbers.of),
        drives.take(np.argsort(drives.link, kind="stable")),
        after,
        limited,
        begun,
        others,
    )


def _drive_on(
    plain: Drives, steps: Ints, is_limited: Flags, bans: _Bans, numbers: _Numbers
) -> Iterator[tuple[int, int, int]]:
    """Yield, for each state that is no plain node, where it leads: state, state, plain drive."""
    leaving = _Leaving(plain)
    while numbers.waiting:
        node, behind, layer = state = numbers.waiting.pop()
        for i in leaving.at(node):
            onward = (_AFTER_LIMITED if is_limited[i] else _AFTER_OPEN).get(layer)
            follows = bans.follow(behind, int(steps[i]))
            if onward is not None and follows is not None:
                yield numbers.of[state], numbers.number(int(plain.head[i]), follows, onward), i


class _Leaving:
    """The drives that leave each node."""

    def __init__(self, drives: Drives) -> None:
        self._order = np.argsort(drives.tail, kind="stable")
        self._tails = drives.tail[self._order]

    def at(self, node: int) -> list[int]:
        begin, end = np.searchsorted(self._tails, [node, node + 1])
        return list(map(int, self._order[begin:end]))
