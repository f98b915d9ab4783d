"""Streets with a class and a value that come from outside."""

from __future__ import annotations

import orjson
import pytest
from sqlalchemy.orm import Session

from portal.store.maps import street_areas
from portal.store.maps.street_areas import Shade
from tests.mvt import read_tile, tile_at
from tests.portal import map_city
from tests.portal.small_city import SmallCity


@pytest.fixture
def shades(session: Session) -> list[Shade]:
    city: SmallCity = map_city.build(session)
    return [Shade(city.streets["东"], "3", 12.5), Shade(city.streets["西"], "few", None)]


def test_features_carry_class_and_value(session: Session, shades: list[Shade]) -> None:
    found = orjson.loads(street_areas.features(session, shades))["features"]
    assert {feature["properties"]["name"]: feature["properties"] for feature in found} == {
        "东": {"name": "东", "class": "3", "value": 12.5},
        "西": {"name": "西", "class": "few", "value": None},
    }
    assert {feature["geometry"]["type"] for feature in found} == {"MultiPolygon"}


def test_tiles_say_the_same(session: Session, shades: list[Shade]) -> None:
    tile = read_tile(street_areas.tile(session, shades, *tile_at(114.1, 22.5, 9)))["streets"].set_index(
        "name"
    )
    assert tile.loc["东", "value"] == 12.5
    assert tile.loc["西", "class"] == "few"


def test_streets_that_are_not_shaded_are_left_out(session: Session, shades: list[Shade]) -> None:
    found = orjson.loads(street_areas.features(session, shades[:1]))["features"]
    assert [feature["id"] for feature in found] == [shades[0].street_id]
    assert orjson.loads(street_areas.features(session, []))["features"] == []
