"""Who is responsible where: neighbourhoods made of the areas between main roads, streets, districts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from geo.sample.arrays import Flags, Floats, Ints, Shapes
from geo.sample.arterials import LineClass, Lines
from geo.sample.terrain import Terrain

MIN_NEIGHBOURHOOD_M2 = 90_000.0  # of built-up land; open land counts little
MIN_SEED_COMMUNITIES = 3
ATTEMPTS, ROUNDS = 6, 8
LAND_WEIGHT = 0.25  # communities per km²
# How far a boundary would rather go to follow such a line: the cost of a territory reaching across it.
CROSSING_COST = np.array([3.0, 3.0, 2.4, 1.6, 0.8, 0.8, 5.0, 1.2])


@dataclass(frozen=True)
class Territory:
    """Nested areas: which neighbourhood each area (face) is in, its street, its district.

    `areas` tile the city; `neighbourhoods`, `streets`, `districts` are their unions.
    """

    areas: Shapes
    neighbourhood_of_area: Ints
    neighbourhoods: Shapes
    street_of_neighbourhood: Ints
    streets: Shapes
    district_of_street: Ints


@dataclass(frozen=True)
class _Borders:
    """Shared borders between units: the two units, the length and the class of the line between them."""

    left: Ints
    right: Ints
    length_m: Floats
    classes: Ints

    def between(self, group: Ints) -> _Borders:
        """Return the borders that remain when units are merged into groups."""
        left, right = group[self.left], group[self.right]
        keep = left != right
        return _Borders(left[keep], right[keep], self.length_m[keep], self.classes[keep])


def find_areas(lines: Lines, terrain: Terrain) -> Shapes:
    """Return the areas that the lines enclose; they tile the city without gap or overlap."""
    areas = shapely.get_parts(shapely.polygonize(lines.shapes))
    inside = shapely.contains(terrain.limit, shapely.point_on_surface(areas))  # a ridge may stray outside
    return np.asarray(areas[inside])


def lay_territory(
    areas: Shapes,
    lines: Lines,
    terrain: Terrain,
    communities: Ints,
    streets: int,
    districts: int,
    rng: np.random.Generator,
) -> Territory:
    """Divide the city along its main roads and rivers.

    Areas between the lines are merged into neighbourhoods where they are slivers or
    river banks; neighbourhoods grow together into streets, and streets into
    districts, around seeds spread by communities and land; a territory reaches
    across a residential road more readily than across a main road or the river.

    Parameters
    ----------
    communities
        How many communities lie in each area.
    streets, districts
        How many to make.

    Returns
    -------
    Territory
        Every street is one connected area. Streets and neighbourhoods are ordered
        so that those of one parent follow each other.
    """
    borders = _find_borders(areas, lines)
    neighbourhood = _merge_slivers(areas, borders, terrain)
    weight = communities + LAND_WEIGHT * shapely.area(areas) / 1e6
    peopled = np.bincount(neighbourhood, communities) >= MIN_SEED_COMMUNITIES
    street = _group(areas, weight, borders, neighbourhood, peopled, streets, rng)
    even = 0.75 * weight / weight.sum() + 0.25 * shapely.area(areas) / terrain.limit.area
    anywhere = np.ones(streets, dtype=bool)
    district = _group(areas, even, borders, street[neighbourhood], anywhere, districts, rng)
    return _assemble(areas, neighbourhood, street, district)


def _find_borders(areas: Shapes, lines: Lines) -> _Borders:
    middle = shapely.line_interpolate_point(lines.shapes, 0.5, normalized=True)
    after = shapely.line_interpolate_point(lines.shapes, 0.51, normalized=True)
    here, there = shapely.get_coordinates(middle), shapely.get_coordinates(after)
    step = (there - here) / np.hypot(*(there - here).T)[:, None]
    aside = np.column_stack([-step[:, 1], step[:, 0]]) * 0.5
    tree = shapely.STRtree(areas)
    sides = []
    for offset in (aside, -aside):
        found, area = tree.query(shapely.points(here + offset), predicate="within")
        side = np.full(len(middle), -1)
        side[found] = area
        sides.append(side)
    left, right = sides
    keep = (left >= 0) & (right >= 0) & (left != right)
    return _Borders(left[keep], right[keep], shapely.length(lines.shapes)[keep], lines.classes[keep])


def _merge_slivers(areas: Shapes, borders: _Borders, terrain: Terrain) -> Ints:
    """Return the neighbourhood of each area: slivers and wet strips join a neighbour on their bank."""
    wet = shapely.area(shapely.intersection(areas, terrain.water.buffer(90))) > 0.45 * shapely.area(areas)
    points = shapely.get_coordinates(shapely.point_on_surface(areas))
    built = shapely.area(areas) * (0.015 + terrain.density(points))
    size = np.where(wet, 0.0, built)
    group = np.arange(len(areas))
    for unit in np.argsort(size, kind="stable"):
        while size[group == group[unit]].sum() < MIN_NEIGHBOURHOOD_M2:
            neighbour = _best_neighbour(group[unit], borders.between(group))
            if neighbour is None:
                break
            group[group == group[unit]] = neighbour
    return np.unique(group, return_inverse=True)[1]


def _best_neighbour(unit: int, borders: _Borders) -> int | None:
    mine = ((borders.left == unit) | (borders.right == unit)) & (borders.classes != LineClass.RIVER)
    if not mine.any():
        return None
    others = np.where(borders.left == unit, borders.right, borders.left)[mine]
    pull = np.bincount(others, borders.length_m[mine] / CROSSING_COST[borders.classes[mine]])
    return int(pull.argmax())


def _group(
    areas: Shapes,
    weight: Floats,
    borders: _Borders,
    unit: Ints,
    may_lead: Flags,
    count: int,
    rng: np.random.Generator,
) -> Ints:
    """Return the group of each unit: `count` connected groups of like weight around units that may lead."""
    total = np.bincount(unit, weight)
    middle = shapely.get_coordinates(shapely.centroid(areas))
    centre = np.column_stack([np.bincount(unit, weight * middle[:, k]) / total for k in (0, 1)])
    graph = _adjacency(centre, borders.between(unit))
    best, best_spread = np.zeros(len(total), dtype=np.int64), np.inf
    for _ in range(ATTEMPTS):
        seeds = _spread_seeds(centre, np.where(may_lead, total, 0), count, rng)
        for _ in range(ROUNDS):
            _, _, source = csgraph.dijkstra(graph, indices=seeds, min_only=True, return_predecessors=True)
            label = np.searchsorted(seeds, source)
            load = np.bincount(label, total, minlength=count)
            if load.std() < best_spread:
                best, best_spread = label, float(load.std())
            middles = np.column_stack([np.bincount(label, total * centre[:, k]) / load for k in (0, 1)])
            seeds = np.sort([_nearest(middles[k], centre, (label == k) & may_lead) for k in range(count)])
    return best


def _adjacency(centre: Floats, borders: _Borders) -> sparse.csr_array:
    """Return the cost of reaching from unit to unit, by distance and the line on most of their border."""
    size = len(centre)
    pair = np.minimum(borders.left, borders.right) * size + np.maximum(borders.left, borders.right)
    pairs, index = np.unique(pair, return_inverse=True)
    length = np.bincount(index, borders.length_m)
    factor = np.bincount(index, borders.length_m * CROSSING_COST[borders.classes]) / length
    a, b = pairs // size, pairs % size
    cost = np.hypot(*(centre[a] - centre[b]).T) * factor
    return sparse.csr_array(
        (np.tile(cost, 2), (np.concatenate([a, b]), np.concatenate([b, a]))), (size, size)
    )


def _spread_seeds(centre: Floats, weight: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Draw seeds one by one, each likelier the heavier a unit and the farther from the seeds so far."""
    seeds = [_nearest(np.zeros(2), centre, weight > 0)]
    distance2 = ((centre - centre[seeds[0]]) ** 2).sum(axis=1)
    for _ in range(count - 1):
        chance = distance2 * weight
        seeds.append(int(rng.choice(len(centre), p=chance / chance.sum())))
        distance2 = np.minimum(distance2, ((centre - centre[seeds[-1]]) ** 2).sum(axis=1))
    return np.sort(np.array(seeds))


def _nearest(point: Floats, centre: Floats, eligible: Flags) -> int:
    distance = np.where(eligible, np.hypot(*(centre - point).T), np.inf)
    return int(distance.argmin())


def _assemble(areas: Shapes, neighbourhood: Ints, street: Ints, district: Ints) -> Territory:
    """Renumber so that children of one parent follow each other, then dissolve."""
    street_order = np.lexsort((np.arange(len(district)), district))
    street_rank = np.argsort(street_order)
    street = street_rank[street]
    order = np.lexsort((np.arange(len(street)), street))
    neighbourhood = np.argsort(order)[neighbourhood]
    street = street[order]
    return Territory(
        areas=areas,
        neighbourhood_of_area=neighbourhood,
        neighbourhoods=_dissolve(areas, neighbourhood),
        street_of_neighbourhood=street,
        streets=_dissolve(areas, street[neighbourhood]),
        district_of_street=district[street_order],
    )


def _dissolve(areas: Shapes, group: Ints) -> Shapes:
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(group.max() + 1))
    parts = [shapely.union_all(members) for members in np.split(areas[order], starts[1:])]
    return np.array(parts, dtype=object)
