"""Drives: what can be driven along links in one direction, as a matrix for Dijkstra's search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_matrix

from geo.roads.graph import Flags, Floats, Ints, RoadGraph
from geo.roads.snapping import Snaps


@dataclass(frozen=True)
class Drives:
    """Directed drives, n of them.

    Parameters
    ----------
    tail, head
        (n,) node indices from which and to which each leads.
    link
        (n,) the link it runs along.
    begin_s, end_s
        (n,) positions on the link, as driving time from the link's tail;
        ``begin_s`` > ``end_s`` is driven against the link.
    """

    tail: Ints
    head: Ints
    link: Ints
    begin_s: Floats
    end_s: Floats

    @property
    def seconds(self) -> Floats:
        """(n,) driving time."""
        return np.abs(self.end_s - self.begin_s)

    def take(self, index: Ints | Flags) -> Drives:
        """Return the drives at ``index``, or where it is true."""
        return Drives(*(getattr(self, field.name)[index] for field in fields(self)))

    def quickest(self) -> Drives:
        """Return the quickest drive for each pair of nodes, sorted by tail, then head."""
        drives = self.take(np.lexsort((self.seconds, self.head, self.tail)))
        repeats = (np.diff(drives.tail, prepend=-1) == 0) & (np.diff(drives.head, prepend=-1) == 0)
        return drives.take(~repeats)

    def with_inserted(self, other: Drives) -> Drives:
        """Return both, sorted by tail as they are; ``other`` must not repeat a pair of nodes."""
        at = np.searchsorted(self.tail, other.tail, side="right")
        columns = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Drives(*(np.insert(mine, at, theirs) for mine, theirs in columns))

    def as_matrix(self, node_count: int) -> csr_matrix:
        """Return (node_count, node_count) seconds from the quickest drives."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.tail, minlength=node_count))])
        entries = (self.seconds, self.head.astype(np.int32), starts.astype(np.int32))
        return csr_matrix(entries, shape=(node_count, node_count))

    def between(self, tail: int, head: int) -> int:
        """Return the index of the quickest drive from ``tail`` to ``head``."""
        begin, end = np.searchsorted(self.tail, [tail, tail + 1])
        return int(begin + np.flatnonzero(self.head[begin:end] == head)[0])


def join(parts: Sequence[Drives]) -> Drives:
    """Return the drives of all parts, in order."""
    return Drives(*(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Drives)))


def find_drives(graph: RoadGraph, links: Ints) -> Drives:
    """Return the drives along whole ``links``, in each allowed direction."""
    ahead, back = links[graph.forward[links]], links[graph.backward[links]]
    nothing, whole = np.zeros(len(graph.seconds)), graph.seconds
    return join(
        [
            Drives(graph.tail[ahead], graph.head[ahead], ahead, nothing[ahead], whole[ahead]),
            Drives(graph.head[back], graph.tail[back], back, whole[back], nothing[back]),
        ]
    )


def find_access(graph: RoadGraph, snaps: Snaps) -> Drives:
    """Return the drives that tie k snapped places to the graph.

    Place i leaves the network's nodes alone: it starts at node
    ``graph.node_count + i`` and ends at node ``graph.node_count + k + i``, so that
    no way leads through a place and places at one position stay apart.
    """
    count = len(snaps.link)
    out = graph.node_count + np.arange(count)
    link, at = snaps.link, snaps.at_s
    whole = graph.seconds[link]
    nothing = np.zeros(count)
    tail, head = graph.tail[link], graph.head[link]
    ahead, back = graph.forward[link], graph.backward[link]
    at_tail, at_head = at == 0, at == whole

    def tie(node: Ints, position: Floats, leaves: Flags, enters: Flags) -> Iterator[Drives]:
        yield Drives(out, node, link, at, position).take(leaves)
        yield Drives(node, out + count, link, position, at).take(enters)

    # A position at the end of a link is that node, whichever way the link may be driven.
    to_head = tie(head, whole, ahead | at_head, back | at_head)
    to_tail = tie(tail, nothing, back | at_tail, ahead | at_tail)
    return join([*to_head, *to_tail, _direct(graph, snaps, out)])


def _direct(graph: RoadGraph, snaps: Snaps, out: Ints) -> Drives:
    """Return the drives from place to place along the link they share."""
    link, at = snaps.link, snaps.at_s
    a, b = np.nonzero((link[:, None] == link[None, :]) & ~np.eye(len(link), dtype=bool))
    along = graph.forward[link[a]] & (at[a] <= at[b])
    against = graph.backward[link[a]] & (at[a] >= at[b])
    return Drives(out[a], out[b] + len(link), link[a], at[a], at[b]).take(along | against)
