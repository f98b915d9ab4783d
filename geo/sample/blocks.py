"""Blocks and residential streets: areas between main roads, cut until they have the size of a block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.sample.arrays import Floats, Ints, Shapes
from geo.sample.terrain import Terrain

COUNTRY_DENSITY = 0.16
CROSSING_SHARE = 0.6
MIN_PART_SHARE = 0.22
BANK_M = 90.0
WET_SHARE = 0.3
OPEN_LAND_M2 = 2_600_000.0
TOWN_DENSITY = 0.4

# Corners of an open ring, in plain numbers: for a handful of them, NumPy's calls cost more than the sums.
Corner = Sequence[float]
Ring = Sequence[Corner]


@dataclass(frozen=True)
class Blocks:
    """Blocks (polygons), the number of the area each is in, and the streets (lines) cut between them."""

    shapes: Shapes
    areas: Ints
    streets: Shapes
    street_numbers: list[int]


def cut_blocks(areas: Shapes, terrain: Terrain, rng: np.random.Generator) -> Blocks:
    """Cut each area into blocks of about 3 hectares in the centre and 10 at the edge of town.

    Areas that are mostly river, and wide open land, are left out.
    """
    banks = shapely.area(shapely.intersection(areas, terrain.water.buffer(BANK_M)))
    cutter = _Cutter(terrain, rng)
    rings: list[Ring] = []
    owners: list[int] = []
    size = shapely.area(areas)
    density = terrain.density(shapely.get_coordinates(shapely.point_on_surface(areas)))
    town = (size < OPEN_LAND_M2) | (density > TOWN_DENSITY)
    for number in np.flatnonzero((banks < WET_SHARE * size) & town).tolist():
        found = cutter.cut(corners_of(areas[number]))
        rings += found
        owners += [number] * len(found)
    streets = shapely.linestrings(np.array(cutter.streets, dtype=float).reshape(-1, 2, 2))
    return Blocks(polygons_of(rings), np.array(owners), np.asarray(streets), cutter.numbers)


class _Cutter:
    """Cuts rings by straight lines and remembers the lines."""

    def __init__(self, terrain: Terrain, rng: np.random.Generator) -> None:
        self.rng = rng
        self.block_m2 = _block_sizes(terrain)
        self.streets: list[tuple[Corner, Corner]] = []
        self.numbers: list[int] = []
        self._number = 0

    def cut(self, ring: Ring) -> list[Ring]:
        """Cut ``ring`` and its parts until each is small enough for its place."""
        waiting, done = [ring], []
        while waiting:
            part = waiting.pop()
            area = ring_area(part)
            if area <= self.block_m2(*_mean(part)) * self.rng.uniform(0.7, 1.8):
                done.append(part)
                continue
            parts = self._cut_once(part, area)
            (waiting if len(parts) > 1 else done).extend(parts)
        return done

    def _cut_once(self, ring: Ring, area: float) -> list[Ring]:
        centre, along, across = axes_of(ring)
        tilt = self.rng.normal(0, 0.045)
        normal = np.cos(tilt) * along + np.sin(tilt) * across
        for _ in range(3):
            point = centre + along * self.rng.normal(0, 0.055) * np.sqrt(area)
            parts = cut_ring(ring, point, normal)
            if parts is not None and min(map(ring_area, parts)) > MIN_PART_SHARE * area:
                self._remember(parts)
                crossing = area > 4 * self.block_m2(*centre) and self.rng.random() < CROSSING_SHARE
                return self._cross(parts, point, normal) if crossing else list(parts)
        return [ring]

    def _cross(self, parts: tuple[Ring, Ring], point: Floats, normal: Floats) -> list[Ring]:
        """Cut both halves by one street at right angles, so that the streets cross."""
        turned = np.array([-normal[1], normal[0]])
        halves: list[Ring] = []
        self._number += 1
        for part in parts:
            cut = cut_ring(part, point, turned)
            if cut is None or min(map(ring_area, cut)) < MIN_PART_SHARE * ring_area(part):
                halves.append(part)
            else:
                self._remember(cut, same_street=True)
                halves.extend(cut)
        return halves

    def _remember(self, parts: tuple[Ring, Ring], *, same_street: bool = False) -> None:
        self._number += not same_street
        self.streets.append((parts[0][-1], parts[0][0]))
        self.numbers.append(self._number)


def _block_sizes(terrain: Terrain) -> Callable[[float, float], float]:
    densities, sizes_m2 = (
        np.array([COUNTRY_DENSITY, 0.4, 0.7, 1]),
        np.array([120_000.0, 75_000, 48_000, 33_000]),
    )

    def block_m2(x: float, y: float) -> float:
        density, relief = terrain.at(x, y)
        if density < COUNTRY_DENSITY or relief > 0.45:
            return np.inf
        return float(np.interp(density, densities, sizes_m2))

    return block_m2


def corners_of(polygon: shapely.Polygon) -> Ring:
    """Return the outer ring of a polygon, open."""
    corners: Ring = shapely.get_coordinates(polygon.exterior)[:-1].tolist()
    return corners


def polygons_of(rings: Sequence[Ring]) -> Shapes:
    """Return a polygon of each open ring."""
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    corners = np.array([corner for ring in rings for corner in ring])
    return np.asarray(shapely.polygons(shapely.linearrings(corners, indices=owner)))


def ring_area(ring: Ring) -> float:
    """Return the area of an open ring."""
    x0, y0 = ring[0]
    here = [(x - x0, y - y0) for x, y in ring]
    doubled = [x * v - y * u for (x, y), (u, v) in zip(here, [*here[1:], here[0]], strict=True)]
    # NumPy's sum, whose rounding is the same from one Python to the next.
    return abs(float(np.add.reduce(doubled))) / 2


def _mean(ring: Ring) -> tuple[float, float]:
    x = y = 0.0
    for u, v in ring:
        x, y = x + u, y + v
    return x / len(ring), y / len(ring)


def axes_of(ring: Ring) -> tuple[Floats, Floats, Floats]:
    """Return centre, direction of the longer side and of the shorter side of a ring's tightest box."""
    corners = np.asarray(ring)
    sides = np.array([*ring[1:], ring[0]]) - corners
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x, y = corners.T
    u, v = cos * x + sin * y, cos * y - sin * x
    u_most, u_least, v_most, v_least = u.max(axis=1), u.min(axis=1), v.max(axis=1), v.min(axis=1)
    wide, high = u_most - u_least, v_most - v_least
    best = int((wide * high).argmin())
    c, s = float(cos[best, 0]), float(sin[best, 0])
    middle_u, middle_v = (u_most[best] + u_least[best]) / 2, (v_most[best] + v_least[best]) / 2
    centre = np.array([c * middle_u - s * middle_v, s * middle_u + c * middle_v])
    long, short = np.array([c, s]), np.array([-s, c])
    return (centre, long, short) if wide[best] >= high[best] else (centre, short, long)


def cut_ring(ring: Ring, point: Floats, normal: Floats) -> tuple[Ring, Ring] | None:
    """Cut an open ring by the line through ``point`` with ``normal``; None unless it meets the ring twice.

    The first part starts and ends on the cut, so that its last and first
    coordinates are the ends of the new street.
    """
    x0, y0, across, up = *map(float, point), *map(float, normal)
    side = [(x - x0) * across + (y - y0) * up for x, y in ring]
    # The corner before the first is the last one.
    crossings = [k for k in range(len(ring)) if (side[k - 1] > 0) != (side[k] > 0)]
    if len(crossings) != 2:
        return None
    i, j = sorted((k - 1) % len(ring) for k in crossings)
    met_i, met_j = _meet(ring, side, i), _meet(ring, side, j)
    return [met_i, *ring[i + 1 : j + 1], met_j], [met_j, *ring[j + 1 :], *ring[: i + 1], met_i]


def _meet(ring: Ring, side: list[float], k: int) -> Corner:
    """Return where the cut meets the side that follows corner ``k``."""
    following = (k + 1) % len(ring)
    share = side[k] / (side[k] - side[following])
    (x, y), (u, v) = ring[k], ring[following]
    return x + share * (u - x), y + share * (v - y)
