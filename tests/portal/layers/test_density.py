"""Density of complaints: which count, and what a street official may see of it."""

from __future__ import annotations

import orjson
import pytest
import shapely
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.layers.base import LayerRequest
from portal.layers.density import Density
from portal.scope import Scope
from portal.terms import Role
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

LAYER = Density()


@pytest.fixture
def town(session: Session) -> SmallCity:
    city = map_city.build(session)
    for number in range(1, 30):
        map_city.add_complaint(
            session,
            PERIOD.first_day,
            place_level="point",
            street_id=city.streets["西"],
            point="SRID=4326;POINT(114.15 22.5)",
            number=number,
        )
    return city


def asked(
    session: Session, city: City, street_id: int | None = None, category: str | None = None
) -> LayerRequest:
    role = Role.LEADER if street_id is None else Role.STREET
    return LayerRequest(session, Scope(PERIOD, category), Viewer(1, "x", role, street_id), city)


def test_it_says_that_density_is_no_significance(session: Session, city: City, town: SmallCity) -> None:
    legend = LAYER.legend(asked(session, city))
    assert "密度，非显著性" in legend.note
    assert legend.unit == "件/km²"


def test_points_and_communities_count_but_not_what_is_known_by_street(
    session: Session, city: City, town: SmallCity
) -> None:
    # 2 of 安华苑, 1 of 德政楼, 1 and 29 at points; six known to lie on a street are left out.
    legend = LAYER.legend(asked(session, city))
    assert (legend.n, legend.params) == (33, {"elsewhere": "6"})
    assert "另有 {elsewhere} 件未定位" in legend.note
    assert (
        LAYER.legend(asked(session, city, category="lift")).note == "密度，非显著性。只含定位到点或小区的投诉"
    )
    own = LAYER.legend(asked(session, city, street_id=town.streets["西"]))
    assert (own.n, own.params) == (30, {"elsewhere": "0"})


def test_one_multipolygon_a_class_with_its_limits(session: Session, city: City, town: SmallCity) -> None:
    request = asked(session, city)
    features = orjson.loads(LAYER.load(request))["features"]
    legend = LAYER.legend(request)
    assert [feature["properties"]["class"] for feature in features] == [
        entry.code for entry in legend.classes
    ]
    for feature, entry in zip(features, legend.classes, strict=True):
        assert feature["geometry"]["type"] == "MultiPolygon"
        low, high = (feature["properties"][name] for name in ("low", "high"))
        assert entry.label == f"{low:,.{legend.digits}f} – {high:,.{legend.digits}f}"
    darkest = shapely.from_geojson(orjson.dumps(features[-1]["geometry"]))
    assert darkest.contains(shapely.Point(114.15, 22.5))


def test_a_category_narrows_it(session: Session, city: City, town: SmallCity) -> None:
    assert LAYER.legend(asked(session, city, category="lift")).n == 1


def test_a_street_official_sees_the_own_street_only(session: Session, city: City, town: SmallCity) -> None:
    request = asked(session, city, street_id=town.streets["东"])
    legend = LAYER.legend(request)
    assert legend.n == 3
    assert "只含本街道" in legend.note
    there = shapely.Point(114.15, 22.5)
    shapes = [orjson.dumps(f["geometry"]) for f in orjson.loads(LAYER.load(request))["features"]]
    assert not any(shapely.from_geojson(shape).intersects(there) for shape in shapes)


def test_nothing_where_there_are_no_complaints(session: Session, city: City) -> None:
    request = asked(session, city)
    assert orjson.loads(LAYER.load(request)) == {"type": "FeatureCollection", "features": []}
    assert LAYER.legend(request).classes == ()


def test_no_class_reads_from_one_number_to_the_same(session: Session, city: City) -> None:
    """Few complaints make a surface that is almost level: one decimal did not tell its limits apart."""
    town = map_city.build(session)
    legend = LAYER.legend(asked(session, city, street_id=town.streets["东"]))
    ends = [entry.label.split(" – ") for entry in legend.classes]
    assert ends
    assert all(low != high for low, high in ends)
    assert [high for _, high in ends[:-1]] == [low for low, _ in ends[1:]]
    assert len({low for low, _ in ends}) == len(ends)
