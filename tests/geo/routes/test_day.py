"""Planning a day: what fits, what is dropped and why, and real roads with real communities."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from geo.datums.crs import Datum, convert
from geo.errors import PlanError
from geo.policy.city import City
from geo.roads.engine import RoadNetwork, open_network
from geo.roads.graph import build_graph
from geo.roads.network import MissReason, Network, Note, Place, StraightLine, TravelMatrix
from geo.roads.osm import read_roads
from geo.routes.day import plan_day
from geo.routes.plans import DayPlan, DayRequest, DropReason, Stop
from tests.geo.towns import METRIC_EPSG, line_town, place, stop_at, town

DAY = date(2025, 6, 3)
START = place("bureau", 0, 0)


def request(*stops: Stop, end: Place | None = START) -> DayRequest:
    return DayRequest(DAY, START, stops, end)


def reasons(plan: DayPlan) -> dict[str, object]:
    return {drop.stop.key: drop.reason for drop in plan.dropped}


def test_stops_along_one_road_are_visited_along_the_road(city: City) -> None:
    far_to_near = [stop_at(key, east) for key, east in (("c", 3000), ("a", 1000), ("d", 4000), ("b", 2000))]
    plan = plan_day(request(*far_to_near, end=None), line_town(4000), city)
    assert [stop.stop.key for stop in plan.stops] == ["a", "b", "c", "d"]
    assert plan.dropped == ()
    assert plan.totals.travel_m == pytest.approx(4000, abs=2)
    assert plan.end is None
    assert plan.note is Note.NO_TRAFFIC


def test_what_does_not_fit_into_the_shift_is_named(city: City) -> None:
    plan = plan_day(
        request(*(stop_at(str(i), 300 * i, visit_minutes=60) for i in range(9))), line_town(3000), city
    )
    assert len(plan.stops) == 5  # two before lunch, three after
    assert set(reasons(plan).values()) == {DropReason.DOES_NOT_FIT}
    assert len(plan.dropped) == 4


def test_more_stops_than_a_day_may_have(city: City) -> None:
    strict = replace(city, routes=replace(city.routes, max_stops=2))
    plan = plan_day(
        request(*(stop_at(str(i), 300 * i, visit_minutes=5) for i in range(4))), line_town(3000), strict
    )
    assert len(plan.stops) == 2
    assert [drop.reason for drop in plan.dropped] == [DropReason.TOO_MANY] * 2
    assert plan.dropped[0].text == "超过每日 2 个站点的上限"


def test_stops_off_the_network_are_dropped_never_guessed(city: City) -> None:
    nodes = {1: (0.0, 0.0), 2: (3000.0, 0.0), 3: (0.0, 5000.0), 4: (900.0, 5000.0)}
    roads = town(nodes, [(1, 2), (3, 4)])
    network = RoadNetwork(build_graph(roads), snap_limit_m=300, metric_epsg=METRIC_EPSG)
    plan = plan_day(
        request(stop_at("far", 0, 900), stop_at("a", 1000), stop_at("cut", 500, 5000)), network, city
    )
    assert [stop.stop.key for stop in plan.stops] == ["a"]
    assert reasons(plan) == {"far": MissReason.NO_ROAD, "cut": MissReason.UNREACHABLE}
    assert [drop.text for drop in plan.dropped] == ["300 米内没有道路", "300 米内的道路与路网不连通"]
    assert not plan.approximate


def test_a_visit_longer_than_any_part_of_the_shift(city: City) -> None:
    plan = plan_day(request(stop_at("a", 500, visit_minutes=211), stop_at("b", 500)), line_town(3000), city)
    assert reasons(plan) == {"a": DropReason.DOES_NOT_FIT}


class OneWayOut(StraightLine):
    """A network on which nothing leads back from the place `trap`."""

    def matrix(self, places: list[Place]) -> TravelMatrix:
        matrix = super().matrix(places)
        for index, spot in enumerate(places):
            if spot.key == "trap":
                matrix.seconds[index, len(places) - 1] = math.inf
        return matrix


def test_a_stop_with_no_way_back_is_unreachable(city: City) -> None:
    plan = plan_day(request(stop_at("trap", 500), stop_at("b", 800)), OneWayOut(city.routes), city)
    assert reasons(plan) == {"trap": MissReason.UNREACHABLE}
    assert [stop.stop.key for stop in plan.stops] == ["b"]


def test_nothing_left_is_a_plan_without_stops(city: City) -> None:
    plan = plan_day(request(stop_at("far", 0, 900)), line_town(3000), city)
    assert (plan.stops, plan.totals.stops, plan.end_leg) == ((), 0, None)
    assert reasons(plan) == {"far": MissReason.NO_ROAD}


def test_communities_at_one_position_are_two_stops(city: City) -> None:
    plan = plan_day(request(stop_at("a", 1000), stop_at("b", 1000)), line_town(3000), city)
    assert {stop.stop.key for stop in plan.stops} == {"a", "b"}
    assert plan.stops[1].arrive == plan.stops[0].depart
    assert plan.stops[1].leg.line.is_empty


def test_a_plan_without_roads_is_marked_and_rounded(city: City) -> None:
    plan = plan_day(request(*(stop_at(str(i), 700 * i) for i in range(1, 5))), open_network(None, city), city)
    assert plan.approximate
    assert plan.note.text == "直线估算，非路网"
    moments = [plan.finishes, *(t for stop in plan.stops for t in (stop.arrive, stop.begin, stop.depart))]
    assert {moment.minute % 15 for moment in moments} == {0}
    assert all(leg.roads == () for leg in plan.legs)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (request(), "没有要去的小区"),
        (request(stop_at("a", 0), stop_at("a", 500)), "列了两次"),
        (request(stop_at("a", 0, visit_minutes=0)), "没有现场时间"),
        (request(Stop("a", "小区a", math.nan, 31.0, 30)), "没有有效的位置"),
        (request(Stop("a", "小区a", 121.0, 91.0, 30)), "没有有效的位置"),
        (request(stop_at("a", 0), end=Place("home", "小区home", 181.0, 31.0)), "小区home 没有有效的位置"),
        (
            DayRequest(DAY, Place("home", "小区home", math.nan, 31.0), (stop_at("a", 0),)),
            "小区home 没有有效的位置",
        ),
        (request(stop_at("a", 0), end=place("home", 0, 2000)), "小区home 周围 300 米内没有"),
        (DayRequest(DAY, place("home", 0, 2000), (stop_at("a", 0),)), "小区home 周围 300 米内没有"),
    ],
)
def test_requests_that_cannot_be_planned(city: City, asked: DayRequest, message: str) -> None:
    with pytest.raises(PlanError, match=message) as caught:
        plan_day(asked, line_town(3000), city)
    assert caught.value.remedy


def test_a_solver_over_its_limit_is_a_plan_error(city: City) -> None:
    hasty = replace(city, routes=replace(city.routes, solve_limit_s=0.01))
    with pytest.raises(PlanError, match="0.01 秒内没有排出来"):
        plan_day(request(stop_at("a", 500)), line_town(3000), hasty)


class Wishful(RoadNetwork):
    """A network whose matrix promises more than its paths hold."""

    def matrix(self, places: list[Place]) -> TravelMatrix:
        matrix = super().matrix(places)
        return replace(matrix, seconds=matrix.seconds / 2)


def test_no_plan_escapes_the_checker(city: City) -> None:
    graph = build_graph(town({1: (0.0, 0.0), 2: (3000.0, 0.0)}, [(1, 2)]))
    network = Wishful(graph, snap_limit_m=300, metric_epsg=METRIC_EPSG)
    with pytest.raises(PlanError, match="没有通过核对，不能采用\nthe way to 小区a"):
        plan_day(request(stop_at("a", 2000)), network, city)


# --- real roads --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def futian(real_data: Path, city: City) -> tuple[list[Stop], Network]:
    """The 42 named communities of Futian, moved from BD-09, and its roads."""
    with (real_data / "shenzhen/futian_communities_bd09.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    lonlat = np.array([(float(row["lng_raw"]), float(row["lat_raw"])) for row in rows])
    lon, lat = convert(lonlat[:, 0], lonlat[:, 1], Datum.BD09)
    stops = [
        Stop(row["id"], row["name"], x, y, visit_minutes=20)
        for row, x, y in zip(rows, lon.tolist(), lat.tolist(), strict=True)
    ]
    return stops, open_network(read_roads(real_data / "shenzhen/futian_roads.osm.pbf", city), city)


@pytest.mark.realdata
def test_twelve_communities_of_futian_along_real_roads(
    futian: tuple[list[Stop], Network], city: City
) -> None:
    stops, network = futian
    asked = DayRequest(DAY, stops[12], tuple(stops[:12]), stops[12])
    plan = plan_day(asked, network, city)
    assert len(plan.stops) == 12
    assert plan.dropped == ()
    assert plan.note.text == "不含实时路况"
    assert plan == plan_day(asked, network, city)
    named = {stretch.name for leg in plan.legs for stretch in leg.roads}
    assert {"深南大道", "滨河大道"} & named

    straight = StraightLine(city.routes)
    crow_m = sum(
        straight.path(a, b).metres / city.routes.straight_line_factor
        for a, b in zip(
            [plan.start, *(s.stop for s in plan.stops)], [s.stop for s in plan.stops], strict=False
        )
    )
    road_m = sum(stop.leg.metres for stop in plan.stops)
    assert 1 < road_m / crow_m < 2.5
    assert 15 < plan.totals.travel_m / plan.totals.travel_minutes * 0.06 < 60  # km/h


@pytest.mark.realdata
def test_all_communities_of_futian_in_a_day(futian: tuple[list[Stop], Network], city: City) -> None:
    stops, network = futian
    plan = plan_day(DayRequest(DAY, stops[0], tuple(stops[1:]), None), network, city)
    assert len(plan.stops) + len(plan.dropped) == 41
    assert len(plan.stops) >= 14
    assert {drop.reason for drop in plan.dropped} <= {DropReason.DOES_NOT_FIT, *MissReason}


@pytest.mark.realdata
def test_shanghai_in_a_day(real_data: Path, city: City) -> None:
    roads = read_roads(real_data / "shanghai/roads.osm.pbf", city)
    west, south, east, north = roads.total_bounds
    spots = np.random.default_rng(11).uniform((west, south), (east, north), (25, 2)).tolist()
    stops = tuple(Stop(str(i), f"小区{i}", lon, lat, visit_minutes=30) for i, (lon, lat) in enumerate(spots))
    network = open_network(roads, replace(city, metric_epsg=32651))
    missed = {miss.place.key for miss in network.matrix(stops).misses}
    start = next(stop for stop in stops if stop.key not in missed)
    plan = plan_day(DayRequest(DAY, start, stops, start), network, city)
    assert {d.stop.key for d in plan.dropped if isinstance(d.reason, MissReason)} == missed
    assert len(plan.stops) >= 6
