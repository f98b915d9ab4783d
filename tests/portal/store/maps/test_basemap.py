"""The default base map: roads by rank, thinned at low zooms, names along them, streets."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Road
from portal.store.maps import basemap
from tests.conftest import Statements
from tests.mvt import read_tile, tile_at
from tests.portal import map_city
from tests.portal.small_city import SmallCity


@pytest.fixture(autouse=True)
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def ranks(session: Session, z: int) -> set[int]:
    tile = read_tile(basemap.tile(session, *tile_at(114.055, 22.5, z), with_roads=True))
    return set(tile["roads"]["rank"]) if "roads" in tile else set()


@pytest.mark.parametrize(
    ("z", "drawn"), [(7, {1}), (8, {1, 3}), (10, {1, 3}), (11, {1, 3, 5}), (12, {1, 3, 5, 6})]
)
def test_low_zooms_leave_out_low_ranks(session: Session, z: int, drawn: set[int]) -> None:
    assert ranks(session, z) == drawn


@pytest.mark.parametrize(
    ("highway", "rank"),
    [
        ("motorway", 1),
        ("trunk", 1),
        ("primary", 2),
        ("motorway_link", 2),
        ("trunk_link", 2),
        ("secondary", 3),
        ("primary_link", 3),
        ("tertiary", 4),
        ("secondary_link", 4),
        ("unclassified", 5),
        ("living_street", 5),
        ("service", 6),
    ],
)
def test_a_class_has_its_rank(session: Session, highway: str, rank: int) -> None:
    session.query(Road).update({"highway": highway})
    session.flush()
    assert ranks(session, 12) == {rank}
    lowest = {1: 0, 2: 8, 3: 8, 4: 10, 5: 11, 6: 12}[rank]
    assert [bool(ranks(session, z)) for z in (7, 8, 9, 10, 11, 12)] == [z >= lowest for z in range(7, 13)]


def test_pieces_are_joined_within_a_quarter_of_a_tile(session: Session) -> None:
    def pieces(z: int) -> int:
        tile = read_tile(basemap.tile(session, *tile_at(114.099, 22.51, z), with_roads=True))
        return int((tile["roads"]["rank"] == 1).sum())

    # 7 km each: at zoom 12 a tile is 9 km wide, at zoom 7 it is 290 km.
    assert (pieces(7), pieces(12)) == (1, 2)


def test_a_road_without_a_name_has_none_drawn(session: Session) -> None:
    tile = read_tile(basemap.tile(session, *tile_at(114.0602, 22.5, 13), with_roads=True))
    assert tile["road_names"]["name"].notna().all()
    assert "小巷" in set(tile["road_names"]["name"])


def test_high_ranks_come_last_so_that_they_are_drawn_on_top(session: Session) -> None:
    tile = read_tile(basemap.tile(session, *tile_at(114.055, 22.5, 12), with_roads=True))
    found = tile["roads"]["rank"].tolist()
    assert found == sorted(found, reverse=True)


def test_a_name_lies_once_along_its_joined_pieces(session: Session) -> None:
    tile = read_tile(basemap.tile(session, *tile_at(114.1, 22.5, 11), with_roads=True))
    assert tile["road_names"]["name"].tolist().count("高速") == 1
    assert "小巷" not in set(tile["road_names"]["name"])


def test_streets_have_outlines_and_a_label_in_one_tile(session: Session) -> None:
    z, x, y = tile_at(114.06, 22.5, 11)
    here = read_tile(basemap.tile(session, z, x, y, with_roads=True))
    assert here["street_labels"]["name"].tolist() == ["东"]
    east = read_tile(basemap.tile(session, z, x + 1, y, with_roads=True))
    assert set(east["streets"]["name"]) == {"东", "西"}
    assert east["street_labels"]["name"].tolist() == ["西"]


def test_without_roads_where_another_base_map_has_them(session: Session) -> None:
    tile = read_tile(basemap.tile(session, *tile_at(114.055, 22.5, 12), with_roads=False))
    assert set(tile) == {"streets", "street_labels"}


def test_one_statement(session: Session, statements: Statements) -> None:
    before = len(statements)
    basemap.tile(session, *tile_at(114.055, 22.5, 13), with_roads=True)
    assert len(statements) - before == 1
