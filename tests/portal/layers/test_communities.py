"""Communities by band: everyone sees the band, points are only for those who see the street's details."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.actions import policy
from portal.actions.transactions.commit import touch
from portal.config import ROOT
from portal.layers.base import LayerRequest
from portal.layers.communities import Communities
from portal.models import CityPolicy
from portal.scope import Scope
from portal.store import data_versions
from portal.terms import Role, Subject
from tests.mvt import read_tile, tile_at
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

LAYER = Communities()


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return map_city.build(seeded)


def asked(session: Session, city: City, street_id: int | None = None) -> LayerRequest:
    role = Role.LEADER if street_id is None else Role.STREET
    return LayerRequest(session, Scope(PERIOD), Viewer(1, "x", role, street_id), city)


def test_features_carry_name_street_band_and_points(session: Session, city: City, town: SmallCity) -> None:
    found = orjson.loads(LAYER.load(asked(session, city)))["features"]
    by_name = {feature["properties"]["name"]: feature for feature in found}
    assert set(by_name) == {"安华苑", "百花里", "春晖园", "德政楼", None}
    assert by_name["安华苑"]["id"] == town.communities["安华苑"]
    assert by_name["安华苑"]["properties"] == {
        "name": "安华苑",
        "key": None,
        "street": "东",
        "band": "fail",
        "points": 55.04,
    }
    assert by_name["春晖园"]["properties"]["band"] == "none"
    assert by_name[None]["geometry"]["type"] == "MultiPolygon"
    assert by_name[None]["properties"]["key"] == str(town.communities["None"])


def test_a_tile_carries_the_key_of_what_has_no_name(session: Session, city: City, town: SmallCity) -> None:
    tile = read_tile(LAYER.tile(asked(session, city), *tile_at(114.3, 22.5, 13)))["communities"]
    assert tile["key"].tolist() == [str(town.communities["None"])]
    named = read_tile(LAYER.tile(asked(session, city), *tile_at(114.05, 22.5, 13)))["communities"]
    assert "key" not in named


def test_a_street_official_gets_points_of_the_own_street_only(
    session: Session, city: City, town: SmallCity
) -> None:
    request = asked(session, city, town.streets["西"])
    points = {
        feature["properties"]["name"]: feature["properties"]["points"]
        for feature in orjson.loads(LAYER.load(request))["features"]
    }
    assert points["德政楼"] == 90.0
    assert points["安华苑"] is None
    tile = read_tile(LAYER.tile(request, *tile_at(114.1, 22.5, 9)))["communities"].set_index("name")
    assert tile.loc["德政楼", "points"] == 90.0
    assert tile.loc["安华苑", "band"] == "fail"
    assert tile["points"].notna().sum() == 1


def test_the_legend_counts_also_those_not_on_the_map(session: Session, city: City, town: SmallCity) -> None:
    legend = LAYER.legend(asked(session, city))
    assert {entry.code: entry.n for entry in legend.classes} == {
        "excellent": 1,
        "good": 0,
        "pass": 2,
        "fail": 1,
        "none": 2,
    }
    assert legend.n == 6
    assert legend.period == "2025-Q3"
    assert legend.changed_at
    assert legend.note == "n 为小区数，其中图上未命名 1、名册未定位 1（两者可能重复）、未归属街道 1"
    assert [entry.label for entry in legend.classes[:4]] == [
        "优秀 ≥ 90",
        "良好 80 – 90",
        "合格 60 – 80",
        "不合格 < 60",
    ]
    assert [entry.pattern for entry in legend.classes] == ["fill"] * 4 + ["hatch"]


def test_the_legend_says_when_scores_are_outdated(session: Session, city: City, town: SmallCity) -> None:
    touch(session, [Subject.SCORES])
    touch(session, [Subject.COMPLAINTS])
    legend = LAYER.legend(asked(session, city))
    assert legend.note.endswith(f"；评分计算于 {legend.changed_at[:10]}，之后资料有变化")
    assert set(data_versions.SCORED) <= set(LAYER.legend_subjects)


def test_the_legend_tells_the_bands_by_which_the_period_was_graded(
    session: Session, city: City, town: SmallCity
) -> None:
    shipped = policy.read(ROOT / "data" / "city.toml")
    bands = [{**band, "at_least": min(band["at_least"], 85.0)} for band in shipped["scores"]["bands"]]
    document = {**shipped, "scores": {**shipped["scores"], "bands": bands}}
    for version, since in ((2, PERIOD.last_day), (3, PERIOD.next.first_day)):
        session.add(CityPolicy(version=version, effective_from=since, document=document))
        document = shipped
    session.flush()
    assert LAYER.legend(asked(session, city)).classes[0].label == "优秀 ≥ 85"
    later = replace(asked(session, city), scope=Scope(PERIOD.next))
    assert LAYER.legend(later).classes[0].label == "优秀 ≥ 90"
