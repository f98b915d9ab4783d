"""The road graph: pieces of road joined into links between the nodes where a driver can choose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import RoadError
from geo.frames import ROADS, check
from geo.roads.bans import Ban, find_bans, is_u_turn
from geo.roads.chains import Chain, Edges, Flags, Floats, Ints, Passages, find_chains, find_passages
from geo.roads.network import ELLIPSOID, KMH_IN_M_S
from geo.texts import N_


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
    may_stop
        (n,) whether a drive may end beside it.
    """

    lines: NDArray[np.object_]
    names: NDArray[np.object_]
    metres: Floats
    seconds: Floats
    link: Ints
    offset_s: Floats
    is_reversed: Flags
    may_stop: Flags


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
    limited
        (m,) whether a drive may begin or end on the link, but not lead through.
    bans
        Runs of links that may not be driven one after the other. Link i driven tail to
        head is 2 i, head to tail 2 i + 1. Everything else is allowed: where a driver can
        choose, and at a dead end, also to turn round.
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
    limited: Flags
    bans: tuple[Ban, ...]
    chain: Ints
    first: Ints
    pieces: Pieces

    def pieces_of(self, link: int) -> Ints:
        """Return the pieces of ``link``, from its tail to its head."""
        return self.chain[self.first[link] : self.first[link + 1]]


def build_graph(roads: gpd.GeoDataFrame, *, contracted: bool = True) -> RoadGraph:
    """Build the graph of a road frame.

    Parameters
    ----------
    roads
        A frame that keeps `geo.frames.ROADS`, from a file, the store or a sample.
    contracted
        Join the pieces on either side of every node where a driver cannot choose:
        two pieces meet there, and both are two-way or the flow goes straight
        through. Travel times between places do not change, searches get faster. Nodes
        stay where a turn restriction speaks of them, or access changes.

    Raises
    ------
    FrameError
        The frame breaks its contract.
    RoadError
        The frame is empty, a direction is unknown, a speed or length is not above 0, or a
        turn restriction cannot be read.
    """
    check(roads, ROADS)
    _check_values(roads)
    lines = roads.geometry.to_numpy()
    metres = measure_metres(lines)
    if not bool((metres > 0).all()):
        raise RoadError(N_("有一条道路没有长度"))
    seconds = metres / (roads["speed_kmh"].to_numpy(dtype=float) * KMH_IN_M_S)
    edges = _edges_of(roads)
    bans = find_bans(roads, edges)
    bends = _find_bends(edges, bans)
    bans = [ban for ban in bans if not _turns_round_in(bends, ban, edges)]
    joined = _find_joined(bends, bans, edges) if contracted else {}
    chains = find_chains(edges, joined) if contracted else [[(edge, False)] for edge in range(len(roads))]
    if bans:  # without any, nobody gains by turning round
        bans += [turn for node, pair in bends.items() if node not in joined for turn in _u_turns(pair, edges)]
    graph = _assemble(edges, chains, roads, metres, seconds)
    return replace(graph, bans=tuple(_over_links(ban, graph.pieces) for ban in bans))


def _edges_of(roads: gpd.GeoDataFrame) -> Edges:
    """Return one edge per row; an end that is barred is a node of its own."""
    ends = roads[["from_node", "to_node"]].to_numpy(dtype=np.int64)
    _, nodes = np.unique(ends, return_inverse=True)
    nodes = nodes.reshape(ends.shape)
    barred = roads[["from_barred", "to_barred"]].to_numpy(dtype=bool)
    nodes[barred] = nodes.max() + 1 + np.arange(barred.sum())
    oneway = roads["oneway"].to_numpy()
    limited = (roads["access"] == "limited").to_numpy()
    return Edges(nodes[:, 0], nodes[:, 1], oneway != "backward", oneway != "forward", limited)


def _find_bends(edges: Edges, bans: Sequence[Ban]) -> Passages:
    """Return where two pieces meet and nobody can choose, nor turn round: no ban stands in the way."""
    ways_on = [ban for ban in bans if len(ban) == 2 and not is_u_turn(*ban)]
    barred = {edges.head_of(step) for step, _ in ways_on}
    return {node: pair for node, pair in find_passages(edges).items() if node not in barred}


def _turns_round_in(bends: Passages, ban: Ban, edges: Edges) -> bool:
    return any(
        is_u_turn(step, following) and edges.head_of(step) in bends for step, following in pairwise(ban)
    )


def _find_joined(bends: Passages, bans: Sequence[Ban], edges: Edges) -> Passages:
    """Return the bends that need no node: no ban leads over them, and access does not change."""
    spoken_of = {edges.head_of(step) for ban in bans for step in ban[:-1]}
    limited = edges.limited
    return {
        node: (a, b) for node, (a, b) in bends.items() if node not in spoken_of and limited[a] == limited[b]
    }


def _u_turns(pair: tuple[int, int], edges: Edges) -> Iterator[Ban]:
    """Yield the ways to turn round in a bend."""
    a, b = pair
    shared = {int(edges.tail[a]), int(edges.head[a])} & {int(edges.tail[b]), int(edges.head[b])}
    for edge in pair:
        for step in (2 * edge, 2 * edge + 1):
            if edges.head_of(step) in shared and edges.forward[edge] and edges.backward[edge]:
                yield (step, step ^ 1)


def _over_links(ban: Ban, pieces: Pieces) -> Ban:
    # Every node between two steps is one of the graph, so each step drives a whole link or the end of one.
    turned = (step % 2 ^ int(pieces.is_reversed[step // 2]) for step in ban)
    return tuple(2 * int(pieces.link[step // 2]) + way for step, way in zip(ban, turned, strict=True))


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
    _, _, steps = ELLIPSOID.inv(lonlat[:-1, 0], lonlat[:-1, 1], lonlat[1:, 0], lonlat[1:, 1])
    same = owner[:-1] == owner[1:]
    metres = np.bincount(owner[:-1][same], weights=np.asarray(steps)[same], minlength=len(lines))
    return metres.astype(np.float64)


def _assemble(
    edges: Edges, chains: list[Chain], roads: gpd.GeoDataFrame, metres: Floats, seconds: Floats
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
    lines, names = roads.geometry.to_numpy(), roads["name"].to_numpy(dtype=object)
    may_stop = roads["may_stop"].to_numpy(dtype=bool)
    used, nodes = np.unique(np.concatenate([begins[begin], ends[last]]), return_inverse=True)
    return RoadGraph(
        node_count=len(used),
        tail=nodes[: len(chains)],
        head=nodes[len(chains) :],
        forward=runs[begin],
        backward=returns[begin],
        seconds=link_seconds,
        metres=np.add.reduceat(metres[chain], begin),
        limited=edges.limited[chain[begin]],
        bans=(),
        chain=chain,
        first=first,
        pieces=Pieces(lines, names, metres, seconds, link, offset_s, is_reversed, may_stop),
    )
