"""Parts: which links hang together, and which are cut off, and how."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import breadth_first_order, connected_components

from geo.roads.chains import Flags, Ints
from geo.roads.drives import Drives
from geo.roads.graph import RoadGraph, build_graph
from geo.roads.network import MissReason
from geo.roads.states import States, find_states


@dataclass(frozen=True)
class Parts:
    """What hangs together of m links.

    Parameters
    ----------
    main
        (m,) whether it belongs to the largest part where every place reaches every other.
    limited
        (m,) whether a drive may begin or end there, but not lead through: by its own
        access, or because only such roads lead there.
    reached, left
        (m,) whether a way leads there from the main part, and from there to it.
    """

    main: Flags
    limited: Flags
    reached: Flags
    left: Flags

    def reason(self, link: int) -> MissReason:
        """Return how a link that is not in the main part is cut off."""
        if self.reached[link] == self.left[link]:
            return MissReason.UNREACHABLE
        return MissReason.NO_WAY_BACK if self.reached[link] else MissReason.NO_WAY_THERE


def find_parts(graph: RoadGraph) -> Parts:
    """Return the parts of a graph.

    The main part is the largest strongly connected component of open roads, by length
    of road (a count of nodes would depend on how finely the roads are drawn), and what
    hangs together with it over limited roads.
    """
    count = len(graph.tail)
    nowhere = np.zeros(count, dtype=np.bool_)
    states = find_states(graph, np.arange(count), nowhere)
    drives = states.drives
    label = _components(states, drives)
    core_label = _components(states, drives.take(~graph.limited[drives.link]))
    core_part = _longest(graph, drives.take(~graph.limited[drives.link]), core_label)
    if core_part is None:
        core, part = nowhere, _longest(graph, drives, label)
    else:
        inside = (core_label[drives.tail] == core_part) & (core_label[drives.head] == core_part)
        core = _any_of(count, drives.link, inside) & ~graph.limited
        part = int(label[np.argmax(core_label == core_part)])
    if part is None:
        return Parts(nowhere, graph.limited, nowhere, nowhere)
    inside = label == part
    hangs_together = _any_of(count, drives.link, inside[drives.tail] & inside[drives.head])
    # From within a link one may set out either way, whatever its ends forbid to who comes along it.
    within = drives.take(hangs_together[drives.link])
    home = _spread(_matrix(states, within).T.tocsr(), int(np.argmax(inside)))
    steps = np.flatnonzero(states.after >= 0)
    leads_home = _any_of(count, steps // 2, home[states.after[steps]])
    main = hangs_together | (_any_of(count, drives.link, inside[drives.tail]) & leads_home)
    ways = _matrix(states, drives)
    reached, left = (_spread(matrix, int(np.argmax(inside))) for matrix in (ways, ways.T.tocsr()))
    return Parts(
        main,
        np.asarray(graph.limited | (main & ~core)),
        _any_of(count, drives.link, reached[drives.tail]),
        _any_of(count, steps // 2, left[states.after[steps]]),
    )


def find_cut_off(roads: gpd.GeoDataFrame) -> dict[MissReason, list[int]]:
    """Return the rows of a road frame that are cut off from its main part, by how; those of none left out."""
    graph = build_graph(roads)
    parts = find_parts(graph)
    found: dict[MissReason, list[int]] = {}
    for row, link in enumerate(graph.pieces.link.tolist()):
        if not parts.main[link]:
            found.setdefault(parts.reason(link), []).append(row)
    return found


def _matrix(states: States, drives: Drives) -> csr_matrix:
    ones = np.ones(len(drives.tail), dtype=np.int8)
    return csr_matrix((ones, (drives.tail, drives.head)), shape=(states.count, states.count))


def _components(states: States, drives: Drives) -> Ints:
    _, label = connected_components(_matrix(states, drives), directed=True, connection="strong")
    return np.asarray(label, dtype=np.int64)


def _longest(graph: RoadGraph, drives: Drives, label: Ints) -> int | None:
    """Return the component with the most metres of road; None where no road is inside any."""
    inside = label[drives.tail] == label[drives.head]
    pairs = np.unique(np.column_stack([label[drives.tail], drives.link])[inside], axis=0)
    if not len(pairs):
        return None
    return int(np.argmax(np.bincount(pairs[:, 0], weights=graph.metres[pairs[:, 1]])))


def _any_of(count: int, link: Ints, is_true: Flags) -> Flags:
    found = np.zeros(count, dtype=np.bool_)
    found[link[is_true]] = True
    return found


def _spread(matrix: csr_matrix, begin: int) -> Flags:
    found = np.zeros(matrix.shape[0], dtype=np.bool_)
    found[breadth_first_order(matrix, begin, return_predecessors=False)] = True
    return found
