"""Turn restrictions: OpenStreetMap's relations as walks along the pieces of the roads that were read."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import geopandas as gpd
import numpy as np
import osmium
import shapely
from numpy.typing import NDArray

from geo.roads.turns import Turn, write_turns

_CARS = ("motorcar", "motor_vehicle", "vehicle")
_KEYS = tuple(f"restriction:{vehicle}" for vehicle in _CARS) + ("restriction",)
_TIMED = ":conditional"
# A turn by so many degrees; what is in between may be called either.
_STRAIGHT, _AROUND = 50.0, 130.0
_SLIGHT = 10.0


class TurnNote(StrEnum):
    """What is to be said of turn restrictions."""

    UNCLEAR = "unclear"  # left out: the members do not meet, or in more than one way
    TIMED = "timed"  # kept at all hours although it holds at some


@dataclass(frozen=True)
class Restriction:
    """A relation as it stands in the file: kind, and the ids of its members."""

    kind: str
    froms: tuple[int, ...]
    via_nodes: tuple[int, ...]
    via_ways: tuple[int, ...]
    tos: tuple[int, ...]
    is_timed: bool


@dataclass(frozen=True)
class ReadTurns:
    """What came of a file's restrictions.

    Parameters
    ----------
    kept
        How many hold on the roads that were read.
    notes
        `TurnNote` → how many it is to be said of.
    """

    kept: int
    notes: Mapping[str, int]


@dataclass(frozen=True)
class _Step:
    """A piece driven in one direction: its row, and the bearings at its two ends, in degrees."""

    row: int
    way: int
    begin: int
    end: int
    sets_out: float
    arrives: float


def read_restrictions(path: Path) -> list[Restriction]:
    """Return the restrictions of a PBF file that hold for cars."""
    source = osmium.io.File(str(path), "pbf")
    keys = [*_KEYS, *(key + _TIMED for key in _KEYS)]
    relations = osmium.FileProcessor(source, osmium.osm.RELATION).with_filter(osmium.filter.KeyFilter(*keys))
    found = []
    for relation in relations:
        assert isinstance(relation, osmium.osm.Relation)
        kind, is_timed = kind_of({tag.k: tag.v for tag in relation.tags})
        if kind is None:
            continue
        members: dict[tuple[str, str], list[int]] = defaultdict(list)
        for member in relation.members:
            members[member.type, member.role].append(member.ref)
        found.append(
            Restriction(
                kind,
                tuple(members["w", "from"]),
                tuple(members["n", "via"]),
                tuple(members["w", "via"]),
                tuple(members["w", "to"]),
                is_timed,
            )
        )
    return found


def kind_of(tags: Mapping[str, str]) -> tuple[str | None, bool]:
    """Return ``no_…`` or ``only_…``, None where it is not for cars; and whether it is timed."""
    if not tags.get("type", "").startswith("restriction"):
        return None, False
    if set(_CARS) & {vehicle.strip() for vehicle in tags.get("except", "").split(";")}:
        return None, False
    for key in _KEYS:
        kind = tags.get(key)
        is_timed = kind is None and key + _TIMED in tags
        if is_timed:
            kind = tags[key + _TIMED].split("@")[0].strip()
        if kind is not None:
            holds = kind.startswith(("no_", "only_")) and not kind.endswith("_on_red")
            # The hours of the relations of old.
            is_timed |= any(word in tags for word in ("day_on", "hour_on"))
            return (kind, is_timed) if holds else (None, False)
    return None, False


def put_turns(
    roads: gpd.GeoDataFrame, restrictions: Sequence[Restriction], merged: Mapping[int, int]
) -> tuple[gpd.GeoDataFrame, ReadTurns]:
    """Return the roads with the turns that begin on each piece, and what is to be said of them.

    Parameters
    ----------
    roads
        Keeps `geo.frames.ROADS` but for ``turns``.
    restrictions
        As read.
    merged
        Nodes that became others, and which.
    """
    steps = _steps_of(roads, {way for r in restrictions for way in (*r.froms, *r.via_ways, *r.tos)})
    turns: dict[int, set[Turn]] = defaultdict(set)
    kept, notes = 0, Counter[str]()
    for restriction in restrictions:
        if not _is_among(restriction, steps):
            continue  # on roads that are not driven, or outside of the extract
        walks = _choose(restriction.kind, list(_find_walks(restriction, steps, merged)))
        if not walks:
            notes[TurnNote.UNCLEAR] += 1
            continue
        kept += 1
        notes[TurnNote.TIMED] += restriction.is_timed
        for walk in walks:
            turns[walk[0].row].add(_turn(restriction.kind, walk))
    texts = [write_turns(turns.get(row, ())) for row in range(len(roads))]
    return roads.assign(turns=np.array(texts, dtype=object)), ReadTurns(kept, dict(+notes))


def _is_among(restriction: Restriction, steps: Mapping[int, Sequence[_Step]]) -> bool:
    members = (restriction.froms, restriction.tos)
    return all(any(way in steps for way in ways) for ways in members) and all(
        way in steps for way in restriction.via_ways
    )


def _turn(kind: str, walk: Sequence[_Step]) -> Turn:
    nodes = (walk[0].begin, *(step.end for step in walk))
    return Turn(kind.startswith("only_"), nodes, tuple(step.way for step in walk))


def _steps_of(roads: gpd.GeoDataFrame, ways: set[int]) -> dict[int, list[_Step]]:
    """Return how the pieces of ``ways`` may be driven, by way."""
    steps: dict[int, list[_Step]] = defaultdict(list)
    rows = np.flatnonzero(roads["way_id"].isin(ways))
    names = ("way_id", "from_node", "to_node", "oneway", "geometry")
    columns = (roads[name].to_numpy()[rows].tolist() for name in names)
    for row, way, begin, end, oneway, line in zip(rows.tolist(), *columns, strict=True):
        lonlat = shapely.get_coordinates(line)
        first, last = _bearing(*lonlat[:2]), _bearing(*lonlat[-2:])
        if oneway != "backward":
            steps[way].append(_Step(row, way, begin, end, first, last))
        if oneway != "forward":
            steps[way].append(_Step(row, way, end, begin, last + 180, first + 180))
    return dict(steps)


def _bearing(begin: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    east = (end[0] - begin[0]) * math.cos(math.radians(begin[1]))
    return math.degrees(math.atan2(east, end[1] - begin[1]))


def _find_walks(
    restriction: Restriction, steps: Mapping[int, Sequence[_Step]], merged: Mapping[int, int]
) -> Iterator[tuple[_Step, ...]]:
    """Yield the walks from a first member, over all that lie between, to a last."""
    via = {merged.get(node, node) for node in restriction.via_nodes}
    begins = [step for way in restriction.froms for step in steps.get(way, ())]
    ends = [step for way in restriction.tos for step in steps.get(way, ())]
    for first in begins:
        for walk in _walk_on((first,), set(restriction.via_ways), steps):
            at = walk[-1].end
            if restriction.via_ways or at in via:
                yield from ((*walk, last) for last in ends if last.begin == at)


def _walk_on(
    walk: tuple[_Step, ...], left: set[int], steps: Mapping[int, Sequence[_Step]]
) -> Iterator[tuple[_Step, ...]]:
    """Yield ``walk`` carried on along the ways that are ``left``, each driven once and in one go."""
    if not left:
        yield walk
    behind = {step.row for step in walk}
    for way in left | ({walk[-1].way} if len(walk) > 1 else set()):
        for step in steps[way]:
            if step.begin == walk[-1].end and step.row not in behind:
                yield from _walk_on((*walk, step), left - {way}, steps)


def _choose(kind: str, walks: list[tuple[_Step, ...]]) -> list[tuple[_Step, ...]]:
    """Return the walks that are meant: where a member runs through the junction, the direction tells."""
    word = kind.partition("_")[2]
    goes_back = [walk for walk in walks if walk[0].row == walk[-1].row]
    onward = [walk for walk in walks if walk[0].row != walk[-1].row]
    if word == "u_turn":
        fits = [walk for walk in onward if abs(_turned(walk)) > _AROUND]
        return goes_back or fits or (onward if len(onward) == 1 and not _keeps_to_its_way(onward[0]) else [])
    if len(onward) <= 1 or word in ("entry", "exit"):
        return onward
    return [walk for walk in onward if _fits(word, _turned(walk))]


def _keeps_to_its_way(walk: Sequence[_Step]) -> bool:
    return walk[0].way == walk[-1].way


def _fits(word: str, turned: float) -> bool:
    if word == "straight_on":
        return abs(turned) < _STRAIGHT
    return turned < -_SLIGHT if word == "left_turn" else word == "right_turn" and turned > _SLIGHT


def _turned(walk: Sequence[_Step]) -> float:
    """Return by how many degrees the direction changes from first to last, to the right above 0."""
    return (walk[-1].sets_out - walk[0].arrives + 180) % 360 - 180
