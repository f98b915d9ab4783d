"""What every layer promises, whatever it shows: a new one is held to this without a test of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
import shapely
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.policy.city import City
from geo.roads.network import Place
from portal.access import Permission, Viewer
from portal.layers import LAYERS, Layer
from portal.models import UserAccount
from portal.terms import Role
from tests.conftest import LogIn
from tests.mvt import read_tile, tile_at
from tests.portal import map_city, route_days
from tests.portal.small_city import PERIOD, SmallCity

FOLDER = Path(__file__).parent
CASES = [
    pytest.param(layer, measure, id=f"{layer.name} {measure}".strip())
    for layer in LAYERS.values()
    for measure in ([m.code for m in layer.measures] or [""])
]
OFFICE = Place("start", "住建局", 114.05, 22.5)
TILED = [layer for layer in LAYERS.values() if layer.tiled]


def schema(name: str) -> Draft202012Validator:
    return Draft202012Validator(orjson.loads((FOLDER / f"{name}.schema.json").read_bytes()))


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    city = map_city.build(seeded)
    for number in range(1, 20):
        map_city.add_complaint(
            seeded,
            PERIOD.first_day,
            place_level="point",
            street_id=city.streets["西"],
            point="SRID=4326;POINT(114.15 22.5)",
            number=number,
        )
    return city


@pytest.fixture(params=[Role.ADMINISTRATOR, Role.STREET])
def viewer(
    request: pytest.FixtureRequest, log_in: LogIn, town: SmallCity, seeded: Session, city: City
) -> FlaskClient:
    street_id = town.streets["东"] if request.param is Role.STREET else None
    browser = log_in(request.param, street_id=street_id)
    account = seeded.scalars(select(UserAccount).where(UserAccount.role == request.param)).one()
    asked = Viewer(account.id, account.username, request.param, street_id)
    if asked.may(Permission.PLAN_ROUTES):
        route_days.plan(seeded, city, asked, [town.communities["安华苑"]], start=OFFICE, end=OFFICE)
    return browser


def get(viewer: FlaskClient, layer: Layer, path: str, measure: str) -> Any:
    answer = viewer.get(f"{path}?period={PERIOD}&measure={measure}")
    if answer.status_code == 403:
        pytest.skip(f"{layer.name} is not for this role")
    assert answer.status_code == 200
    return answer


@pytest.mark.parametrize(("layer", "measure"), CASES)
def test_features_are_valid_geojson(viewer: FlaskClient, layer: Layer, measure: str) -> None:
    answer = get(viewer, layer, f"/layers/{layer.name}.geojson", measure)
    assert answer.mimetype == "application/geo+json"
    schema("geojson").validate(answer.json)
    shapes = shapely.from_geojson(answer.data).geoms
    assert all(shape.is_valid for shape in shapes)


@pytest.mark.parametrize(("layer", "measure"), CASES)
def test_the_legend_is_complete_and_explains_every_feature(
    viewer: FlaskClient, layer: Layer, measure: str
) -> None:
    legend = get(viewer, layer, f"/layers/{layer.name}/legend.json", measure).json
    schema("legend").validate(legend)
    codes = [entry["code"] for entry in legend["classes"]]
    assert len(codes) == len(set(codes))
    features = get(viewer, layer, f"/layers/{layer.name}.geojson", measure).json["features"]
    assert {feature["properties"][layer.class_property] for feature in features} <= set(codes)
    colours = [entry["colour"] for entry in legend["classes"] if entry["pattern"] == "fill"]
    assert len(colours) == len(set(colours))


@pytest.mark.parametrize("layer", TILED, ids=lambda layer: str(layer.name))
@pytest.mark.parametrize("z", [6, 9, 13])
def test_tiles_can_be_decoded_and_tell_what_the_features_tell(
    viewer: FlaskClient, layer: Layer, z: int
) -> None:
    measure = layer.measures[0].code if layer.measures else ""
    _, x, y = tile_at(114.055, 22.5, z)
    answer = get(viewer, layer, f"/tiles/{layer.name}/{z}/{x}/{y}.mvt", measure)
    assert answer.mimetype == "application/vnd.mapbox-vector-tile"
    tile = read_tile(answer.data)[layer.name]
    features = get(viewer, layer, f"/layers/{layer.name}.geojson", measure).json["features"]
    told = {feature["id"]: feature["properties"] for feature in features}
    for row in tile.to_dict("records"):
        expected = told[row["mvt_id"]]
        assert row[layer.class_property] == expected[layer.class_property]
        value = row.get(layer.value_property)
        if expected[layer.value_property] is None:
            assert value is None or value != value
        else:
            assert value == pytest.approx(expected[layer.value_property], rel=1e-6)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_addresses_lead_to_a_page(viewer: FlaskClient, layer: Layer) -> None:
    if not layer.address:
        return
    measure = layer.measures[0].code if layer.measures else ""
    features = get(viewer, layer, f"/layers/{layer.name}.geojson", measure).json["features"]
    assert features
    for feature in features[:2]:
        page = viewer.get(layer.address.format(id=feature["id"]), headers={"HX-Request": "true"})
        assert page.status_code == 200


@pytest.mark.parametrize("layer", LAYERS.values(), ids=list(LAYERS))
def test_a_measure_that_there_is_not_is_refused(viewer: FlaskClient, layer: Layer) -> None:
    answer = viewer.get(f"/layers/{layer.name}.geojson?measure=nonsense")
    assert answer.status_code in ((400,) if layer.measures else (200, 403))


def test_one_theme_is_shown_at_first_and_names_are_codes() -> None:
    assert [layer.name for layer in LAYERS.values() if layer.thematic and layer.shown] == ["communities"]
    for name, layer in LAYERS.items():
        assert name == layer.name
        assert name.isidentifier()
        assert name.islower()
