"""Snapping: the nearest position along a road, the limit, and roads that lead nowhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.roads.graph import build_graph
from geo.roads.network import MissReason, Place
from geo.roads.parts import find_parts
from geo.roads.snapping import Snapper
from tests.geo.towns import METRIC_EPSG, Road, place, town

NODES = {1: (0.0, 0.0), 2: (400.0, 0.0), 3: (1000.0, 0.0), 8: (0.0, 500.0), 9: (400.0, 500.0)}


def snapper(roads: list[Road], nodes: dict[int, tuple[float, float]] = NODES) -> Snapper:
    graph = build_graph(town(nodes, roads))
    return Snapper(graph, find_parts(graph), limit_m=300, metric_epsg=METRIC_EPSG)


def test_the_position_is_along_the_road_not_at_a_junction() -> None:
    snaps = snapper([(1, 2), (2, 3)]).snap([place("a", 150, 80), place("b", 700, -20), place("c", -50, 0)])
    assert snaps.link.tolist() == [0, 0, 0]
    assert snaps.at_s == pytest.approx([15, 70, 0], abs=0.05)
    assert snaps.at_s[2] == 0
    assert snaps.misses == ()


def test_positions_count_from_the_tail_however_the_pieces_are_drawn() -> None:
    straight = snapper([(1, 2), (2, 3)]).snap([place("a", 150, 0), place("b", 700, 0)]).at_s
    turned = snapper([(1, 2), (3, 2)]).snap([place("a", 150, 0), place("b", 700, 0)]).at_s
    assert turned == pytest.approx(straight, abs=1e-3)


@pytest.mark.parametrize("road", [(1, 3), (3, 1)])
def test_a_position_a_hair_from_an_end_of_a_link_is_that_end(road: Road) -> None:
    hair, inch = 5e-6, 0.025  # metres, at 10 m/s
    east = [-30.0, 0.0, hair, inch, 1000 - inch, 1000 - hair, 1000.0, 1030.0]
    snaps = snapper([road]).snap([place(str(at), at, 0) for at in east])
    at_s = snaps.at_s if road == (1, 3) else 100 - snaps.at_s
    assert at_s == pytest.approx(np.clip(np.divide(east, 10), 0, 100), abs=1e-4)
    ends = set(snaps.at_s[[0, 1, 2, 5, 6, 7]].tolist())
    assert len(ends) == 2 and min(ends) == 0.0
    assert set(snaps.at_s[[3, 4]].tolist()).isdisjoint(ends)


def test_beyond_the_limit_there_is_no_road() -> None:
    snaps = snapper([(1, 2), (2, 3)]).snap([place("near", 500, 299), place("far", 500, 301)])
    assert snaps.link.tolist() == [0, -1]
    assert np.isnan(snaps.at_s[1])
    (miss,) = snaps.misses
    assert (miss.place.key, miss.place.name, miss.reason, miss.limit_m) == (
        "far",
        "小区far",
        MissReason.NO_ROAD,
        300,
    )


def test_a_road_that_is_cut_off_is_passed_over_or_named() -> None:
    roads: list[Road] = [(1, 2), (2, 3), (8, 9)]
    snaps = snapper(roads).snap([place("between", 200, 290), place("lost", 200, 480)])
    assert snaps.link[0] >= 0  # 210 m from the road that is cut off, 290 m from the one that is not
    assert snaps.at_s[0] == pytest.approx(20, abs=0.05)
    assert [(m.place.key, m.reason) for m in snaps.misses] == [("lost", MissReason.UNREACHABLE)]


def test_a_place_is_never_on_a_road_that_is_only_driven_through() -> None:
    nodes = {**NODES, 8: (0.0, 100.0), 9: (400.0, 100.0)}
    roads: list[Road] = [(1, 2), (8, 9), (1, 8), (2, 9)]
    graph = build_graph(town(nodes, roads).assign(may_stop=[True, False, False, True]), contracted=False)
    tool = Snapper(graph, find_parts(graph), limit_m=150, metric_epsg=METRIC_EPSG)
    snaps = tool.snap([place("beside both", 100, 80), place("beside the motorway", 100, 160)])
    assert snaps.link.tolist() == [0, -1]
    assert [miss.reason for miss in snaps.misses] == [MissReason.NO_STOPPING]


def test_a_road_that_leads_one_way_only_is_named_so() -> None:
    nodes = {**NODES, 8: (1400.0, 0.0), 9: (1900.0, 0.0)}
    for direction, reason in (("forward", MissReason.NO_WAY_BACK), ("backward", MissReason.NO_WAY_THERE)):
        snaps = snapper([(1, 2), (2, 3), (3, 8, None, direction), (8, 9, None, direction)], nodes).snap(
            [place("beyond", 1800, 0)]
        )
        assert [miss.reason for miss in snaps.misses] == [reason]


@pytest.mark.parametrize(("lon", "lat"), [(math.nan, 31.2), (121.4, math.inf), (0.0, 0.0)])
def test_positions_that_are_none_do_not_snap(lon: float, lat: float) -> None:
    snaps = snapper([(1, 2)]).snap([Place("x", "x", lon, lat), place("a", 10, 0)])
    assert snaps.link.tolist() == [-1, 0]
    assert [miss.place.key for miss in snaps.misses] == ["x"]


def test_projection_and_back() -> None:
    tool = snapper([(1, 2)])
    lonlat = np.array([[121.47, 31.23], [121.5, 31.2]])
    assert tool.unproject(tool.project(lonlat)) == pytest.approx(lonlat, abs=1e-9)
