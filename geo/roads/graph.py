"""The road graph: pieces of road joined into links between the nodes where a driver can choose."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.errors import RoadError
from geo.frames import ROADS, check
from geo.texts import N_

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ELLIPSOID = Geod(ellps="WGS84")
_KMH_IN_M_S = 1 / 3.6


@dataclass(frozen=True)
class Pieces:
    """The rows of the road frame, n of them, each drawn from its own start to its own end.

    Parameters
    ----------
    lines
        (n,) LineStrings, lon/lat, WGS 84.
    names
        (n,) road names or None.
    metres, seconds
        (n,) geodesic length and driving time.
    link
        (n,) index of the link each belongs to.
    offset_s
        (n,) driving time from the link's tail to the nearer end of the piece.
    is_reversed
        (n,) whether the piece is drawn against its link.
    """

    lines: NDArray[np.object_]
    names: NDArray[np.object_]
    metres: Floats
    seconds: Floats
    link: Ints
    offset_s: Floats
    is_reversed: Flags


@dataclass(frozen=True)
class RoadGraph:
    """Links between nodes; node ids are indices from 0.

    Parameters
    ----------
    node_count
        How many nodes there are.
    tail, head
        (m,) node index at the two ends of each link.
    forward, backward
        (m,) whether the link may be driven tail to head, head to tail.
    seconds, metres
        (m,) of the whole link, the same in both directions.
    chain
        Pieces in order from tail to head, one link after the other.
    first
        (m + 1,) where each link begins in `chain`.
    pieces
        The rows of the road frame.
    """

    node_count: int
    tail: Ints
    head: Ints
    forward: Flags
    backward: Flags
    seconds: Floats
    metres: Floats
    chain: Ints
    first: Ints
    pieces: Pieces

    def pieces_of(self, link: int) -> Ints:
        """Return the pieces of ``link``, from its tail to its head."""
        return self.chain[self.first[link] : self.first[link + 1]]


@dataclass(frozen=True)
class _Edges:
    """One edge per row of the frame, before chains are made."""

    tail: Ints
    head: Ints
    forward: Flags
    backward: Flags


def build_graph(roads: gpd.GeoDataFrame, *, contracted: bool = True) -> RoadGraph:
    """Build the graph of a road frame.

    Parameters
    ----------
    roads
        A frame that keeps `geo.frames.ROADS`, from a file, the store or a sample.
    contracted
        Join the pieces on either side of every node where a driver cannot choose:
        two pieces meet there, and both are two-way or the flow goes straight
        through. Travel times between places do not change, searches get faster.

    Raises
    ------
    FrameError
        The frame breaks its contract.
    RoadError
        The frame is empty, a direction is unknown, or a speed or length is not above 0.
    """
    check(roads, ROADS)
    _check_values(roads)
    lines = roads.geometry.to_numpy()
    metres = measure_metres(lines)
    if not bool((metres > 0).all()):
        raise RoadError(N_("有一条道路没有长度"))
    seconds = metres / (roads["speed_kmh"].to_numpy(dtype=float) * _KMH_IN_M_S)
    ends = roads[["from_node", "to_node"]].to_numpy(dtype=np.int64)
    _, nodes = np.unique(ends, return_inverse=True)
    nodes = nodes.reshape(ends.shape)
    oneway = roads["oneway"].to_numpy()
    edges = _Edges(nodes[:, 0], nodes[:, 1], oneway != "backward", oneway != "forward")
    chains = _find_chains(edges) if contracted else [[(edge, False)] for edge in range(len(roads))]
    return _assemble(edges, chains, lines, roads["name"].to_numpy(dtype=object), metres, seconds)


def _check_values(roads: gpd.GeoDataFrame) -> None:
    if roads.empty:
        raise RoadError(N_("没有道路"), remedy=N_("请先导入道路文件"))
    unknown = set(roads["oneway"].unique()) - {"both", "forward", "backward"}
    if unknown:
        raise RoadError(N_("有一条道路的通行方向“{direction}”不认识"), direction=min(unknown))
    if not bool((roads["speed_kmh"] > 0).all()):
        raise RoadError(N_("有一条道路没有车速"))


def measure_metres(lines: NDArray[np.object_]) -> Floats:
    """Return the geodesic length of each LineString, in metres on WGS 84."""
    lonlat, owner = shapely.get_coordinates(lines, return_index=True)
    _, _, steps = _ELLIPSOID.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])
    same = owner[:-1] == owner[1:]
    metres = np.bincount(owner[:-1][same], weights=np.asarray(steps)[same], minlength=len(lines))
    return metres.astype(np.float64)


def _find_chains(edges: _Edges) -> list[list[tuple[int, bool]]]:
    """Return each link as its edges in order, each with whether it is walked head to tail."""
    next_edge = _passages(edges)
    tail, head = edges.tail.tolist(), edges.head.tolist()
    seen = bytearray(len(tail))
    chains: list[list[tuple[int, bool]]] = []

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


def _passages(edges: _Edges) -> dict[int, tuple[int, int]]:
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


def _with_the_flow(chain: list[tuple[int, bool]], edges: _Edges) -> list[tuple[int, bool]]:
    """Turn a one-way chain so that it runs from tail to head."""
    edge, against = chain[0]
    runs = edges.backward[edge] if against else edges.forward[edge]
    return chain if runs else [(edge, not against) for edge, against in reversed(chain)]


def _assemble(
    edges: _Edges,
    chains: list[list[tuple[int, bool]]],
    lines: NDArray[np.object_],
    names: NDArray[np.object_],
    metres: Floats,
    seconds: Floats,
) -> RoadGraph:
    chain = np.array([edge for links in chains for edge, _ in links], dtype=np.int64)
    against = np.array([turned for links in chains for _, turned in links], dtype=np.bool_)
    first = np.cumsum([0, *(len(links) for links in chains)])
    begin, last = first[:-1], first[1:] - 1
    begins = np.where(against, edges.head[chain], edges.tail[chain])
    ends = np.where(against, edges.tail[chain], edges.head[chain])
    runs = np.where(against, edges.backward[chain], edges.forward[chain])
    returns = np.where(against, edges.forward[chain], edges.backward[chain])
    link_of = np.repeat(np.arange(len(chains)), np.diff(first))
    link_seconds = np.add.reduceat(seconds[chain], begin)

    link, offset_s, is_reversed = np.empty_like(chain), np.empty_like(seconds), np.empty_like(against)
    link[chain], is_reversed[chain] = link_of, against
    elapsed = np.concatenate([[0.0], np.cumsum(seconds[chain])])[:-1]
    offset_s[chain] = elapsed - elapsed[begin][link_of]
    used, nodes = np.unique(np.concatenate([begins[begin], ends[last]]), return_inverse=True)
    return RoadGraph(
        node_count=len(used),
        tail=nodes[: len(chains)],
        head=nodes[len(chains) :],
        forward=runs[begin],
        backward=returns[begin],
        seconds=link_seconds,
        metres=np.add.reduceat(metres[chain], begin),
        chain=chain,
        first=first,
        pieces=Pieces(lines, names, metres, seconds, link, offset_s, is_reversed),
    )


def find_main_links(graph: RoadGraph) -> Flags:
    """Return which links belong to the largest part where every place reaches every other.

    The largest strongly connected component, by length of road: a count of nodes
    would depend on how finely the roads are drawn.
    """
    tails = np.concatenate([graph.tail[graph.forward], graph.head[graph.backward]])
    heads = np.concatenate([graph.head[graph.forward], graph.tail[graph.backward]])
    shape = (graph.node_count, graph.node_count)
    arcs = coo_matrix((np.ones(len(tails)), (tails, heads)), shape=shape)
    _, part = connected_components(arcs, directed=True, connection="strong")
    inside = part[graph.tail] == part[graph.head]
    length_m = np.bincount(part[graph.tail][inside], weights=graph.metres[inside], minlength=1)
    return np.asarray(inside & (part[graph.tail] == int(np.argmax(length_m))))
