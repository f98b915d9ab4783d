"""Ties: the drives by which places beside the road are left and reached."""

from __future__ import annotations

import numpy as np

from geo.roads.drives import Drives, join
from geo.roads.graph import RoadGraph
from geo.roads.snapping import Snaps
from geo.roads.states import States


def find_ties(graph: RoadGraph, snaps: Snaps, states: States) -> Drives:
    """Return the drives that tie k snapped places to the states of a graph.

    Place i leaves the network's states alone: it starts at ``states.count + i`` and
    ends at ``states.count + k + i``, so that no way leads through a place and places at
    one position stay apart.
    """
    return join(
        [
            _leave(graph, snaps, states),
            _enter(snaps, states),
            _stand_at_ends(graph, snaps, states),
            _direct(graph, snaps, states),
        ]
    )


def _leave(graph: RoadGraph, snaps: Snaps, states: States) -> Drives:
    """Return the drives from each place to the ends of its link, as the road allows."""
    link, at = snaps.link, snaps.at_s
    out = states.count + np.arange(len(link))
    whole = graph.seconds[link]
    ahead = Drives(out, states.after[2 * link], link, at, whole)
    back = Drives(out, states.after[2 * link + 1], link, at, np.zeros(len(link)))
    # At the end of a link a drive begins at the node, see below.
    return join([ahead.take((ahead.head >= 0) & (at < whole)), back.take((back.head >= 0) & (at > 0))])


def _enter(snaps: Snaps, states: States) -> Drives:
    """Return the drives to each place, one for each drive along its whole link."""
    drives = states.drives
    first, stop = (np.searchsorted(drives.link, snaps.link, side=side) for side in ("left", "right"))
    place = np.repeat(np.arange(len(snaps.link)), stop - first)
    index = np.arange(len(place)) - np.repeat(np.cumsum(stop - first) - stop, stop - first)
    along = drives.take(index)
    ends = states.count + len(snaps.link) + place
    return Drives(along.tail, ends, along.link, along.begin_s, snaps.at_s[place])


def _stand_at_ends(graph: RoadGraph, snaps: Snaps, states: States) -> Drives:
    """Return the ties of places at the end of a link: they are at its node, however it may be driven."""
    ties = []
    whole = graph.seconds[snaps.link]
    for place in np.flatnonzero((snaps.at_s == 0) | (snaps.at_s == whole)).tolist():
        link, at = int(snaps.link[place]), float(snaps.at_s[place])
        node = int((graph.tail if at == 0 else graph.head)[link])
        limited = bool(states.limited[link])
        begins = states.begun.get(node, node) if limited else node
        ties.append((states.count + place, begins, link, at))
        for state in states.at(node, limited=limited):
            ties.append((state, states.count + len(snaps.link) + place, link, at))
    tail, head, link_of, at_s = np.array(ties, dtype=float).reshape(-1, 4).T
    return Drives(tail.astype(np.int64), head.astype(np.int64), link_of.astype(np.int64), at_s, at_s)


def _direct(graph: RoadGraph, snaps: Snaps, states: States) -> Drives:
    """Return the drives from place to place along the link they share."""
    link, at = snaps.link, snaps.at_s
    a, b = np.nonzero((link[:, None] == link[None, :]) & ~np.eye(len(link), dtype=bool))
    along = graph.forward[link[a]] & (at[a] <= at[b])
    against = graph.backward[link[a]] & (at[a] >= at[b])
    out = states.count + a
    return Drives(out, states.count + len(link) + b, link[a], at[a], at[b]).take(along | against)
