"""Drives: what can be driven along links in one direction, as a matrix for Dijkstra's search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from scipy.sparse import csr_matrix

from geo.roads.chains import Flags, Floats, Ints
from geo.roads.graph import RoadGraph


@dataclass(frozen=True)
class Drives:
    """Directed drives, n of them.

    Parameters
    ----------
    tail, head
        (n,) nodes, or states, from which and to which each leads.
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

    @property
    def steps(self) -> Ints:
        """(n,) link i driven ahead as 2 i, driven back as 2 i + 1."""
        return 2 * self.link + (self.begin_s > self.end_s)

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
