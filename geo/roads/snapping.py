"""Snapping: the position on the road network that stands for a place beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from geo.roads.chains import Floats, Ints
from geo.roads.graph import RoadGraph
from geo.roads.network import Miss, MissReason, Place
from geo.roads.parts import Parts

# Positions this close to the end of a link are its end: less than any car's length.
_SAME_POSITION_S = 1e-6


@dataclass(frozen=True)
class Snaps:
    """Positions of n places on links.

    Parameters
    ----------
    link
        (n,) index of the link, -1 for a place that is not on the network.
    at_s
        (n,) driving time from the tail of the link, NaN for such a place.
    misses
        The places that are not on the network.
    """

    link: Ints
    at_s: Floats
    misses: tuple[Miss, ...]

    def take(self, index: Ints) -> Snaps:
        """Return the positions at ``index``."""
        return replace(self, link=self.link[index], at_s=self.at_s[index])


class Snapper:
    """Finds the nearest position where a car may stop on the links that reach each other, within a limit.

    The nearest position may be anywhere along a road, not only at a junction. Roads
    cut off from the main part, and those that are only driven through, are passed over
    in favour of one within the limit that is neither; where there is none, the place is
    reported with what is the matter with the nearest.

    Parameters
    ----------
    graph
        The road graph.
    parts
        Which links belong to the main part, and how the others are cut off.
    limit_m
        How far off the road a place may lie, in a straight line.
    metric_epsg
        CRS in which metres are measured.
    """

    def __init__(self, graph: RoadGraph, parts: Parts, *, limit_m: float, metric_epsg: int) -> None:
        self._graph = graph
        self._limit_m = limit_m
        self._to_metric = Transformer.from_crs(4326, metric_epsg, always_xy=True)
        self.lines: NDArray[np.object_] = shapely.transform(graph.pieces.lines, self.project)
        self._parts = parts
        usable = parts.main[graph.pieces.link] & graph.pieces.may_stop
        self._pieces, self._others = np.flatnonzero(usable), np.flatnonzero(~usable)
        self._tree = shapely.STRtree(self.lines[usable])
        self._other_tree = shapely.STRtree(self.lines[~usable])

    def project(self, lonlat: Floats) -> Floats:
        """Return (n, 2) lon/lat in the metric CRS, metres."""
        return np.column_stack(self._to_metric.transform(lonlat[:, 0], lonlat[:, 1]))

    def unproject(self, metric: Floats) -> Floats:
        """Return (n, 2) metres of the metric CRS as lon/lat."""
        return np.column_stack(self._to_metric.transform(metric[:, 0], metric[:, 1], direction="INVERSE"))

    def snap(self, places: Sequence[Place]) -> Snaps:
        """Return the position of each place, and the places that have none."""
        points = self._points(places)
        found, nearest = self._tree.query_nearest(points, max_distance=self._limit_m, all_matches=False)
        link = np.full(len(places), -1, dtype=np.int64)
        at_s = np.full(len(places), np.nan)
        piece = self._pieces[nearest]
        link[found] = self._graph.pieces.link[piece]
        at_s[found] = self._locate(piece, points[found])
        return Snaps(link, at_s, self._explain(places, points, link))

    def _points(self, places: Sequence[Place]) -> NDArray[np.object_]:
        lonlat = np.array([(place.lon, place.lat) for place in places], dtype=float).reshape(-1, 2)
        metric = self.project(lonlat)
        points = np.array(shapely.points(metric), dtype=object)
        points[~np.isfinite(metric).all(axis=1)] = None
        return points

    def _locate(self, piece: Ints, points: NDArray[np.object_]) -> Floats:
        """Return the driving time from the link's tail to the point of each piece nearest to its point."""
        pieces = self._graph.pieces
        share = shapely.line_locate_point(self.lines[piece], points, normalized=True)
        share = np.where(pieces.is_reversed[piece], 1 - share, share)
        at_s = pieces.offset_s[piece] + share * pieces.seconds[piece]
        whole_s = self._graph.seconds[pieces.link[piece]]
        at_s[at_s < _SAME_POSITION_S] = 0.0
        return np.where(at_s > whole_s - _SAME_POSITION_S, whole_s, at_s)

    def _explain(self, places: Sequence[Place], points: NDArray[np.object_], link: Ints) -> tuple[Miss, ...]:
        missed = np.flatnonzero(link < 0)
        near, other = self._other_tree.query_nearest(
            points[missed], max_distance=self._limit_m, all_matches=False
        )
        reasons = dict(zip(missed[near].tolist(), map(self._reason, self._others[other]), strict=True))
        return tuple(
            Miss(places[index], reasons.get(index, MissReason.NO_ROAD), self._limit_m)
            for index in missed.tolist()
        )

    def _reason(self, piece: int) -> MissReason:
        """Return what is the matter with a piece that is no place to snap to."""
        link = int(self._graph.pieces.link[piece])
        return MissReason.NO_STOPPING if self._parts.main[link] else self._parts.reason(link)
