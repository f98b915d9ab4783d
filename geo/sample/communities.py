"""Communities of the sample city: where they lie, what they are, what they are called, their gates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.sample.arrays import Flags, Floats, Ints, Shapes
from geo.sample.arterials import LineClass
from geo.sample.blocks import Blocks, Ring, axes_of, corners_of, cut_ring, polygons_of, ring_area
from geo.sample.names import name_community, phase_of, vary_name
from geo.sample.roads import Roads
from geo.sample.terrain import Terrain

MIN_OUTLINE_M2 = 1_500.0
MAX_BLOCK_M2 = 220_000.0
ROAD_SETBACK_M = 12.0
EXPRESSWAY_SETBACK_M = 42.0
UNLOCATED_SHARE = 0.03
ALIAS_SHARE = 0.18
KINDS = ("commodity", "affordable", "reform", "old", "mixed")
# Share of each kind at the edge of town and in the inner city.
_KIND_SHARES = np.array([[0.69, 0.16, 0.05, 0.05, 0.05], [0.37, 0.04, 0.21, 0.30, 0.08]])
# By kind: mean and spread of the year of building, floor area ratio, dwelling in m².
_FACTS = {
    "commodity": (2009, 6.5, 2.5, 104.0),
    "affordable": (2014, 4.5, 2.7, 71.0),
    "reform": (1991, 5.0, 1.6, 68.0),
    "old": (1987, 5.5, 1.5, 62.0),
    "mixed": (2003, 5.0, 2.2, 88.0),
}


@dataclass(frozen=True)
class Sites:
    """Outlines in local metres with the numbers of the area and the block they lie in."""

    outlines: Shapes
    areas: Ints
    blocks: Ints
    density: Floats

    def take(self, order: Ints) -> Sites:
        """Return the sites in the order given."""
        return Sites(self.outlines[order], self.areas[order], self.blocks[order], self.density[order])


def find_sites(blocks: Blocks, roads: Roads, terrain: Terrain, count: int, rng: np.random.Generator) -> Sites:
    """Choose residential blocks, part them into plots and draw an outline in each, clear of every road."""
    middle = shapely.get_coordinates(shapely.centroid(blocks.shapes))
    density = terrain.density(middle)
    shapely.prepare(terrain.water)
    dry = ~shapely.dwithin(terrain.water, blocks.shapes, 60)
    handy = shapely.area(blocks.shapes) < MAX_BLOCK_M2
    usable = np.flatnonzero((density > 0.17) & (terrain.relief(middle) < 0.4) & dry & handy)
    leaning = density[usable] ** 0.7 * np.exp(0.75 * terrain.texture.at(middle[usable]))
    queue = usable[np.argsort(rng.exponential(1, len(usable)) / leaning)]
    outlines: list[shapely.Polygon] = []
    owners: list[int] = []
    for start in range(0, len(queue), 400):
        chosen = queue[start : start + 400]
        found, block = _draw_outlines(blocks.shapes[chosen], density[chosen], roads, rng)
        outlines += list(found)
        owners += chosen[block].tolist()
        if len(outlines) >= count:
            break
    owner = np.array(owners[:count])
    return Sites(np.array(outlines[:count], dtype=object), blocks.areas[owner], owner, density[owner])


def _draw_outlines(
    blocks: Shapes, density: Floats, roads: Roads, rng: np.random.Generator
) -> tuple[Shapes, Ints]:
    target = np.exp(rng.normal(np.log(np.interp(density, [0.17, 1], [42_000, 17_500])), 0.5))
    plots: list[Ring] = []
    owners: list[int] = []
    for k, block in enumerate(blocks):
        parts = _part(corners_of(block), float(target[k]), rng)
        plots += parts
        owners += [k] * len(parts)
    setback = ROAD_SETBACK_M + rng.uniform(0, 6, len(plots))
    shapes = _largest_part(shapely.buffer(polygons_of(plots), -setback, join_style="mitre"))
    owner = np.array(owners)[shapely.area(shapes) > MIN_OUTLINE_M2]
    shapes = _notch(shapes[shapely.area(shapes) > MIN_OUTLINE_M2], rng)
    expressways = roads.shapes[roads.classes <= LineClass.TRUNK]
    margin = shapely.union_all(shapely.buffer(expressways, EXPRESSWAY_SETBACK_M))
    shapes = _largest_part(shapely.difference(shapes, margin))
    whole = shapely.area(shapes) > MIN_OUTLINE_M2
    return shapes[whole], owner[whole]


def _part(ring: Ring, target_m2: float, rng: np.random.Generator) -> list[Ring]:
    """Part a plot across its longer side until the parts are near the target."""
    area = ring_area(ring)
    if area < 1.5 * target_m2:
        return [ring]
    centre, along, _ = axes_of(ring)
    point = centre + along * rng.normal(0, 0.09) * np.sqrt(area)
    parts = cut_ring(ring, point, along)
    if parts is None:
        return [ring]
    return [piece for part in parts for piece in _part(part, target_m2, rng)]


def _notch(shapes: Shapes, rng: np.random.Generator) -> Shapes:
    """Take a corner off some outlines: a shop row, a kindergarten, a neighbour that was there first."""
    boxes = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    every = np.arange(len(shapes))
    corner = rng.integers(0, 4, len(shapes))
    at, after, before = boxes[every, corner], boxes[every, corner + 1], boxes[every, (corner - 1) % 4]
    wide = (after - at) * rng.uniform(0.18, 0.48, len(shapes))[:, None]
    deep = (before - at) * rng.uniform(0.18, 0.48, len(shapes))[:, None]
    square = rng.random(len(shapes)) < 0.6
    inner = np.where(square[:, None], at + wide + deep, at + (wide + deep) * 0.5)
    pieces = shapely.polygons(np.stack([at - 0.01 * (wide + deep), at + wide, inner, at + deep], axis=1))
    cut = rng.random(len(shapes)) < 0.42
    return np.where(cut, _largest_part(shapely.difference(shapes, pieces)), shapes)


def _largest_part(shapes: Shapes) -> Shapes:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    order = np.lexsort((shapely.area(parts), owner))
    last = np.flatnonzero(np.diff(owner[order], append=-1))
    largest = np.full(len(shapes), shapely.Polygon(), dtype=object)
    largest[owner[order][last]] = parts[order][last]
    return largest


def describe_communities(
    sites: Sites, streets: Ints, roads: Roads, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Return one row a site: kind, year, floor area, households, lifts, price, name, aliases, address.

    Columns are those of the COMMUNITIES contract but the place names, which the
    caller knows; `located` is False where the register lacks the outline.
    """
    kind = _choose_kinds(sites, rng)
    facts = np.array([_FACTS[k] for k in kind])
    count = len(kind)
    built = np.clip(np.round(rng.normal(facts[:, 0], facts[:, 1])), 1972, year - 1)
    ratio = facts[:, 2] * rng.uniform(0.75, 1.3, count)
    floor_area = np.round(shapely.area(sites.outlines) * ratio, -1)
    households = np.maximum(np.round(floor_area / (facts[:, 3] * rng.uniform(0.85, 1.2, count))), 24)
    tall = (ratio > 1.9) & (built > 1996)
    retrofit = ~tall & (rng.random(count) < 0.07)
    lifts = np.where(tall, np.ceil(households / rng.uniform(34, 70, count)), np.where(retrofit, 2, 0))
    centre = shapely.get_coordinates(shapely.centroid(sites.outlines))
    price = 7_800 + 15_500 * sites.density + 260 * (built - 2005) + rng.normal(0, 1_300, count)
    address, road, number = _address(centre, roads, rng)
    names = _name_all(kind, streets, sites.blocks, road, number, rng)
    return pd.DataFrame(
        {
            "name": names,
            "aliases": _alias_all(names, streets, rng),
            "address": address,
            "kind": kind,
            "built_year": np.where(rng.random(count) < 0.03, np.nan, built),
            "households": np.where(rng.random(count) < 0.015, np.nan, households),
            "floor_area_m2": floor_area,
            "lifts": lifts,
            "reference_price_yuan_m2": np.round(np.maximum(price, 5_200), -2),
            "located": rng.random(count) >= UNLOCATED_SHARE,
            "true_households": households,
            "true_built_year": built,
        }
    )


def _choose_kinds(sites: Sites, rng: np.random.Generator) -> list[str]:
    """Draw kinds; most plots of one block are alike."""
    shared = rng.random(int(sites.blocks.max()) + 1)[sites.blocks]
    luck = np.where(rng.random(len(shared)) < 0.7, shared, rng.random(len(shared)))
    share = np.clip((sites.density - 0.2) / 0.7, 0, 1)[:, None]
    limits = np.cumsum((1 - share) * _KIND_SHARES[0] + share * _KIND_SHARES[1], axis=1)
    return [KINDS[k] for k in (luck[:, None] > limits[:, :-1]).sum(axis=1)]


def _address(centre: Floats, roads: Roads, rng: np.random.Generator) -> tuple[list[str], list[str], Ints]:
    named = np.flatnonzero([n is not None for n in roads.names] & (roads.classes > LineClass.TRUNK))
    found, nearest = shapely.STRtree(roads.shapes[named]).query_nearest(
        shapely.points(centre), all_matches=False
    )
    road = [str(roads.names[k]) for k in named[nearest[np.argsort(found)]]]
    number = rng.integers(1, 380, len(centre))
    return [f"{r}{n}号" for r, n in zip(road, number, strict=True)], road, number


def _name_all(
    kind: list[str], street: Ints, blocks: Ints, road: list[str], number: Ints, rng: np.random.Generator
) -> list[str]:
    """Name communities uniquely within a street; some plots of a block are phases of one project."""
    taken: set[tuple[int, str]] = set()
    projects: dict[int, tuple[str, int]] = {}
    names: list[str] = []
    for k, (own, at, block) in enumerate(zip(kind, street.tolist(), blocks.tolist(), strict=True)):
        base, phase = projects.get(block, ("", 0))
        if base and own in ("commodity", "affordable") and phase < 4:
            name = phase_of(base, phase)
            projects[block] = base, phase + 1
        else:
            name = name_community(rng, own, road[k], int(number[k]))
        while (at, name) in taken:
            name = name_community(rng, "commodity", road[k], int(number[k]))
        if not base and own in ("commodity", "affordable") and rng.random() < 0.4:
            projects[block] = name, 1
        taken.add((at, name))
        names.append(name)
    return names


def _alias_all(names: list[str], street: Ints, rng: np.random.Generator) -> list[str | None]:
    """Give some communities one or two other names that no community of the street has."""
    taken = set(zip(street.tolist(), names, strict=True))
    aliases: list[str | None] = []
    for name, at in zip(names, street.tolist(), strict=True):
        own: list[str] = []
        for _ in range(int(rng.choice([0, 1, 2], p=[1 - ALIAS_SHARE, ALIAS_SHARE * 0.8, ALIAS_SHARE * 0.2]))):
            alias = vary_name(rng, name)
            if (at, alias) not in taken:
                taken.add((at, alias))
                own.append(alias)
        aliases.append("|".join(own) or None)
    return aliases


def place_gates(
    outlines: Shapes, roads: Roads, rng: np.random.Generator
) -> tuple[Ints, list[str], Shapes, Flags]:
    """Put one to three gates on the roads around each outline.

    Returns
    -------
    tuple
        Number of the outline, name by direction (东门 …), point on the road, and
        whether it is the main gate; a name occurs once per outline.
    """
    usable = roads.shapes[roads.classes > LineClass.TRUNK]
    tree = shapely.STRtree(usable)
    own, way = tree.query(outlines, predicate="dwithin", distance=60.0)
    lonely = np.setdiff1d(np.arange(len(outlines)), own)
    found, nearest = tree.query_nearest(outlines[lonely], all_matches=False)
    own, way = np.concatenate([own, lonely[found]]), np.concatenate([way, nearest])
    centre = shapely.centroid(outlines)
    point = shapely.line_interpolate_point(usable[way], shapely.line_locate_point(usable[way], centre[own]))
    offset = shapely.get_coordinates(point) - shapely.get_coordinates(centre)[own]
    direction = np.round(np.arctan2(offset[:, 1], offset[:, 0]) / (np.pi / 2)).astype(int) % 4
    frame = pd.DataFrame(
        {"own": own, "direction": direction, "distance": np.hypot(*offset.T), "row": np.arange(len(own))}
    )
    frame = frame.sort_values(["own", "distance", "row"]).drop_duplicates(["own", "direction"])
    rank = frame.groupby("own").cumcount().to_numpy()
    wanted = rng.integers(1, 4, len(outlines))[frame["own"].to_numpy()]
    frame, rank = frame[rank < wanted], rank[rank < wanted]
    names = ["东南西北"[(4 - d) % 4] + "门" for d in frame["direction"]]
    return frame["own"].to_numpy(), names, np.asarray(point)[frame["row"].to_numpy()], rank == 0
