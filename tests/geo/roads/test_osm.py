"""Reading an OpenStreetMap PBF: cutting at junctions, directions, speeds, and files that are not one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import shapely

from geo.errors import RoadError
from geo.frames import ROADS, check
from geo.policy.city import City
from geo.roads.osm import LeftOut, read_road_file, read_roads
from tests.geo.conftest import PbfWriter

CROSS = {1: (114.0, 22.5), 2: (114.001, 22.5), 3: (114.002, 22.5), 4: (114.001, 22.501), 5: (114.001, 22.502)}

CLOSED_IN_SHANGHAI = (LeftOut("closed", "residential", 9), LeftOut("closed", "tertiary", 5))


def tagged(highway: str = "residential", **tags: str) -> dict[str, str]:
    return {"highway": highway, **{key.replace("__", ":"): value for key, value in tags.items()}}


def test_ways_are_cut_where_they_meet_and_keep_their_bends(write_pbf: PbfWriter, city: City) -> None:
    path = write_pbf(CROSS, [(10, [1, 2, 3], tagged(name="深南大道")), (11, [2, 4, 5], tagged())])
    roads = read_roads(path, city)
    check(roads, ROADS)
    assert list(roads.source_key) == ["10-1", "10-2", "11-1"]
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 2), (2, 3), (2, 5)]
    assert list(roads.name) == ["深南大道", "深南大道", None]
    assert shapely.get_num_points(roads.geometry.to_numpy()).tolist() == [2, 2, 3]
    assert roads.geometry.iloc[2].coords[1] == pytest.approx((114.001, 22.501))


@pytest.mark.parametrize(
    ("tags", "oneway"),
    [
        (tagged(), "both"),
        (tagged(oneway="yes"), "forward"),
        (tagged(oneway="1"), "forward"),
        (tagged(oneway="-1"), "backward"),
        (tagged(oneway="no"), "both"),
        (tagged(junction="roundabout"), "forward"),
        (tagged(junction="circular"), "forward"),
        (tagged(junction="roundabout", oneway="-1"), "backward"),
        (tagged("motorway"), "forward"),
        (tagged("motorway", oneway="no"), "both"),
        (tagged("motorway_link"), "both"),
    ],
)
def test_direction_follows_the_tags(
    write_pbf: PbfWriter, city: City, tags: dict[str, str], oneway: str
) -> None:
    assert read_roads(write_pbf(CROSS, [(10, [1, 2], tags)]), city).oneway.tolist() == [oneway]


@pytest.mark.parametrize(
    ("tags", "speed_kmh"),
    [
        (tagged("primary"), 45.0),
        (tagged("primary", maxspeed="30"), 30.0),
        (tagged("primary", maxspeed="30 km/h"), 30.0),
        (tagged("primary", maxspeed="20 mph"), 32.19),
        (tagged("primary", maxspeed="120"), 45.0),
        (tagged("primary", maxspeed="none"), 45.0),
        (tagged("primary", maxspeed="0"), 45.0),
        (tagged("primary", maxspeed="40;60"), 40.0),
    ],
)
def test_a_limit_is_a_ceiling(
    write_pbf: PbfWriter, city: City, tags: dict[str, str], speed_kmh: float
) -> None:
    roads = read_roads(write_pbf(CROSS, [(10, [1, 2], tags)]), city)
    assert roads.speed_kmh.tolist() == pytest.approx([speed_kmh], abs=0.01)


@pytest.mark.parametrize(
    "tags",
    [
        tagged("footway"),
        tagged("busway"),
        tagged(access="no"),
        tagged(access="yes", motor_vehicle="no"),
        tagged(area="yes"),
        tagged(oneway="reversible"),
    ],
)
def test_roads_closed_to_cars_are_left_out(write_pbf: PbfWriter, city: City, tags: dict[str, str]) -> None:
    path = write_pbf(CROSS, [(10, [1, 2], tags), (11, [2, 3], tagged(access="no", motorcar="yes"))])
    assert read_roads(path, city).way_id.tolist() == [11]


def test_what_is_left_out_is_counted_by_reason_and_class(write_pbf: PbfWriter, city: City) -> None:
    ways = [
        (10, [1, 2], tagged("busway")),
        (11, [2, 3], tagged("busway", access="no")),
        (12, [2, 3], tagged("footway")),
        (13, [2, 4], tagged(access="no")),
        (14, [2, 4], tagged(oneway="reversible")),
        (15, [98, 3, 99], tagged("primary")),
        (16, [2, 3], {"waterway": "river"}),
        (17, [1, 2, 3], tagged()),
    ]
    file = read_road_file(write_pbf(CROSS, ways), city)
    assert set(file.roads.way_id) == {17}
    assert file.left_out[0] == LeftOut("class", "busway", 2)
    assert set(file.left_out[1:]) == {
        LeftOut("class", "footway", 1),
        LeftOut("closed", "residential", 1),
        LeftOut("reversible", "residential", 1),
        LeftOut("nowhere", "primary", 1),
    }


@pytest.mark.parametrize(
    ("tags", "access", "may_stop"),
    [
        (tagged(), "open", True),
        (tagged("service", access="private"), "limited", True),
        (tagged(motor_vehicle="destination"), "limited", True),
        (tagged("motorway"), "open", False),
        (tagged("primary", tunnel="yes"), "open", False),
    ],
)
def test_who_may_drive_and_stop_there(
    write_pbf: PbfWriter, city: City, tags: dict[str, str], access: str, may_stop: bool
) -> None:
    roads = read_roads(write_pbf(CROSS, [(10, [1, 2], tags)]), city)
    assert (roads.access.tolist(), roads.may_stop.tolist()) == ([access], [may_stop])


def test_roads_end_on_either_side_of_a_bollard(write_pbf: PbfWriter, city: City) -> None:
    bollard, gate = {"barrier": "bollard"}, {"barrier": "gate"}
    nodes = {**CROSS, 2: (*CROSS[2], bollard), 4: (*CROSS[4], gate), 6: (114.003, 22.5, bollard)}
    ways = [(10, [1, 2, 3], tagged()), (11, [3, 4, 5], tagged()), (12, [3, 6], tagged("footway"))]
    file = read_road_file(write_pbf(nodes, ways), city)
    roads = file.roads
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 2), (2, 3), (3, 5)]
    assert roads.from_barred.tolist() == [False, True, False]
    assert roads.to_barred.tolist() == [True, False, False]
    assert file.barriers == 1  # the other stands on a footway


def test_a_bollard_on_a_junction_bars_it_and_stays_when_it_has_no_length(
    write_pbf: PbfWriter, city: City
) -> None:
    nodes = {**CROSS, 6: (*CROSS[2], {"barrier": "bollard"})}
    ways = [(10, [1, 2, 6, 3], tagged()), (11, [2, 4], tagged())]
    roads = read_roads(write_pbf(nodes, ways), city)
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 2), (6, 3), (2, 4)]
    assert roads.from_barred.tolist() == [False, True, False]


def test_a_road_without_a_name_takes_its_number(write_pbf: PbfWriter, city: City) -> None:
    assert read_roads(write_pbf(CROSS, [(10, [1, 2], tagged(ref="S550"))]), city).name.tolist() == ["S550"]


def test_a_way_cut_by_the_extract_keeps_what_is_inside(write_pbf: PbfWriter, city: City) -> None:
    roads = read_roads(write_pbf(CROSS, [(10, [1, 2, 99, 3, 4, 5, 98], tagged())]), city)
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 2), (3, 5)]
    assert roads.source_key.tolist() == ["10-1", "10-2"]


def test_a_roundabout_closes_and_a_node_written_twice_is_one(write_pbf: PbfWriter, city: City) -> None:
    ways = [(10, [1, 4, 3, 2, 1], tagged(junction="roundabout")), (11, [4, 5, 5], tagged())]
    roads = read_roads(write_pbf(CROSS, ways), city)
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 4), (4, 1), (4, 5)]
    assert shapely.get_num_points(roads.geometry.to_numpy()).tolist() == [2, 4, 2]


def test_nodes_at_one_position_are_joined(write_pbf: PbfWriter, city: City) -> None:
    nodes = {**CROSS, 6: CROSS[2]}
    path = write_pbf(nodes, [(10, [1, 2, 6, 3], tagged()), (11, [2, 4], tagged()), (12, [6, 5], tagged())])
    roads = read_roads(path, city)
    assert (shapely.length(roads.geometry.to_numpy()) > 0).all()
    assert list(zip(roads.from_node, roads.to_node, strict=True)) == [(1, 2), (2, 3), (2, 4), (2, 5)]


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 not roads", b"<?xml version='1.0'?><osm version='0.6'></osm>", bytes(range(256)) * 20],
    ids=["empty", "zip", "xml", "noise"],
)
def test_what_is_not_pbf_is_a_road_error(tmp_path: Path, city: City, content: bytes) -> None:
    path = tmp_path / "roads.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(RoadError, match=r"roads\.osm\.pbf") as caught:
        read_roads(path, city)
    assert "osm.pbf" in caught.value.remedy


def test_a_missing_file_is_a_road_error(tmp_path: Path, city: City) -> None:
    with pytest.raises(RoadError, match="没有道路文件"):
        read_roads(tmp_path / "nowhere.osm.pbf", city)


def test_a_file_without_drivable_roads_is_a_road_error(write_pbf: PbfWriter, city: City) -> None:
    with pytest.raises(RoadError, match="可供车辆通行的道路"):
        read_roads(write_pbf(CROSS, [(10, [1, 2], tagged("steps"))]), city)


def test_damaged_files_end_in_a_road_error_or_in_a_valid_frame(
    write_pbf: PbfWriter, tmp_path: Path, city: City
) -> None:
    whole = write_pbf(
        CROSS, [(10, [1, 2, 3], tagged(name="深南大道")), (11, [2, 4, 5], tagged())]
    ).read_bytes()
    dice = random.Random(7)
    refused = 0
    for trial in range(150):
        content = bytearray(whole)
        for _ in range(dice.randint(1, 8)):
            content[dice.randrange(len(content))] = dice.randrange(256)
        path = tmp_path / "damaged.osm.pbf"
        path.write_bytes(bytes(content[: dice.randrange(1, len(content))] if trial % 3 == 0 else content))
        try:
            check(read_roads(path, city), ROADS)
        except RoadError:
            refused += 1
    assert refused > 100


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("name", "pieces", "named", "left_out"),
    [
        ("shenzhen/futian_roads.osm.pbf", 3102, "滨海大道", (LeftOut("class", "busway", 2),)),
        ("shanghai/roads.osm.pbf", 7058, "威海路", CLOSED_IN_SHANGHAI),
    ],
)
def test_real_extracts(
    real_data: Path, city: City, name: str, pieces: int, named: str, left_out: tuple[LeftOut, ...]
) -> None:
    file = read_road_file(real_data / name, city)
    roads = file.roads
    assert file.left_out == left_out
    check(roads, ROADS)
    assert len(roads) == pieces
    assert named in set(roads.name)
    assert set(roads.oneway) <= {"both", "forward", "backward"}
