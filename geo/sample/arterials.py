"""The main roads of the sample city: motorway and ring roads, an uneven grid, roads along the rivers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
import shapely
import shapely.affinity
from shapely import LineString, Polygon
from shapely.geometry.base import BaseGeometry

from geo.sample.arrays import Flags, Floats, Ints, Shapes
from geo.sample.terrain import RIVER_WIDTH_M, TRIBUTARY_WIDTH_M, Bumps, Terrain, make_waves

SNAP_M = 0.1
PRIMARY_SPACING_M = 3_300.0
REACH_M = 29_000.0
TOWN_SPACING_M = 3_600.0


class LineClass(IntEnum):
    """What a line of the ground plan is; roads from the greatest to the least, then what is no road."""

    MOTORWAY = 0
    TRUNK = 1
    PRIMARY = 2
    SECONDARY = 3
    TERTIARY = 4
    RESIDENTIAL = 5
    RIVER = 6
    RIDGE = 7
    LIMIT = 8


Drawn = tuple[BaseGeometry, LineClass]


@dataclass(frozen=True)
class Lines:
    """Lines with their class and the number of the drawn line (a road's whole course) each belongs to."""

    shapes: Shapes
    classes: Ints
    sources: Ints

    def where(self, keep: Flags) -> Lines:
        """Return the lines for which ``keep`` holds."""
        return Lines(self.shapes[keep], self.classes[keep], self.sources[keep])


def lines_of(pairs: list[Drawn]) -> Lines:
    """Number lines in the order given."""
    shapes = np.array([line for line, _ in pairs], dtype=object)
    return Lines(shapes, np.array([int(c) for _, c in pairs]), np.arange(len(pairs)))


def node_lines(lines: Lines) -> Lines:
    """Split lines wherever they meet, on a grid of 0.1 m, keeping class and source of each piece."""
    pieces = shapely.get_parts(shapely.unary_union(lines.shapes, grid_size=SNAP_M))
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    segments, owner = _segments(lines.shapes)
    # By segment: whole lines have large boxes, so that the tree would spare hardly any distance.
    found, nearest = shapely.STRtree(segments).query_nearest(middles, all_matches=False)
    origin = np.empty(len(pieces), dtype=np.int64)
    origin[found] = owner[nearest]
    return Lines(pieces, lines.classes[origin], lines.sources[origin])


def _segments(shapes: Shapes) -> tuple[Shapes, Ints]:
    """Return the straight segments of lines, and the number of the line each is of."""
    points, line = shapely.get_coordinates(shapes, return_index=True)
    inner = line[:-1] == line[1:]
    ends = np.stack([points[:-1][inner], points[1:][inner]], axis=1)
    return np.asarray(shapely.linestrings(ends)), line[:-1][inner]


def draw_arterials(terrain: Terrain, rng: np.random.Generator) -> Lines:
    """Draw the main roads, rivers and the limit as noded lines without dead ends.

    The grid's denser lines run only where the city is dense, minor roads neither
    cross hills nor (but for some bridges) the river.
    """
    special = _special_lines(terrain, rng)
    grid = _grid_lines(terrain, rng)
    drawn = lines_of(special + grid)
    inside = shapely.intersection(drawn.shapes, terrain.limit)
    parts, owner = shapely.get_parts(inside, return_index=True)
    is_line = shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING
    clipped = Lines(parts[is_line], drawn.classes[owner[is_line]], drawn.sources[owner[is_line]])
    noded = node_lines(clipped)
    built = _choose(noded, terrain, np.arange(len(special)), rng)
    ridge = ~built & (noded.classes == LineClass.SECONDARY) & ~_hugs(noded, np.arange(len(special)))
    ridge &= (_density_of(noded, terrain) < 0.11) & (rng.random(len(built)) < 0.6)
    plan = Lines(noded.shapes, np.where(ridge, LineClass.RIDGE, noded.classes), noded.sources)
    return prune_dead_ends(_roughen_ridges(plan.where(built | ridge), rng))


def add_towns(lines: Lines, terrain: Terrain, rng: np.random.Generator) -> tuple[Lines, Terrain]:
    """Found small towns along country roads: a road around each, and building within."""
    roads = lines.where((lines.classes > LineClass.TRUNK) & (lines.classes <= LineClass.SECONDARY))
    places = np.unique(np.round(_ends(roads.shapes).reshape(-1, 2) / SNAP_M), axis=0) * SNAP_M
    inside = shapely.distance(shapely.points(places), terrain.limit.exterior) > 1_400
    free = inside & (terrain.density(places) < 0.03) & (terrain.relief(places) < 0.55)
    free &= shapely.distance(shapely.points(places), terrain.water) > 1_000
    chosen: list[Floats] = []
    for place in rng.permutation(places[free]):
        if all(np.hypot(*(place - other)) > TOWN_SPACING_M for other in chosen):
            chosen.append(place)
    towns = Bumps(
        np.array(chosen).reshape(-1, 2), rng.uniform(480, 720, len(chosen)), np.full(len(chosen), 0.7)
    )
    loops: list[Drawn] = [
        (shapely.affinity.translate(_draw_ring(rng, 1.2 * radius_m, 0.1), x, y), LineClass.TERTIARY)
        for (x, y), radius_m in zip(towns.places, towns.radii_m, strict=True)
    ]
    drawn = lines_of(loops)
    together = Lines(
        np.concatenate([lines.shapes, drawn.shapes]),
        np.concatenate([lines.classes, drawn.classes]),
        np.concatenate([lines.sources, drawn.sources + int(lines.sources.max()) + 1]),
    )
    return prune_dead_ends(node_lines(together)), replace(terrain, centres=terrain.centres.join(towns))


def prune_dead_ends(lines: Lines) -> Lines:
    """Remove roads that lead nowhere until none is left; rivers and ridges do not count as somewhere."""
    keep = np.ones(len(lines.shapes), dtype=bool)
    ends = np.round(_ends(lines.shapes) / SNAP_M).astype(np.int64)
    _, node = np.unique(ends.reshape(-1, 2), axis=0, return_inverse=True)
    node = node.reshape(-1, 2)
    solid = ~np.isin(lines.classes, [LineClass.RIVER, LineClass.RIDGE])
    while True:
        degree = np.bincount(node[keep & solid].ravel(), minlength=node.max() + 1)
        dangling = keep & (lines.classes <= LineClass.RESIDENTIAL) & (degree[node] < 2).any(axis=1)
        if not dangling.any():
            return lines.where(keep)
        keep &= ~dangling


def _ends(shapes: Shapes) -> Floats:
    """Return first and last coordinate of each line, as n × 2 × 2."""
    first, last = shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)
    return np.stack([shapely.get_coordinates(first), shapely.get_coordinates(last)], axis=1)


def _special_lines(terrain: Terrain, rng: np.random.Generator) -> list[Drawn]:
    river_m, brook_m = RIVER_WIDTH_M / 2 + 45, TRIBUTARY_WIDTH_M / 2 + 35
    banks: list[Drawn] = [
        (terrain.river.offset_curve(river_m), LineClass.SECONDARY),
        (terrain.river.offset_curve(-river_m), LineClass.SECONDARY),
        (terrain.tributary.offset_curve(brook_m), LineClass.TERTIARY),
        (terrain.tributary.offset_curve(-brook_m), LineClass.TERTIARY),
    ]
    expressway = _draw_ring(rng, 7_000, 0.06)
    rings = [
        (_draw_ring(rng, 13_600, 0.055), LineClass.MOTORWAY),
        (expressway, LineClass.TRUNK),
        (_draw_ring(rng, 3_050, 0.06), LineClass.PRIMARY),
    ]
    angles = rng.uniform(0, 2 * np.pi) + np.arange(5) * 2 * np.pi / 5 + rng.normal(0, 0.12, 5)
    radials = [(_draw_radial(rng, float(angle), expressway), LineClass.MOTORWAY) for angle in angles]
    return [
        (terrain.limit.exterior, LineClass.LIMIT),
        (terrain.river, LineClass.RIVER),
        (terrain.tributary, LineClass.RIVER),
        *rings,
        *radials,
        *banks,
    ]


def _draw_ring(rng: np.random.Generator, radius_m: float, wobble: float) -> LineString:
    angle = np.linspace(0, 2 * np.pi, 361)
    order = np.arange(2, 7)
    swings = np.sin(angle[:, None] * order + rng.uniform(0, 2 * np.pi, len(order)))
    # A sum, not a matrix product: BLAS rounds differently from processor to processor.
    waves = (swings * (wobble * 1.6 / order)).sum(axis=1)
    points = np.column_stack([1.12 * np.cos(angle), 0.93 * np.sin(angle)]) * (radius_m * (1 + waves))[:, None]
    points[-1] = points[0]
    return _thin(points, 4)


def _draw_radial(rng: np.random.Generator, angle: float, ring: LineString) -> LineString:
    """Draw a motorway that leaves the ring at about ``angle``."""
    distance = np.arange(4_000.0, REACH_M, 100)
    wave = make_waves(rng, np.array([19_000.0, 8_000]), np.array([0.10, 0.03]))
    turned = angle + wave.at(np.column_stack([distance, np.zeros_like(distance)]))
    points = np.column_stack([np.cos(turned), np.sin(turned)]) * distance[:, None]
    outside = shapely.get_parts(_thin(points, 4).difference(Polygon(ring)))
    return LineString(outside[shapely.length(outside).argmax()])


def _grid_lines(terrain: Terrain, rng: np.random.Generator) -> list[Drawn]:
    lines: list[Drawn] = []
    along = np.arange(-REACH_M, REACH_M, 45)
    for axis in (0, 1):
        for offset, kind in _ladder(rng):
            grid = np.empty((len(along), 2))
            grid[:, axis], grid[:, 1 - axis] = offset, along
            lines.append((_thin(terrain.bend(grid), 2.5), kind))
    return lines


def _thin(points: Floats, tolerance_m: float) -> LineString:
    """Return the line through points without those that hardly matter."""
    return LineString(shapely.get_coordinates(LineString(points).simplify(tolerance_m)))


def _ladder(rng: np.random.Generator) -> list[tuple[float, LineClass]]:
    """Return where grid lines lie: primary roads, secondary ones between, tertiary ones between those."""
    count = int(REACH_M // PRIMARY_SPACING_M)
    primary = np.arange(-count, count + 1) * PRIMARY_SPACING_M + rng.normal(0, 330, 2 * count + 1)
    secondary = (primary[1:] + primary[:-1]) / 2 + rng.normal(0, 170, 2 * count)
    coarse = np.sort(np.concatenate([primary, secondary]))
    tertiary = (coarse[1:] + coarse[:-1]) / 2 + rng.normal(0, 80, len(coarse) - 1)
    return (
        [(float(v), LineClass.PRIMARY) for v in primary]
        + [(float(v), LineClass.SECONDARY) for v in secondary]
        + [(float(v), LineClass.TERTIARY) for v in tertiary]
    )


def _choose(lines: Lines, terrain: Terrain, special: Ints, rng: np.random.Generator) -> Flags:
    """Return which pieces are built, by density, hills, bridges and distance from a greater road."""
    density, relief = _density_of(lines, terrain), terrain.relief(_middles(lines))
    source_luck = rng.random(int(lines.sources.max()) + 1)[lines.sources]
    piece_luck = rng.random(len(lines.shapes))
    kind = lines.classes
    wet = shapely.intersects(lines.shapes, terrain.water)
    primary = (density > 0.04) | (source_luck < 0.6)
    country = (source_luck < 0.15) & (piece_luck > 0.1)
    secondary = ((density + 0.05 * (piece_luck - 0.5) > 0.11) | country) & (relief < 0.4)
    secondary &= ~wet | (source_luck < 0.5)
    tertiary = (density > 0.2) & (relief < 0.4) & ~wet & (piece_luck > 0.13)
    secondary &= (piece_luck > 0.03) | wet
    built = np.select(
        [kind == LineClass.PRIMARY, kind == LineClass.SECONDARY, kind == LineClass.TERTIARY],
        [primary, secondary, tertiary],
        default=True,
    )
    bank = np.isin(lines.sources, special)
    return np.asarray(built & (bank | ~_hugs(lines, special)))


def _middles(lines: Lines) -> Floats:
    return np.asarray(
        shapely.get_coordinates(shapely.line_interpolate_point(lines.shapes, 0.5, normalized=True))
    )


def _density_of(lines: Lines, terrain: Terrain) -> Floats:
    return terrain.density(_middles(lines))


def _roughen_ridges(lines: Lines, rng: np.random.Generator) -> Lines:
    """Let boundaries that follow no road wind like ridges do, and split them anew where they now meet."""
    shapes = lines.shapes.copy()
    for k in np.flatnonzero(lines.classes == LineClass.RIDGE):
        length = shapely.length(shapes[k])
        steps = np.linspace(0, 1, max(int(length / 90), 2))
        points = shapely.get_coordinates(shapely.line_interpolate_point(shapes[k], steps, normalized=True))
        swings = np.sin(steps[:, None] * np.pi * np.arange(2, 10))
        waves = (swings * (rng.normal(0, 1, 8) / np.arange(2, 10))).sum(axis=1)
        aside = np.array([points[0, 1] - points[-1, 1], points[-1, 0] - points[0, 0]]) / max(length, 1)
        shapes[k] = LineString(points + waves[:, None] * aside * min(0.09 * length, 190))
    return node_lines(Lines(shapes, lines.classes, lines.sources))


def _hugs(lines: Lines, special: Ints) -> Flags:
    """Return which pieces run alongside a ring, radial or river road, closer than 230 m."""
    guides = lines.shapes[np.isin(lines.sources, special)]
    tree = shapely.STRtree(guides)
    far = np.zeros(len(lines.shapes))
    for share in (0.12, 0.5, 0.88):
        points = shapely.line_interpolate_point(lines.shapes, share, normalized=True)
        near = tree.query_nearest(points, return_distance=True, all_matches=False)
        distance = np.empty(len(points))
        distance[near[0][0]] = near[1]
        far = np.maximum(far, distance)
    return np.asarray((far < 230) & (shapely.length(lines.shapes) > 330))
