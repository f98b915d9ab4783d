"""Tiles: every located community is in them, small ones as points, labels where they are read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from portal.models import Community
from portal.scope import Scope
from portal.store.maps import tiles
from tests.conftest import Statements
from tests.mvt import read_tile, tile_at
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

SCOPE = Scope(PERIOD)


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def test_every_located_community_once(session: Session, town: SmallCity) -> None:
    tile = read_tile(tiles.communities(session, SCOPE, None, *tile_at(114.1, 22.5, 8)))
    assert sorted(tile["communities"]["mvt_id"]) == sorted(
        number for name, number in town.communities.items() if name != "未定位园"
    )
    assert set(tile) == {"communities"}


def test_one_statement_a_tile(session: Session, town: SmallCity, statements: Statements) -> None:
    before = len(statements)
    tiles.communities(session, SCOPE, None, *tile_at(114.1, 22.5, 14))
    assert len(statements) - before == 1


def test_an_outline_too_small_to_see_is_a_point(session: Session, town: SmallCity) -> None:
    # About 100 m wide.
    far = read_tile(tiles.communities(session, SCOPE, None, *tile_at(114.3, 22.5, 8)))["communities"]
    near = read_tile(tiles.communities(session, SCOPE, None, *tile_at(114.3003, 22.5002, 13)))["communities"]
    assert far[far["name"].isna()].geom_type.tolist() == ["Point"]
    assert near.geom_type.tolist() == ["Polygon"]


def test_labels_belong_to_one_tile(session: Session, town: SmallCity) -> None:
    z, x, y = tile_at(114.05, 22.5, tiles.LABELS_FROM)
    here = read_tile(tiles.communities(session, SCOPE, None, z, x, y))["community_labels"]
    assert set(here["name"]) == {"安华苑", "百花里"}
    beside = read_tile(tiles.communities(session, SCOPE, None, z, x + 1, y)).get("community_labels")
    assert beside is None or not set(beside["name"]) & set(here["name"])


def test_what_lies_just_beyond_the_edge_is_drawn_as_far_as_the_buffer(
    session: Session, town: SmallCity
) -> None:
    # The outline reaches from 164 to 71 units west of the next tile's edge; its pin lies in this tile too.
    z, x, y = tile_at(114.3003, 22.5002, 13)
    beside = read_tile(tiles.communities(session, SCOPE, None, z, x + 1, y))["communities"]
    west, _, east, _ = beside.total_bounds
    assert (west, east) == (-tiles.BUFFER, pytest.approx(-71, abs=2))
    assert tiles.communities(session, SCOPE, None, z, x + 2, y) == b""


def test_streets_of_the_scope_only(session: Session, town: SmallCity) -> None:
    scope = replace(SCOPE, street_ids=frozenset({town.streets["西"]}))
    tile = read_tile(tiles.communities(session, scope, None, *tile_at(114.1, 22.5, 8)))
    assert set(tile["communities"]["name"]) == {"春晖园", "德政楼"}


def test_an_empty_tile_is_empty(session: Session, town: SmallCity) -> None:
    assert tiles.communities(session, SCOPE, None, *tile_at(10.0, 50.0, 9)) == b""


def test_names_with_markup_pass_as_they_are(session: Session, town: SmallCity) -> None:
    name = '<img src=x onerror="alert(1)">'
    session.get_one(Community, town.communities["安华苑"]).name = name
    session.flush()
    tile = read_tile(tiles.communities(session, SCOPE, None, *tile_at(114.05, 22.5, 13)))
    assert name in set(tile["communities"]["name"])


def test_both_geometries_are_found_by_index(session: Session, town: SmallCity) -> None:
    session.execute(text("SET LOCAL enable_seqscan = off"))
    plan = "\n".join(
        session.scalars(
            text(
                "EXPLAIN SELECT id FROM community"
                " WHERE outline_3857 && ST_TileEnvelope(12, 3346, 1785)"
                " OR location_3857 && ST_TileEnvelope(12, 3346, 1785)"
            )
        )
    )
    assert "ix_community_outline_3857" in plan
    assert "ix_community_location_3857" in plan


def test_a_pixel_halves_with_each_zoom() -> None:
    assert tiles.pixel(0) * tiles.TILE_PX == pytest.approx(40_075_016.7, rel=1e-6)
    assert tiles.pixel(9) == tiles.pixel(8) / 2
