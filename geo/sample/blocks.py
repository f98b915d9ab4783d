"""Blocks and residential streets: areas between main roads, cut until they have the size of a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon

from geo.sample.arrays import Floats, Ints, Shapes
from geo.sample.terrain import Terrain

COUNTRY_DENSITY = 0.16
CROSSING_SHARE = 0.6
MIN_PART_SHARE = 0.22
BANK_M = 90.0
WET_SHARE = 0.3
OPEN_LAND_M2 = 2_600_000.0
TOWN_DENSITY = 0.4


@dataclass(frozen=True)
class Blocks:
    """Blocks (polygons), the number of the area each is in, and the streets cut between them."""

    shapes: Shapes
    areas: Ints
    streets: list[LineString]
    street_numbers: list[int]


def cut_blocks(areas: Shapes, terrain: Terrain, rng: np.random.Generator) -> Blocks:
    """Cut each area into blocks of about 3 hectares in the centre and 10 at the edge of town.

    Areas that are mostly river, and wide open land, are left out.
    """
    banks = shapely.area(shapely.intersection(areas, terrain.water.buffer(BANK_M)))
    cutter = _Cutter(terrain, rng)
    shapes: list[Polygon] = []
    owners: list[int] = []
    size = shapely.area(areas)
    density = terrain.density(shapely.get_coordinates(shapely.point_on_surface(areas)))
    town = (size < OPEN_LAND_M2) | (density > TOWN_DENSITY)
    for number in np.flatnonzero((banks < WET_SHARE * size) & town).tolist():
        found = cutter.cut(shapely.get_coordinates(areas[number].exterior)[:-1])
        shapes += [Polygon(ring) for ring in found]
        owners += [number] * len(found)
    return Blocks(np.array(shapes, dtype=object), np.array(owners), cutter.streets, cutter.numbers)


class _Cutter:
    """Cuts rings (n × 2, open) by straight lines and remembers the lines."""

    def __init__(self, terrain: Terrain, rng: np.random.Generator) -> None:
        self.rng = rng
        self.block_m2 = _block_sizes(terrain)
        self.streets: list[LineString] = []
        self.numbers: list[int] = []
        self._number = 0

    def cut(self, ring: Floats) -> list[Floats]:
        """Cut ``ring`` and its parts until each is small enough for its place."""
        waiting, done = [ring], []
        while waiting:
            part = waiting.pop()
            area = ring_area(part)
            if area <= self.block_m2(part.mean(axis=0)) * self.rng.uniform(0.7, 1.8):
                done.append(part)
                continue
            parts = self._cut_once(part, area)
            (waiting if len(parts) > 1 else done).extend(parts)
        return done

    def _cut_once(self, ring: Floats, area: float) -> list[Floats]:
        centre, along, across = axes_of(ring)
        tilt = self.rng.normal(0, 0.045)
        normal = np.cos(tilt) * along + np.sin(tilt) * across
        for _ in range(3):
            point = centre + along * self.rng.normal(0, 0.055) * np.sqrt(area)
            parts = cut_ring(ring, point, normal)
            if parts is not None and min(map(ring_area, parts)) > MIN_PART_SHARE * area:
                self._remember(parts)
                crossing = area > 4 * self.block_m2(centre) and self.rng.random() < CROSSING_SHARE
                return self._cross(parts, point, normal) if crossing else list(parts)
        return [ring]

    def _cross(self, parts: tuple[Floats, Floats], point: Floats, normal: Floats) -> list[Floats]:
        """Cut both halves by one street at right angles, so that the streets cross."""
        turned = np.array([-normal[1], normal[0]])
        halves: list[Floats] = []
        self._number += 1
        for part in parts:
            cut = cut_ring(part, point, turned)
            if cut is None or min(map(ring_area, cut)) < MIN_PART_SHARE * ring_area(part):
                halves.append(part)
            else:
                self._remember(cut, same_street=True)
                halves.extend(cut)
        return halves

    def _remember(self, parts: tuple[Floats, Floats], *, same_street: bool = False) -> None:
        self._number += not same_street
        self.streets.append(LineString([parts[0][-1], parts[0][0]]))
        self.numbers.append(self._number)


def _block_sizes(terrain: Terrain) -> Callable[[Floats], float]:
    def block_m2(point: Floats) -> float:
        density = float(terrain.density(point[None, :])[0])
        if density < COUNTRY_DENSITY or float(terrain.relief(point[None, :])[0]) > 0.45:
            return np.inf
        return float(np.interp(density, [COUNTRY_DENSITY, 0.4, 0.7, 1], [120_000, 75_000, 48_000, 33_000]))

    return block_m2


def ring_area(ring: Floats) -> float:
    """Return the area of an open ring."""
    x, y = ring[:, 0] - ring[0, 0], ring[:, 1] - ring[0, 1]
    return abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())) / 2


def axes_of(ring: Floats) -> tuple[Floats, Floats, Floats]:
    """Return centre, direction of the longer side and of the shorter side of a ring's tightest box."""
    sides = np.roll(ring, -1, axis=0) - ring
    angles = np.arctan2(sides[:, 1], sides[:, 0])
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    u, v = cos * ring[:, 0] + sin * ring[:, 1], cos * ring[:, 1] - sin * ring[:, 0]
    wide, high = np.ptp(u, axis=1), np.ptp(v, axis=1)
    best = int(np.argmin(wide * high))
    c, s = float(cos[best, 0]), float(sin[best, 0])
    middle_u, middle_v = (u[best].max() + u[best].min()) / 2, (v[best].max() + v[best].min()) / 2
    centre = np.array([c * middle_u - s * middle_v, s * middle_u + c * middle_v])
    long, short = np.array([c, s]), np.array([-s, c])
    return (centre, long, short) if wide[best] >= high[best] else (centre, short, long)


def cut_ring(ring: Floats, point: Floats, normal: Floats) -> tuple[Floats, Floats] | None:
    """Cut an open ring by the line through ``point`` with ``normal``; None unless it meets the ring twice.

    The first part starts and ends on the cut, so that its last and first
    coordinates are the ends of the new street.
    """
    side = ((ring - point) * normal).sum(axis=1)
    after = np.roll(side, -1)
    crossings = np.flatnonzero((side > 0) != (after > 0))
    if len(crossings) != 2:
        return None
    share = side[crossings] / (side[crossings] - after[crossings])
    following = ring[(crossings + 1) % len(ring)]
    met = ring[crossings] + share[:, None] * (following - ring[crossings])
    i, j = crossings
    first = np.vstack([met[:1], ring[i + 1 : j + 1], met[1:]])
    second = np.vstack([met[1:], ring[j + 1 :], ring[: i + 1], met[:1]])
    return first, second
