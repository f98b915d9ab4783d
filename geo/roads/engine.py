"""The built-in engine of travel times: scipy's Dijkstra on the contracted road graph."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from operator import itemgetter

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geo.errors import NetworkError, RoadError
from geo.policy.city import City
from geo.roads.drives import Drives, join
from geo.roads.graph import RoadGraph, build_graph
from geo.roads.network import (
    Network,
    Note,
    Place,
    RoadStretch,
    StraightLine,
    TravelMatrix,
    TravelPath,
    check_time,
)
from geo.roads.parts import find_parts
from geo.roads.snapping import Snapper, Snaps
from geo.roads.states import find_states
from geo.roads.ties import find_ties
from geo.texts import N_

# OpenStreetMap's own resolution, about 1 cm.
_DECIMALS = 7
# Shorter parts of a piece are rounding errors.
_NOTHING_M = 1e-3


@dataclass(frozen=True)
class _Cut:
    """Part of a piece as driven: shares 0-1 along its drawing, `begin` > `end` against it."""

    piece: int
    begin: float
    end: float


def open_network(roads: gpd.GeoDataFrame | None, city: City) -> Network:
    """Return the network of a city: its roads, or straight lines where it has none.

    Parameters
    ----------
    roads
        A frame that keeps `geo.frames.ROADS`; None or empty without roads.
    """
    if roads is None or roads.empty:
        return StraightLine(city.routes)
    return RoadNetwork(
        build_graph(roads), snap_limit_m=city.routes.snap_limit_m, metric_epsg=city.metric_epsg
    )


class RoadNetwork:
    """Travel along roads at the speed of their class; no traffic, no turn costs.

    Turn restrictions are kept, no barrier is driven through, and limited roads only at
    the beginning and the end of a drive. Each place is tied to the nearest position along
    a road where a car may stop, within the limit, and the way between place and road takes
    no time; it may be left in either direction of that road. Several places at one position
    stay apart: each has its own row in a matrix, 0 seconds from the others.

    Parameters
    ----------
    graph
        The road graph.
    snap_limit_m
        How far off the road a place may lie.
    metric_epsg
        CRS in which metres beside the road are measured.

    Raises
    ------
    RoadError
        No two places on these roads reach each other.
    """

    note = Note.NO_TRAFFIC
    approximate = False

    def __init__(self, graph: RoadGraph, *, snap_limit_m: float, metric_epsg: int) -> None:
        parts = find_parts(graph)
        if not bool(parts.main.any()):
            raise RoadError(N_("这些道路上没有两处可以互相到达"), remedy=N_("请检查道路的单行标记"))
        self._graph = graph
        self._limit_m = snap_limit_m
        self._snapper = Snapper(graph, parts, limit_m=snap_limit_m, metric_epsg=metric_epsg)
        self._states = find_states(graph, np.flatnonzero(parts.main), parts.limited)
        self._quickest = self._states.drives.quickest()

    def matrix(self, places: Sequence[Place]) -> TravelMatrix:
        """Return travel times between all pairs of ``places``; see `geo.roads.network.Network`."""
        snaps = self._snapper.snap(places)
        seconds = np.full((len(places), len(places)), np.inf)
        on_road = np.flatnonzero(snaps.link >= 0)
        if len(on_road):
            drives = self._with_places(snaps.take(on_road))
            out = self._states.count + np.arange(len(on_road))
            search = drives.as_matrix(self._states.count + 2 * len(on_road))
            times = dijkstra(search, indices=out)[:, out + len(on_road)]
            np.fill_diagonal(times, 0.0)
            seconds[np.ix_(on_road, on_road)] = times
        return TravelMatrix(seconds, snaps.misses)

    def path(self, origin: Place, destination: Place) -> TravelPath:
        """Return the quickest way; see `geo.roads.network.Network`."""
        drives = self._with_places(self._snap_all([origin, destination]))
        source, target = self._states.count, self._states.count + 3
        search = drives.as_matrix(self._states.count + 4)
        times, before = dijkstra(search, indices=source, return_predecessors=True)
        if not np.isfinite(times[target]):
            raise NetworkError(
                N_("从 {origin} 到 {destination} 没有可走的路"),
                remedy=N_("请另选位置，或检查那里的转向限制和通行限制"),
                origin=origin.name,
                destination=destination.name,
            )
        nodes = [target]
        while nodes[-1] != source:
            nodes.append(int(before[nodes[-1]]))
        driven = [drives.between(tail, head) for tail, head in pairwise(reversed(nodes))]
        cuts = [cut for index in driven for cut in self._cut(drives, index)]
        return TravelPath(self._draw(cuts), float(times[target]), self._measure(cuts), self._name(cuts))

    def reachable(self, origin: Place, seconds: float) -> shapely.Geometry:
        """Return the area within the snapping limit of a position reached in time where a car may stop.

        Whatever snaps onto those roads lies in it; see `geo.roads.network.Network`.
        """
        check_time(seconds)
        ties = find_ties(self._graph, self._snap_all([origin]), self._states)
        search = self._quickest.with_inserted(ties.quickest()).as_matrix(self._states.count + 2)
        times = dijkstra(search, indices=self._states.count, limit=seconds)
        drives = join([self._states.drives, ties])  # slower ways to a node reach places too
        left_s = seconds - times[drives.tail]
        drives, left_s = drives.take(left_s >= 0), left_s[left_s >= 0]
        way = drives.end_s - drives.begin_s
        ends = drives.begin_s + np.sign(way) * np.minimum(np.abs(way), left_s)
        reached = replace(drives, end_s=ends)
        cuts = (cut for index in range(len(ends)) for cut in self._cut(reached, index))
        lines = {self._line(cut) for cut in cuts if self._graph.pieces.may_stop[cut.piece]}
        area = shapely.union_all(shapely.buffer(list(lines), self._limit_m, quad_segs=4))
        return shapely.transform(area, self._snapper.unproject)

    def _snap_all(self, places: Sequence[Place]) -> Snaps:
        snaps = self._snapper.snap(places)
        for miss in snaps.misses:
            raise NetworkError(
                N_("{place} 周围 {limit_m} 米内没有与路网连通的道路"),
                remedy=N_("请把位置移到道路旁，或导入周围的道路"),
                place=miss.place.name,
                limit_m=f"{miss.limit_m:g}",
            )
        return snaps

    def _with_places(self, snaps: Snaps) -> Drives:
        return self._quickest.with_inserted(find_ties(self._graph, snaps, self._states).quickest())

    def _cut(self, drives: Drives, index: int) -> Iterator[_Cut]:
        """Yield the parts of pieces that a drive covers, in the order driven."""
        pieces = self._graph.pieces
        begin, end = float(drives.begin_s[index]), float(drives.end_s[index])
        chain = self._graph.pieces_of(int(drives.link[index]))
        shares = (np.array([[begin], [end]]) - pieces.offset_s[chain]) / pieces.seconds[chain]
        shares = np.clip(shares, 0.0, 1.0)
        shares = np.where(pieces.is_reversed[chain], 1 - shares, shares)
        order = range(len(chain)) if begin <= end else reversed(range(len(chain)))
        metres = np.abs(shares[1] - shares[0]) * pieces.metres[chain]
        for i in order:
            if metres[i] > _NOTHING_M:
                yield _Cut(int(chain[i]), float(shares[0, i]), float(shares[1, i]))

    def _line(self, cut: _Cut) -> shapely.Geometry:
        """Return a cut as it is driven, in the metric CRS; a Point where it has no length."""
        line: shapely.LineString = self._snapper.lines[cut.piece]
        return substring(line, cut.begin, cut.end, normalized=True)

    def _draw(self, cuts: list[_Cut]) -> shapely.LineString:
        if not cuts:
            return shapely.LineString()
        metric = np.concatenate([shapely.get_coordinates(self._line(cut)) for cut in cuts])
        lonlat = np.round(self._snapper.unproject(metric), _DECIMALS)
        moves = np.concatenate([[True], (np.diff(lonlat, axis=0) != 0).any(axis=1)])
        return shapely.LineString(lonlat[moves]) if moves.sum() > 1 else shapely.LineString()

    def _measure(self, cuts: Iterable[_Cut]) -> float:
        return sum(self._metres(cut) for cut in cuts)

    def _metres(self, cut: _Cut) -> float:
        return abs(cut.end - cut.begin) * float(self._graph.pieces.metres[cut.piece])

    def _name(self, cuts: list[_Cut]) -> tuple[RoadStretch, ...]:
        names: list[str | None] = [self._graph.pieces.names[cut.piece] for cut in cuts]
        runs = groupby(zip(names, cuts, strict=True), key=itemgetter(0))
        return tuple(RoadStretch(name, self._measure(cut for _, cut in run)) for name, run in runs)
