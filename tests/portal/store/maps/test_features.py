"""Features as PostGIS assembles them."""

from __future__ import annotations

import orjson
import pytest
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Community, ServiceScore
from portal.scope import Scope
from portal.store.maps import features
from tests.conftest import Statements
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity

SCOPE = Scope(PERIOD)


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def test_all_in_one_statement(session: Session, town: SmallCity, statements: Statements) -> None:
    before = len(statements)
    found = orjson.loads(features.communities(session, SCOPE, None))
    assert len(statements) - before == 1
    assert found["type"] == "FeatureCollection"
    assert len(found["features"]) == 5


def test_outer_rings_run_counter_clockwise(session: Session, town: SmallCity) -> None:
    """As RFC 7946 has them; what is drawn clockwise in the database is turned."""
    clockwise = "MULTIPOLYGON(((114 22, 114 22.1, 114.1 22.1, 114.1 22, 114 22)))"
    rows = select(Community.id).where(Community.id == town.communities["安华苑"])
    drawn = orjson.loads(
        features.collection(session, rows, Community.id, {}, func.ST_GeomFromText(clockwise, 4326))
    )
    shape = shapely.from_geojson(orjson.dumps(drawn["features"][0]["geometry"]))
    assert shapely.is_ccw(shapely.get_exterior_ring(shapely.get_parts(shape)[0]))


def test_points_are_for_those_who_may_see_the_details(session: Session, town: SmallCity) -> None:
    def seen(street_id: int | None) -> set[str]:
        drawn = orjson.loads(features.communities(session, SCOPE, street_id))["features"]
        return {f["properties"]["name"] for f in drawn if f["properties"]["points"] is not None}

    assert seen(None) == {"安华苑", "百花里", "德政楼"}
    assert seen(town.streets["西"]) == {"德政楼"}
    assert seen(town.streets["东"]) == {"安华苑", "百花里"}


def test_an_empty_collection_is_valid(session: Session) -> None:
    assert orjson.loads(features.communities(session, SCOPE, None)) == {
        "type": "FeatureCollection",
        "features": [],
    }


def test_a_veto_without_points_is_drawn_and_counted_as_a_fail(session: Session, town: SmallCity) -> None:
    own_id = town.communities["百花里"]
    score = session.query(ServiceScore).filter_by(community_id=own_id, period=str(PERIOD)).one()
    score.points, score.band, score.veto = None, "fail", True
    session.flush()
    drawn = orjson.loads(features.communities(session, SCOPE, None))["features"]
    (own,) = [f["properties"] for f in drawn if f["properties"]["name"] == "百花里"]
    assert (own["band"], own["points"]) == ("fail", None)
    assert features.band_counts(session, SCOPE) == {"fail": 2, "excellent": 1, "pass": 1, "none": 2}


def test_names_with_quotes_and_markup_stay_what_they_are(session: Session, town: SmallCity) -> None:
    name = '"</script><b>\\ 小区'
    session.get_one(Community, town.communities["安华苑"]).name = name
    session.flush()
    names = {
        f["properties"]["name"] for f in orjson.loads(features.communities(session, SCOPE, None))["features"]
    }
    assert name in names


def test_a_merged_community_is_no_feature_and_not_counted(session: Session, town: SmallCity) -> None:
    merged = session.get_one(Community, town.communities["安华苑"])
    merged.status, merged.merged_into_id = "merged", town.communities["百花里"]
    session.flush()
    assert features.band_counts(session, SCOPE) == {"excellent": 1, "pass": 2, "none": 2}
    assert len(orjson.loads(features.communities(session, SCOPE, None))["features"]) == 4


def test_another_quarter_has_its_own_scores(session: Session, town: SmallCity) -> None:
    before = Scope(PERIOD.previous.previous)
    assert features.band_counts(session, before) == {"none": 6}
