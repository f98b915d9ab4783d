"""The road network of the sample city: all streets joined, named, with one-ways; and its road file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import shapely
from osmium.osm import mutable
from scipy import sparse
from scipy.sparse import csgraph

from geo.sample.arrays import Flags, Floats, Ints, Shapes
from geo.sample.arterials import SNAP_M, LineClass, Lines, node_lines
from geo.sample.blocks import Blocks
from geo.sample.names import name_roads
from geo.sample.terrain import Terrain

ONE_WAY_SHARE = 0.24
ONE_WAY_DENSITY = 0.5
TAGS = {
    LineClass.MOTORWAY: {"highway": "motorway", "lanes": "6", "maxspeed": "100"},
    LineClass.TRUNK: {"highway": "trunk", "lanes": "6", "maxspeed": "80"},
    LineClass.PRIMARY: {"highway": "primary", "lanes": "6", "maxspeed": "60"},
    LineClass.SECONDARY: {"highway": "secondary", "lanes": "4", "maxspeed": "50"},
    LineClass.TERTIARY: {"highway": "tertiary", "lanes": "2", "maxspeed": "40"},
    LineClass.RESIDENTIAL: {"highway": "residential", "lanes": "2", "maxspeed": "30"},
}


@dataclass(frozen=True)
class Roads:
    """The network: nodes (local metres) and ways as runs of node numbers.

    A way's nodes are ``members[starts[k]:starts[k + 1]]``.
    """

    points: Floats
    members: Ints
    starts: Ints
    classes: Ints
    names: list[str | None]
    oneway: Flags

    @property
    def shapes(self) -> Shapes:
        """The ways as lines, in local metres."""
        owner = np.repeat(np.arange(len(self.classes)), np.diff(self.starts))
        return np.asarray(shapely.linestrings(self.points[self.members], indices=owner))


def build_roads(lines: Lines, blocks: Blocks, terrain: Terrain, rng: np.random.Generator) -> Roads:
    """Join main roads and residential streets into one connected network with names and one-ways."""
    noded = node_lines(_join(lines, blocks, terrain))
    shapes, sources = _merge_by_source(noded)
    class_of_source = np.zeros(int(noded.sources.max()) + 1, dtype=np.int64)
    class_of_source[noded.sources] = noded.classes
    classes = class_of_source[sources]
    points, members, starts = _number_nodes(shapes, classes)
    kept = _largest_component(members, starts, len(points), np.ones(len(classes), dtype=bool))
    points, members, starts, classes, sources = _drop_ways(points, members, starts, kept, classes, sources)
    start_points = points[members[starts[:-1]]]
    quiet = (classes >= LineClass.TERTIARY) & (terrain.density(start_points) > ONE_WAY_DENSITY)
    wish = quiet & (rng.random(len(classes)) < ONE_WAY_SHARE)
    return Roads(
        points=points,
        members=members,
        starts=starts,
        classes=classes,
        names=name_roads(sources, classes, rng),
        oneway=_settle_oneways(members, starts, len(points), wish),
    )


def _join(lines: Lines, blocks: Blocks, terrain: Terrain) -> Lines:
    roads = lines.where(lines.classes <= LineClass.RESIDENTIAL)
    dry = ~shapely.intersects(blocks.streets, terrain.water.buffer(20))
    numbers = np.array(blocks.street_numbers)[dry] + int(lines.sources.max()) + 1
    return Lines(
        np.concatenate([roads.shapes, blocks.streets[dry]]),
        np.concatenate([roads.classes, np.full(int(dry.sum()), int(LineClass.RESIDENTIAL))]),
        np.concatenate([roads.sources, numbers]),
    )


def _merge_by_source(noded: Lines) -> tuple[Shapes, Ints]:
    """Chain the pieces of each source into the longest runs."""
    order = np.argsort(noded.sources, kind="stable")
    sources, first = np.unique(noded.sources[order], return_index=True)
    bundles = [shapely.multilinestrings(list(group)) for group in np.split(noded.shapes[order], first[1:])]
    shapes, owner = shapely.get_parts(shapely.line_merge(np.array(bundles)), return_index=True)
    return shapes, sources[owner]


def _number_nodes(shapes: Shapes, classes: Ints) -> tuple[Floats, Ints, Ints]:
    """Give equal coordinates one node, except where a motorway passes over a lesser road than secondary."""
    coordinates, way = shapely.get_coordinates(shapes, return_index=True)
    cell = np.round(coordinates / SNAP_M).astype(np.int64)
    _, place = np.unique(cell, axis=0, return_inverse=True)
    place = place.ravel()
    motorway = classes[way] == LineClass.MOTORWAY
    joins = (classes[way] > LineClass.MOTORWAY) & (classes[way] <= LineClass.SECONDARY)
    meets = np.zeros(place.max() + 1, dtype=bool)
    meets[place[joins]] = True
    above = motorway & ~meets[place]
    _, first, members = np.unique(place * 2 + above, return_index=True, return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(np.bincount(way))])
    return np.asarray(cell[first] * SNAP_M), np.asarray(members.ravel()), np.asarray(starts)


def _segments(members: Ints, starts: Ints) -> tuple[Ints, Ints, Ints]:
    """Return from-node, to-node and way of each segment."""
    way = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    inner = way[:-1] == way[1:]
    return members[:-1][inner], members[1:][inner], way[:-1][inner]


def _largest_component(members: Ints, starts: Ints, nodes: int, both_ways: Flags) -> Flags:
    """Return which ways lie in the largest part within which every node can be reached from every other."""
    a, b, way = _segments(members, starts)
    back = both_ways[way]
    graph = sparse.csr_array(
        (
            np.ones(len(a) + int(back.sum()), dtype=np.int8),
            (np.concatenate([a, b[back]]), np.concatenate([b, a[back]])),
        ),
        (nodes, nodes),
    )
    _, label = csgraph.connected_components(graph, directed=True, connection="strong")
    largest = np.bincount(label).argmax()
    reached = np.minimum.reduceat(label[members] == largest, starts[:-1])
    return np.asarray(reached, dtype=bool)


def _drop_ways(
    points: Floats, members: Ints, starts: Ints, kept: Flags, classes: Ints, sources: Ints
) -> tuple[Floats, Ints, Ints, Ints, Ints]:
    sizes = np.diff(starts)
    used, renumbered = np.unique(members[np.repeat(kept, sizes)], return_inverse=True)
    new_starts = np.concatenate([[0], np.cumsum(sizes[kept])])
    return points[used], renumbered.ravel(), new_starts, classes[kept], sources[kept]


def _settle_oneways(members: Ints, starts: Ints, nodes: int, wish: Flags) -> Flags:
    """Open one-ways to both directions until every node can be reached from every other."""
    oneway = wish.copy()
    while True:
        reached = _largest_component(members, starts, nodes, ~oneway)
        if reached.all():
            return oneway
        before = int(oneway.sum())
        oneway &= reached
        if int(oneway.sum()) == before:
            oneway[:] = False


def frame_roads(roads: Roads, placed: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Return one row a way: way_id, highway, name, oneway; `placed` are the ways in WGS 84."""
    return gpd.GeoDataFrame(
        {
            "way_id": np.arange(1, len(roads.classes) + 1),
            "highway": [TAGS[LineClass(c)]["highway"] for c in roads.classes],
            "name": roads.names,
            "oneway": roads.oneway,
        },
        geometry=placed,
    )


def write_pbf(path: Path, roads: Roads, longitudes_latitudes: Floats) -> None:
    """Write the network as an OpenStreetMap PBF file, replacing what is there.

    Parameters
    ----------
    path
        Ends in ``.osm.pbf``.
    longitudes_latitudes
        One row a node, WGS 84 degrees.
    """
    writer = osmium.SimpleWriter(str(path), overwrite=True)
    try:
        for number, (longitude, latitude) in enumerate(longitudes_latitudes.tolist(), start=1):
            writer.add_node(mutable.Node(id=number, version=1, location=(longitude, latitude)))
        for k, line_class in enumerate(roads.classes.tolist()):
            tags = {**TAGS[LineClass(line_class)], "oneway": "yes" if roads.oneway[k] else "no"}
            name = roads.names[k]
            if name is not None:
                tags["name"] = name
            nodes = (roads.members[roads.starts[k] : roads.starts[k + 1]] + 1).tolist()
            writer.add_way(mutable.Way(id=k + 1, version=1, nodes=nodes, tags=tags))
    finally:
        writer.close()
