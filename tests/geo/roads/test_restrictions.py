"""Restrictions of a file: which hold for cars, and the walks that are meant."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from geo.policy.city import City
from geo.roads.osm import RoadFile, read_road_file
from geo.roads.restrictions import TurnNote, kind_of
from tests.geo.conftest import PbfWriter
from tests.geo.towns import lonlat

# Two streets that cross at 5, neither split there:   3
#                                                  1 ─ 5 ─ 2     and 4-6-7 below, split at 4 and 6
#                                                     4
NODES = {1: (0, 0), 2: (200, 0), 3: (100, 100), 4: (100, -100), 5: (100, 0), 6: (100, -200), 7: (200, -200)}
ACROSS, UP, DOWN, SIDE = 12, 43, 46, 67
WAYS = [(ACROSS, [1, 5, 2]), (UP, [4, 5, 3]), (DOWN, [4, 6]), (SIDE, [6, 7])]


@pytest.mark.parametrize(
    ("tags", "kind", "is_timed"),
    [
        ({"restriction": "no_left_turn"}, "no_left_turn", False),
        ({"restriction": "only_straight_on", "except": "psv"}, "only_straight_on", False),
        ({"restriction": "no_left_turn", "except": "psv; motorcar"}, None, False),
        ({"restriction": "no_left_turn", "except": "vehicle"}, None, False),
        ({"restriction:motor_vehicle": "no_left_turn"}, "no_left_turn", False),
        ({"restriction:hgv": "no_left_turn"}, None, False),
        ({"type": "restriction:motorcar", "restriction:motorcar": "no_exit"}, "no_exit", False),
        ({"restriction:conditional": "no_left_turn @ (07:00-09:00)"}, "no_left_turn", True),
        ({"restriction": "no_left_turn", "hour_on": "07:00", "hour_off": "09:00"}, "no_left_turn", True),
        ({"restriction": "no_right_turn_on_red"}, None, False),
        ({"restriction": "give_way"}, None, False),
        ({"type": "route", "restriction": "no_left_turn"}, None, False),
        ({}, None, False),
    ],
)
def test_what_holds_for_cars(tags: dict[str, str], kind: str | None, is_timed: bool) -> None:
    assert kind_of({"type": "restriction"} | tags) == (kind, is_timed)


def read(
    write_pbf: PbfWriter,
    city: City,
    kind: str,
    members: Sequence[tuple[str, int, str]],
    name: str = "roads.osm.pbf",
    **tags: str,
) -> RoadFile:
    ways = [(way, refs, {"highway": "residential"}) for way, refs in WAYS]
    rule = {"type": "restriction", "restriction": kind} | tags
    where = {node: lonlat(*metres) for node, metres in NODES.items()}
    return read_road_file(write_pbf(where, ways, name, [(1, members, rule)]), city)


def over(begin: int, via: int, end: int) -> list[tuple[str, int, str]]:
    return [("w", begin, "from"), ("n", via, "via"), ("w", end, "to")]


def turns_of(file: RoadFile) -> set[str]:
    return {turn for text in file.roads["turns"].dropna() for turn in text.split("; ")}


@pytest.mark.parametrize(
    ("kind", "begin", "via", "end", "turns"),
    [
        ("no_straight_on", UP, 4, DOWN, {"no 5 43 4 46 6"}),
        ("no_left_turn", DOWN, 6, SIDE, {"no 4 46 6 67 7"}),
        # Both run through: what turns left from the one into the other, either way.
        ("no_left_turn", UP, 5, ACROSS, {"no 4 43 5 12 1", "no 3 43 5 12 2"}),
        ("only_right_turn", UP, 5, ACROSS, {"only 4 43 5 12 2", "only 3 43 5 12 1"}),
        ("no_u_turn", UP, 5, UP, {"no 4 43 5 43 4", "no 3 43 5 43 3"}),
        ("no_straight_on", UP, 5, UP, {"no 4 43 5 43 3", "no 3 43 5 43 4"}),
        ("no_exit", DOWN, 6, SIDE, {"no 4 46 6 67 7"}),
    ],
)
def test_the_direction_tells_what_is_meant(
    write_pbf: PbfWriter, city: City, kind: str, begin: int, via: int, end: int, turns: set[str]
) -> None:
    file = read(write_pbf, city, kind, over(begin, via, end))
    assert turns_of(file) == turns
    assert (file.turns.kept, file.turns.notes) == (1, {})


def test_a_turn_is_measured_in_metres_not_in_degrees(write_pbf: PbfWriter, city: City) -> None:
    # North, then by 47 degrees to the right: in degrees, where longitudes are longer, it would be 51.
    nodes = {4: (0, -100), 5: (0, 0), 1: (-100, 0), 2: (73.1, 68.2)}
    path = write_pbf(
        {node: lonlat(*metres) for node, metres in nodes.items()},
        [(way, refs, {"highway": "residential"}) for way, refs in [(UP, [4, 5]), (ACROSS, [1, 5, 2])]],
        restrictions=[(1, over(UP, 5, ACROSS), {"type": "restriction", "restriction": "no_straight_on"})],
    )
    assert turns_of(read_road_file(path, city)) == {"no 4 43 5 12 2"}


def test_a_turn_stands_on_the_piece_where_it_begins(write_pbf: PbfWriter, city: City) -> None:
    roads = read(write_pbf, city, "no_straight_on", over(UP, 4, DOWN)).roads
    assert roads.loc[roads["turns"].notna(), "source_key"].tolist() == ["43-1"]


def test_a_walk_over_ways_goes_along_all_of_their_pieces(write_pbf: PbfWriter, city: City) -> None:
    members = [("w", DOWN, "from"), ("w", UP, "via"), ("w", ACROSS, "to")]
    assert turns_of(read(write_pbf, city, "no_right_turn", members)) == {"no 6 46 4 43 5 12 2"}


@pytest.mark.parametrize(
    "members",
    [
        over(SIDE, 5, ACROSS),
        [("w", SIDE, "from"), ("w", ACROSS, "via"), ("w", UP, "to")],
        [("w", DOWN, "from"), ("w", SIDE, "to")],
        over(UP, 5, ACROSS)[:2] + [("w", UP, "to")],
    ],
    ids=["not there", "not joined", "no via", "straight on is no left turn"],
)
def test_what_fits_nothing_is_said(
    write_pbf: PbfWriter, city: City, members: list[tuple[str, int, str]]
) -> None:
    file = read(write_pbf, city, "no_left_turn", members)
    assert (turns_of(file), file.turns.kept, file.turns.notes) == (set(), 0, {TurnNote.UNCLEAR: 1})


def test_hours_are_said_and_roads_that_are_not_driven_are_nothing(write_pbf: PbfWriter, city: City) -> None:
    file = read(write_pbf, city, "no_left_turn", over(DOWN, 6, SIDE), hour_on="07:00")
    assert file.turns.notes == {TurnNote.TIMED: 1}
    file = read(write_pbf, city, "no_left_turn", over(DOWN, 6, 999), name="other.osm.pbf")
    assert (file.turns.kept, file.turns.notes) == (0, {})


def test_a_node_that_became_another_is_still_the_junction(write_pbf: PbfWriter, city: City) -> None:
    nodes = {**NODES, 8: NODES[6]}
    ways = [(DOWN, [4, 6]), (68, [6, 8]), (SIDE, [8, 7])]
    where = {node: lonlat(*metres) for node, metres in nodes.items()}
    path = write_pbf(
        where,
        [(way, refs, {"highway": "residential"}) for way, refs in ways],
        restrictions=[(1, over(DOWN, 8, SIDE), {"type": "restriction", "restriction": "no_left_turn"})],
    )
    assert turns_of(read_road_file(path, city)) == {"no 4 46 6 67 7"}
