"""Chains: edges of the road graph joined where nobody can choose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Edges in order, each with whether it is walked head to tail.
Chain = list[tuple[int, bool]]
# The two edges that meet at a node, by node.
Passages = dict[int, tuple[int, int]]


@dataclass(frozen=True)
class Edges:
    """One edge per row of the road frame. Edge i driven tail to head is step 2 i, head to tail 2 i + 1.

    Parameters
    ----------
    tail, head
        (n,) node at the two ends.
    forward, backward
        (n,) whether it may be driven tail to head, head to tail.
    limited
        (n,) whether a drive may begin or end there only.
    """

    tail: Ints
    head: Ints
    forward: Flags
    backward: Flags
    limited: Flags

    def head_of(self, step: int) -> int:
        """Return the node to which a step leads."""
        return int((self.tail if step % 2 else self.head)[step // 2])

    def tail_of(self, step: int) -> int:
        """Return the node from which a step leads."""
        return self.head_of(step ^ 1)

    def may_drive(self, step: int) -> bool:
        """Whether the edge may be driven this way."""
        return bool((self.backward if step % 2 else self.forward)[step // 2])


def find_chains(edges: Edges, next_edge: Passages) -> list[Chain]:
    """Return each link as its edges in order, joined at the passages given."""
    tail, head = edges.tail.tolist(), edges.head.tolist()
    seen = bytearray(len(tail))
    chains: list[Chain] = []

    def walk(edge: int, node: int, stop: int | None) -> None:
        chain = []
        while True:
            seen[edge] = True
            against = tail[edge] != node
            chain.append((edge, against))
            node = tail[edge] if against else head[edge]
            pair = next_edge.get(node)
            if pair is None or node == stop:
                break
            edge = pair[1] if pair[0] == edge else pair[0]
        chains.append(_with_the_flow(chain, edges))

    for edge in range(len(tail)):
        for node in (tail[edge], head[edge]):
            if not seen[edge] and node not in next_edge:
                walk(edge, node, None)
    for edge in range(len(tail)):  # what is left are rings without a junction
        if not seen[edge]:
            walk(edge, tail[edge], tail[edge])
    return chains


def find_passages(edges: Edges) -> Passages:
    """Return the two edges at each node where nobody can choose, by node."""
    count = len(edges.tail)
    nodes = np.concatenate([edges.tail, edges.head])
    edge = np.tile(np.arange(count), 2)
    leaves = np.concatenate([edges.forward, edges.backward])  # may be driven away from the node
    enters = np.concatenate([edges.backward, edges.forward])
    order = np.argsort(nodes, kind="stable")
    degree = np.bincount(nodes)
    pairs = np.flatnonzero(degree[nodes[order]] == 2)[::2]
    a, b = order[pairs], order[pairs + 1]
    two_way = leaves[a] & enters[a] & leaves[b] & enters[b]
    through = (enters[a] & ~leaves[a] & leaves[b] & ~enters[b]) | (
        leaves[a] & ~enters[a] & enters[b] & ~leaves[b]
    )
    passes = (edge[a] != edge[b]) & (two_way | through)
    a, b = a[passes], b[passes]
    return dict(zip(nodes[a].tolist(), zip(edge[a].tolist(), edge[b].tolist(), strict=True), strict=True))


def _with_the_flow(chain: Chain, edges: Edges) -> Chain:
    """Turn a one-way chain so that it runs from tail to head."""
    edge, against = chain[0]
    runs = edges.backward[edge] if against else edges.forward[edge]
    return chain if runs else [(edge, not against) for edge, against in reversed(chain)]
