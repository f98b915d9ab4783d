"""Travel between places: one small interface, and straight lines for a city without roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod

from geo.errors import NetworkError
from geo.policy.routes import RoutePolicy
from geo.texts import N_

ELLIPSOID = Geod(ellps="WGS84")
KMH_IN_M_S = 1 / 3.6


class Note(StrEnum):
    """What must stand beside every time, line and sheet that comes from a network."""

    NO_TRAFFIC = "no_traffic"
    STRAIGHT_LINE = "straight_line"

    @property
    def text(self) -> str:
        """The label, a marked text."""
        return _NOTES[self]


_NOTES = {Note.NO_TRAFFIC: N_("不含实时路况"), Note.STRAIGHT_LINE: N_("直线估算，非路网")}


class MissReason(StrEnum):
    """Why a place is not on the network."""

    NO_ROAD = "no_road"
    UNREACHABLE = "unreachable"
    NO_WAY_BACK = "no_way_back"
    NO_WAY_THERE = "no_way_there"
    NO_STOPPING = "no_stopping"

    @property
    def text(self) -> str:
        """The reason, a marked text with the ``limit`` that was applied."""
        return _MISS_REASONS[self]


_MISS_REASONS = {
    MissReason.NO_ROAD: N_("{limit:.0f} 米内没有道路"),
    MissReason.UNREACHABLE: N_("{limit:.0f} 米内的道路与路网不连通"),
    MissReason.NO_WAY_BACK: N_("{limit:.0f} 米内的道路只能驶入，不能驶回路网"),
    MissReason.NO_WAY_THERE: N_("{limit:.0f} 米内的道路只能驶出，不能从路网驶入"),
    MissReason.NO_STOPPING: N_("{limit:.0f} 米内只有不能停车的道路（高速公路、匝道、隧道）"),
}


@dataclass(frozen=True)
class Place:
    """A place to travel from or to, lon/lat in WGS 84 degrees."""

    key: str
    name: str
    lon: float
    lat: float


@dataclass(frozen=True)
class Miss:
    """A place that is not on the network, why, and the limit that was applied."""

    place: Place
    reason: MissReason
    limit_m: float


@dataclass(frozen=True)
class TravelMatrix:
    """Travel times between places.

    Parameters
    ----------
    seconds
        (n, n), from row to column, 0 on the diagonal, infinite where there is no
        way; rows and columns of places that are not on the network are infinite
        throughout.
    misses
        The places that are not on the network, in the order given.
    """

    seconds: NDArray[np.float64]
    misses: tuple[Miss, ...]


@dataclass(frozen=True)
class RoadStretch:
    """Consecutive metres of a path on roads of one name; None where the road has no name."""

    name: str | None
    metres: float


@dataclass(frozen=True)
class TravelPath:
    """The quickest way from one place to another.

    Parameters
    ----------
    line
        LineString, lon/lat, WGS 84; empty where both places are at one position.
    seconds, metres
        Travel time and distance travelled.
    roads
        Stretches in order; empty where the network knows no roads.
    """

    line: shapely.LineString
    seconds: float
    metres: float
    roads: tuple[RoadStretch, ...]


class Network(Protocol):
    """How long it takes to travel, and along which way.

    The times of all three methods agree with each other. An engine that asks a
    road server is one more class with these members.
    """

    @property
    def note(self) -> Note:
        """The label that must accompany whatever this network says."""

    @property
    def approximate(self) -> bool:
        """Whether times are estimates that do not follow roads."""

    def matrix(self, places: Sequence[Place]) -> TravelMatrix:
        """Return travel times between all pairs of ``places``."""

    def path(self, origin: Place, destination: Place) -> TravelPath:
        """Return the quickest way.

        Raises
        ------
        NetworkError
            One of the two is not on the network, or no way leads there.
        """

    def reachable(self, origin: Place, seconds: float) -> shapely.Geometry:
        """Return the area that can be reached within ``seconds``: (Multi)Polygon, WGS 84.

        Raises
        ------
        NetworkError
            ``origin`` is not on the network, or ``seconds`` is not above 0.
        """


def check_time(seconds: float) -> None:
    """Raise `NetworkError` unless ``seconds`` is a time in which one can travel."""
    if not 0 < seconds < np.inf:
        raise NetworkError(
            N_("{seconds} 秒内哪里也到不了"), remedy=N_("请给出大于 0 的时间"), seconds=seconds
        )


class StraightLine:
    """The estimate for a city without roads: straight line × factor, at one speed.

    Every place is on this network. Distances are geodesic, times are long by
    design: on real roads, plans made with fitted straight-line times did not hold.
    """

    note = Note.STRAIGHT_LINE
    approximate = True

    def __init__(self, policy: RoutePolicy) -> None:
        self._factor = policy.straight_line_factor
        self._m_s = policy.straight_line_kmh * KMH_IN_M_S

    def matrix(self, places: Sequence[Place]) -> TravelMatrix:
        """Return travel times between all pairs of ``places``; nothing is missed."""
        lonlat = np.array([(place.lon, place.lat) for place in places], dtype=float).reshape(-1, 2)
        row, column = np.indices((len(places), len(places)))
        metres = _geodesic_m(lonlat[row.ravel()], lonlat[column.ravel()])
        return TravelMatrix(metres.reshape(row.shape) * self._factor / self._m_s, ())

    def path(self, origin: Place, destination: Place) -> TravelPath:
        """Return a straight line; its metres are the estimated distance by road."""
        ends = np.array([(origin.lon, origin.lat), (destination.lon, destination.lat)], dtype=float)
        metres = float(_geodesic_m(ends[:1], ends[1:])[0]) * self._factor
        line = shapely.LineString(ends) if metres > 0 else shapely.LineString()
        return TravelPath(line, metres / self._m_s, metres, ())

    def reachable(self, origin: Place, seconds: float) -> shapely.Geometry:
        """Return a circle, drawn with 64 corners."""
        check_time(seconds)
        corners = 64
        radius_m = np.full(corners, seconds * self._m_s / self._factor)
        azimuth = np.linspace(0, 360, corners, endpoint=False)
        lon, lat, _ = ELLIPSOID.fwd(
            np.full(corners, origin.lon), np.full(corners, origin.lat), azimuth, radius_m
        )
        return shapely.Polygon(np.column_stack([lon, lat]))


def _geodesic_m(origins: NDArray[np.float64], destinations: NDArray[np.float64]) -> NDArray[np.float64]:
    _, _, metres = ELLIPSOID.inv(origins[:, 0], origins[:, 1], destinations[:, 0], destinations[:, 1])
    return np.asarray(metres, dtype=np.float64)
