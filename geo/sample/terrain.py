"""The ground of the sample city: limit, river, hills, how dense it is built, which way roads run.

Everything is in metres on a local plane whose origin is the main centre.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo.sample.arrays import Floats

HALF_WIDTH_M = 22_500.0
HALF_HEIGHT_M = 17_500.0
RIVER_WIDTH_M = 260.0
TRIBUTARY_WIDTH_M = 70.0
# Each row: x, y, radius in metres, height.
_CENTRES = np.array(
    [
        (-200, 500, 4_300, 0.95),
        (9_300, 3_800, 2_500, 0.6),
        (-9_600, -1_800, 2_500, 0.6),
        (3_600, -8_200, 2_500, 0.6),
        (-6_300, 8_000, 2_500, 0.6),
        (16_200, -3_600, 1_350, 0.55),
        (-16_400, 5_400, 1_350, 0.55),
        (12_800, 10_400, 1_350, 0.55),
        (-11_500, -10_300, 1_350, 0.55),
    ]
)
_HILLS = np.array(
    [
        (2_600, 13_200, 3_600, 1.0),
        (18_500, 6_000, 2_600, 0.9),
        (-17_800, -5_200, 2_900, 0.9),
        (10_200, -12_500, 3_000, 0.9),
        (-4_400, -13_200, 2_600, 0.9),
        (4_700, 4_900, 850, 1.3),
    ]
)


@dataclass(frozen=True)
class Waves:
    """A smooth random function of the plane: a sum of sine waves."""

    vectors: Floats  # (n, 2), radians per metre
    phases: Floats
    amplitudes: Floats

    def at(self, points: Floats) -> Floats:
        """Return the value at each row of ``points`` (n × 2)."""
        return np.asarray(np.sin(points @ self.vectors.T + self.phases) @ self.amplitudes)


def make_waves(rng: np.random.Generator, lengths_m: Floats, amplitudes: Floats) -> Waves:
    """Draw direction and phase of waves of the given lengths and amplitudes."""
    angles = rng.uniform(0, 2 * np.pi, len(lengths_m))
    vectors = np.column_stack([np.cos(angles), np.sin(angles)]) * (2 * np.pi / lengths_m)[:, None]
    return Waves(vectors, rng.uniform(0, 2 * np.pi, len(lengths_m)), amplitudes)


@dataclass(frozen=True)
class Bumps:
    """Round swellings: centres of building, hills, or places where the street grid turns."""

    places: Floats  # (n, 2)
    radii_m: Floats
    heights: Floats

    def at(self, points: Floats) -> Floats:
        """Return the height of all together at each row of ``points`` (m × 2)."""
        return np.asarray(self.each_at(points).sum(axis=1))

    def each_at(self, points: Floats) -> Floats:
        """Return the height of each (columns) at each row of ``points``."""
        x = points[:, :1] - self.places[:, 0]
        y = points[:, 1:] - self.places[:, 1]
        return np.asarray(self.heights * np.exp(-(x**2 + y**2) / (2 * self.radii_m**2)))

    def at_one(self, x: float, y: float) -> float:
        """Return the height of all together at one point, bit for bit as `at` does."""
        square = (x - self.places[:, 0]) ** 2 + (y - self.places[:, 1]) ** 2
        return float((self.heights * np.exp(-square / (2 * self.radii_m**2))).sum())

    def join(self, other: Bumps) -> Bumps:
        """Return these and the others."""
        return Bumps(
            np.vstack([self.places, other.places]),
            np.concatenate([self.radii_m, other.radii_m]),
            np.concatenate([self.heights, other.heights]),
        )


@dataclass(frozen=True)
class Terrain:
    """The ground on which the city is laid out."""

    limit: Polygon
    river: LineString
    tributary: LineString
    water: BaseGeometry
    centres: Bumps
    hills: Bumps
    turns: Bumps  # whose height is an angle in radians
    drift: tuple[Waves, Waves]
    texture: Waves
    bearing: float

    def density(self, points: Floats) -> Floats:
        """Return how densely each point is built up, 0 (country) to 1 (inner city)."""
        built = self.centres.at(points) * (1 + 0.22 * self.texture.at(points))
        return np.asarray(np.clip(built - self.relief(points), 0, 1))

    def relief(self, points: Floats) -> Floats:
        """Return how hilly each point is; above 0.4 only main roads pass."""
        return self.hills.at(points)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return `density` and `relief` of one point, in a fraction of their time."""
        relief = self.hills.at_one(x, y)
        texture = float(self.texture.at(np.array([[x, y]]))[0])
        built = self.centres.at_one(x, y) * (1 + 0.22 * texture)
        return min(max(built - relief, 0.0), 1.0), relief

    def bend(self, grid: Floats) -> Floats:
        """Carry points of an even grid onto the ground: turned, twisted and drifted, never folded."""
        cos, sin = np.cos(self.bearing), np.sin(self.bearing)
        points = grid @ np.array([[cos, sin], [-sin, cos]])
        for k, place in enumerate(self.turns.places):
            angle = self.turns.each_at(points)[:, k]
            x, y = (points - place).T
            turned = [x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)]
            points = place + np.column_stack(turned)
        return np.asarray(points + np.column_stack([wave.at(points) for wave in self.drift]))


def make_terrain(rng: np.random.Generator) -> Terrain:
    """Lay out limit, rivers, centres and hills; the plan is fixed, its details are drawn."""
    river, tributary = _draw_rivers(rng)
    water = shapely.union(river.buffer(RIVER_WIDTH_M / 2), tributary.buffer(TRIBUTARY_WIDTH_M / 2))
    centres = _scatter(rng, _CENTRES)
    hills = _scatter(rng, _HILLS)
    turns = Bumps(
        centres.places,
        np.maximum(1.5 * centres.radii_m, 3_000),
        rng.choice([-1.0, 1.0], len(_CENTRES)) * rng.uniform(0.25, 0.5, len(_CENTRES)),
    )
    lengths, heights = np.array([21_000.0, 13_500, 9_000, 5_200]), np.array([900.0, 420, 210, 70])
    return Terrain(
        limit=_draw_limit(rng),
        river=river,
        tributary=tributary,
        water=water,
        centres=centres,
        hills=hills,
        turns=turns,
        drift=(make_waves(rng, lengths, heights), make_waves(rng, lengths, heights)),
        texture=make_waves(rng, np.array([5_200.0, 3_400, 2_300]), np.array([0.5, 0.5, 0.5])),
        bearing=float(rng.uniform(0.12, 0.22)),
    )


def _scatter(rng: np.random.Generator, plan: Floats) -> Bumps:
    """Shift and stretch the planned bumps a little."""
    places = plan[:, :2] + rng.normal(0, 400, (len(plan), 2))
    return Bumps(places, plan[:, 2] * rng.uniform(0.88, 1.12, len(plan)), plan[:, 3])


def _draw_limit(rng: np.random.Generator) -> Polygon:
    angle = np.linspace(0, 2 * np.pi, 900, endpoint=False)
    ring = np.column_stack([np.cos(angle), np.sin(angle)])
    order = np.arange(2, 60)
    phases = rng.uniform(0, 2 * np.pi, len(order))
    wobble = np.sin(angle[:, None] * order + phases) @ (0.17 * order**-1.15 * rng.uniform(0.5, 1, len(order)))
    # A rounded box fills the extent better than an ellipse.
    stretch = (np.abs(ring) ** 2.6).sum(axis=1) ** (-1 / 2.6)
    reach = stretch * (0.93 + wobble.clip(-0.3, 0.16))
    return Polygon(ring * reach[:, None] * [HALF_WIDTH_M, HALF_HEIGHT_M])


def _draw_rivers(rng: np.random.Generator) -> tuple[LineString, LineString]:
    x = np.arange(-26_000.0, 26_001, 120)
    a, b, c = rng.uniform(-0.5, 0.5, 3)
    meander = 1_500 * np.sin(x / 5_900 + a) + 640 * np.sin(x / 2_300 + b) + 150 * np.sin(x / 900 + c)
    y = 0.06 * x - 2_300 + meander
    mouth = int(np.searchsorted(x, -3_900))
    up = np.arange(0.0, 22_001, 120)
    sway = (900 * np.sin(up / 3_100 + c) + 300 * np.sin(up / 1_300 + a)) * np.minimum(up / 3_000, 1)
    branch = np.column_stack([x[mouth] - 0.12 * up + sway, y[mouth] + up])
    return LineString(np.column_stack([x, y])), LineString(branch)
