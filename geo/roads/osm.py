"""Roads: an OpenStreetMap PBF file as a frame of pieces between junctions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from geo.errors import RoadError
from geo.policy.city import City
from geo.roads.restrictions import ReadTurns, Restriction, put_turns, read_restrictions
from geo.roads.tags import Access, access_of, direction_of, is_barrier, may_stop, speed_kmh_of
from geo.texts import N_

_REMEDY = N_("请导出 .osm.pbf 格式的 OpenStreetMap 道路（点在线之前，例如取自 Geofabrik）后再试")


class WhyLeftOut(StrEnum):
    """Why a way of the file is no road of the network."""

    CLASS = "class"  # none of the policy's drivable classes
    CLOSED = "closed"  # closed to cars, or an area
    REVERSIBLE = "reversible"  # its direction changes by the hour
    NOWHERE = "nowhere"  # fewer than two nodes of it, next to each other, are in the file


@dataclass(frozen=True)
class LeftOut:
    """Ways of one ``highway`` class that were left out for one reason (`WhyLeftOut`)."""

    why: str
    highway: str
    ways: int


@dataclass(frozen=True)
class RoadFile:
    """What a road file held.

    Parameters
    ----------
    roads
        The drivable roads, see `read_roads`.
    left_out
        Ways with a ``highway`` tag that are not among them, most first.
    barriers
        How many nodes of these roads no car passes.
    turns
        What came of the turn restrictions.
    """

    roads: gpd.GeoDataFrame
    left_out: tuple[LeftOut, ...]
    barriers: int
    turns: ReadTurns


@dataclass(frozen=True)
class _Run:
    """A way, or a part of it with no node missing: node ids and their (n, 2) lon/lat."""

    way_id: int
    name: str | None
    highway: str
    oneway: str
    speed_kmh: float
    access: str
    may_stop: bool
    nodes: NDArray[np.int64]
    lonlat: NDArray[np.float64]


def read_roads(path: Path, city: City) -> gpd.GeoDataFrame:
    """Read the drivable roads of an OpenStreetMap PBF file.

    Ways are cut where they meet, so that two rows touch only at their ends and
    share a node id there; each row can be drawn and stored by itself.

    Parameters
    ----------
    path
        The file. Its content must be PBF whatever it is called.
    city
        `city.routes.class_speed_kmh` lists the drivable classes and their speeds.

    Returns
    -------
    geopandas.GeoDataFrame
        A frame that keeps `geo.frames.ROADS`, in file order, WGS 84. A road
        without ``name`` takes its ``ref``. `speed_kmh` is the speed of the class, or
        ``maxspeed`` where that is lower. `oneway` follows ``oneway``, including
        ``-1``; without the tag, roundabouts and motorways are one-way. Roads closed
        to cars, and reversible ones, whose direction is not known, are left out.
        Roads end where a bollard or the like stands; `turns` holds the turn
        restrictions that begin on a piece, see `geo.roads.turns`.

    Raises
    ------
    RoadError
        The file is missing, is not PBF, is damaged, or holds no drivable road.
    """
    return read_road_file(path, city).roads


def read_road_file(path: Path, city: City) -> RoadFile:
    """Read a road file as `read_roads` does, and say which of its ways were left out, and why."""
    left_out: Counter[tuple[str, str]] = Counter()
    if not path.is_file():
        raise RoadError(N_("没有道路文件 {file}"), remedy=_REMEDY, file=path.name)
    try:
        barred = _read_barriers(path)
        restrictions = read_restrictions(path)
        runs = list(_read_runs(path, city.routes.class_speed_kmh, left_out))
    except (RuntimeError, ValueError, OSError, MemoryError, UnicodeDecodeError) as error:
        raise RoadError(
            N_("{file} 不能按 OpenStreetMap PBF 读取：{error}"),
            remedy=_REMEDY,
            file=path.name,
            error=str(error),
        ) from error
    if not runs:
        raise RoadError(N_("{file} 中没有位置已知、可供车辆通行的道路"), remedy=_REMEDY, file=path.name)
    told = (LeftOut(why, highway, ways) for (why, highway), ways in left_out.most_common())
    roads, turns = _cut(runs, barred, restrictions)
    standing = {*roads.loc[roads["from_barred"], "from_node"], *roads.loc[roads["to_barred"], "to_node"]}
    return RoadFile(roads, tuple(told), len(standing), turns)


def _read_barriers(path: Path) -> NDArray[np.int64]:
    """Return the ids of the nodes that no car passes."""
    source = osmium.io.File(str(path), "pbf")
    nodes = osmium.FileProcessor(source, osmium.osm.NODE).with_filter(osmium.filter.KeyFilter("barrier"))
    barred = [node.id for node in nodes if is_barrier({tag.k: tag.v for tag in node.tags})]
    return np.array(barred, dtype=np.int64)


def _read_runs(path: Path, speeds: Mapping[str, float], left_out: Counter[tuple[str, str]]) -> Iterator[_Run]:
    """Yield the drivable runs; count in ``left_out`` the ways without any, by reason and class."""
    # The format is fixed: osmium would otherwise go by the suffix and unpack XML or bz2.
    source = osmium.io.File(str(path), "pbf")
    ways = (
        osmium.FileProcessor(source, osmium.osm.NODE | osmium.osm.WAY)
        .with_locations()
        .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
        .with_filter(osmium.filter.KeyFilter("highway"))
    )
    for way in ways:
        assert isinstance(way, osmium.osm.Way)
        tags = {tag.k: tag.v for tag in way.tags}
        oneway = direction_of(tags)
        why = _why_left_out(tags, oneway, speeds)
        stretches = [] if why else list(_located(way.nodes))
        if oneway is None or not stretches:
            left_out[why or WhyLeftOut.NOWHERE, tags["highway"]] += 1
            continue
        speed, access, stop = speed_kmh_of(tags, speeds), access_of(tags), may_stop(tags)
        name = tags.get("name") or tags.get("ref")
        for nodes, lonlat in stretches:
            yield _Run(way.id, name, tags["highway"], oneway, speed, access, stop, nodes, lonlat)


def _why_left_out(
    tags: Mapping[str, str], oneway: str | None, speeds: Mapping[str, float]
) -> WhyLeftOut | None:
    if tags["highway"] not in speeds:
        return WhyLeftOut.CLASS
    if access_of(tags) is Access.CLOSED:
        return WhyLeftOut.CLOSED
    return WhyLeftOut.REVERSIBLE if oneway is None else None


def _located(refs: osmium.osm.WayNodeList) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Yield the stretches of a way whose nodes are in the file; extracts cut ways at their border."""
    nodes: list[int] = []
    lonlat: list[tuple[float, float]] = []
    for ref in [*refs, None]:
        if ref is not None and ref.location.valid():
            if not nodes or nodes[-1] != ref.ref:
                nodes.append(ref.ref)
                lonlat.append((ref.location.lon, ref.location.lat))
            continue
        if len(nodes) > 1:
            yield np.array(nodes, dtype=np.int64), np.array(lonlat)
        nodes, lonlat = [], []


def _cut(
    runs: list[_Run], barred: NDArray[np.int64], restrictions: list[Restriction]
) -> tuple[gpd.GeoDataFrame, ReadTurns]:
    """Return one row per piece between junctions: nodes used twice, ends of ways, and what bars the way."""
    nodes = np.concatenate([run.nodes for run in runs])
    lonlat = np.concatenate([run.lonlat for run in runs])
    stops = np.cumsum([len(run.nodes) for run in runs])
    firsts = np.concatenate([[0], stops[:-1]])
    _, place, uses = np.unique(nodes, return_inverse=True, return_counts=True)
    is_cut = (uses[place] > 1) | np.isin(nodes, barred)
    is_cut[firsts] = is_cut[stops - 1] = True
    cuts = np.flatnonzero(is_cut)
    # Between the cut that ends one run and the cut that starts the next lies no piece.
    begins, ends = cuts[:-1], cuts[1:]
    inside = ~np.isin(ends, firsts)
    begins, ends = begins[inside], ends[inside]

    sizes = ends - begins + 1
    vertices = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes - begins, sizes)
    lines = shapely.linestrings(lonlat[vertices], indices=np.repeat(np.arange(len(sizes)), sizes))
    run_of = np.searchsorted(stops, begins, side="right")
    parts = _number(np.array([run.way_id for run in runs], dtype=np.int64)[run_of])
    owners = [runs[i] for i in run_of]
    frame = gpd.GeoDataFrame(
        {
            "source_key": [f"{run.way_id}-{part}" for run, part in zip(owners, parts, strict=True)],
            "way_id": [run.way_id for run in owners],
            "from_node": nodes[begins],
            "to_node": nodes[ends],
            "name": [run.name for run in owners],
            "highway": [run.highway for run in owners],
            "oneway": [run.oneway for run in owners],
            "speed_kmh": [run.speed_kmh for run in owners],
            "access": [str(run.access) for run in owners],
            "may_stop": [run.may_stop for run in owners],
            "from_barred": np.isin(nodes[begins], barred),
            "to_barred": np.isin(nodes[ends], barred),
        },
        geometry=lines,
        crs=4326,
    )
    merged, became = _merge_coincident(frame)
    return put_turns(merged, restrictions, became)


def _merge_coincident(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, dict[int, int]]:
    """Drop pieces of no length; the two nodes at their ends become one, so nothing comes apart.

    Nodes that went are returned with those they became. What bars the way keeps parting it.
    """
    lengthless = shapely.length(frame.geometry.to_numpy()) == 0
    open_ended = ~(frame["from_barred"] | frame["to_barred"]).to_numpy()
    begins, ends = frame["from_node"].to_numpy(copy=True), frame["to_node"].to_numpy(copy=True)
    became: dict[int, int] = {}
    for piece in np.flatnonzero(lengthless & open_ended):
        kept, gone = int(begins[piece]), int(ends[piece])
        begins[begins == gone] = kept
        ends[ends == gone] = kept
        became = {node: kept if later == gone else later for node, later in became.items()} | {gone: kept}
    merged: gpd.GeoDataFrame = frame.assign(from_node=begins, to_node=ends).loc[~lengthless]
    return merged.reset_index(drop=True), {node: later for node, later in became.items() if node != later}


def _number(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return 1, 2, 3 … within each id."""
    order = np.argsort(ids, kind="stable")
    ranked = ids[order]
    starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]])
    numbers = np.empty(len(ids), dtype=np.int64)
    numbers[order] = np.arange(len(ids)) - np.repeat(starts, np.diff(np.r_[starts, len(ids)])) + 1
    return numbers
