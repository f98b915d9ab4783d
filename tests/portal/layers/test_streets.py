"""Streets by their complaints: three measures, and nothing from fewer than the policy allows."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.layers.base import LayerRequest
from portal.layers.streets import Streets
from portal.models import Community, Complaint
from portal.scope import Scope
from portal.terms import Role
from tests.mvt import read_tile, tile_at
from tests.portal import map_city
from tests.portal.map_city import add_complaint
from tests.portal.small_city import PERIOD, SmallCity

LAYER = Streets()


@pytest.fixture
def town(session: Session) -> SmallCity:
    return map_city.build(session)


def asked(session: Session, city: City, measure: str = "count", category: str | None = None) -> LayerRequest:
    return LayerRequest(session, Scope(PERIOD, category), Viewer(1, "x", Role.LEADER), city, measure)


def shown(session: Session, city: City, measure: str = "count") -> dict[str, tuple[str, float | None]]:
    features = orjson.loads(LAYER.load(asked(session, city, measure)))["features"]
    return {
        feature["properties"]["name"]: (feature["properties"]["class"], feature["properties"]["value"])
        for feature in features
    }


def test_complaints_known_by_street_only_count_here(session: Session, city: City, town: SmallCity) -> None:
    assert shown(session, city)["东"] == ("1", 9.0)


def test_fewer_than_the_policy_allows_are_not_told(session: Session, city: City, town: SmallCity) -> None:
    assert city.complaints.suppress_below == 5
    assert shown(session, city)["西"] == ("few", None)
    assert shown(session, city, "per_1000_households")["西"] == ("few", None)
    legend = LAYER.legend(asked(session, city))
    few = next(entry for entry in legend.classes if entry.code == "few")
    assert few.n == 1
    assert few.params == {"n": 5}


def test_rates_divide_by_what_the_register_states(session: Session, city: City, town: SmallCity) -> None:
    # 东: 1,200 and 300 households.
    session.get_one(Community, town.communities["未定位园"]).households = 0
    session.flush()
    assert shown(session, city, "per_1000_households")["东"] == ("1", 6.0)
    session.execute(
        update(Community).where(Community.street_id == town.streets["东"]).values(floor_area_m2=50_000)
    )
    assert shown(session, city, "per_100000_m2")["东"] == ("1", 6.0)


def test_a_rate_that_too_few_communities_bear_is_unknown(
    session: Session, city: City, town: SmallCity
) -> None:
    # Nothing is stated for 未定位园: two of three communities, while nine complaints are those of all.
    assert city.complaints.min_known_share == 0.8
    assert shown(session, city, "per_1000_households")["东"] == ("unknown", None)
    lenient = replace(city, complaints=replace(city.complaints, min_known_share=2 / 3))
    assert shown(session, lenient, "per_1000_households")["东"] == ("1", 6.0)
    legend = LAYER.legend(asked(session, lenient, "per_1000_households"))
    assert legend.params == {"streets": "1 个街道", "communities": "3 个小区", "stated": "2", "share": 67}
    assert all(f"{{{name}}}" in legend.note for name in legend.params)
    nothing = LAYER.legend(asked(session, city, "per_1000_households"))
    assert (nothing.params["streets"], nothing.params["communities"]) == ("0 个街道", "0 个小区")


def test_a_rate_without_denominator_is_unknown_not_zero(
    session: Session, city: City, town: SmallCity
) -> None:
    assert shown(session, city, "per_100000_m2")["东"] == ("unknown", None)
    codes = {entry.code: entry for entry in LAYER.legend(asked(session, city, "per_100000_m2")).classes}
    assert codes["unknown"].pattern == "outline"


def test_a_category_narrows_the_count(session: Session, city: City, town: SmallCity) -> None:
    assert LAYER.legend(asked(session, city)).n == 10
    assert LAYER.legend(asked(session, city, category="lift")).n == 1


def test_a_street_that_no_source_speaks_of_is_not_said_to_have_few(
    session: Session, city: City, town: SmallCity
) -> None:
    session.execute(delete(Complaint).where(Complaint.street_id == town.streets["西"]))
    assert shown(session, city)["西"] == ("untold", None)
    codes = [entry.code for entry in LAYER.legend(asked(session, city)).classes]
    assert codes == ["1", "untold"]
    # A record of another matter is enough to know that there was none about property service.
    add_complaint(session, PERIOD.first_day, street_id=town.streets["西"], number=70)
    session.execute(
        update(Complaint)
        .where(Complaint.street_id == town.streets["西"])
        .values(property_related=False, category=None)
    )
    assert shown(session, city)["西"] == ("few", None)


def test_a_category_that_would_give_a_small_one_away_is_withheld(
    session: Session, city: City, town: SmallCity
) -> None:
    """Of 东's nine, noise has seven, lift one and repair one: two are small, noise may be shown."""
    two = replace(
        city,
        complaints=replace(
            city.complaints,
            categories=tuple(c for c in city.complaints.categories if c.code in {"noise", "repair", "lift"}),
        ),
    )
    east = town.streets["东"]

    def of_noise() -> str:
        features = orjson.loads(LAYER.load(asked(session, two, category="noise")))["features"]
        return next(f["properties"]["class"] for f in features if f["id"] == east)

    assert of_noise() == "1"
    for number in range(5):
        add_complaint(session, PERIOD.first_day, street_id=east, number=80 + number, category="repair")
    assert of_noise() == "1"
    add_complaint(session, PERIOD.first_day, street_id=east, number=90, category="noise")
    for number in range(3):
        add_complaint(session, PERIOD.first_day, street_id=east, number=95 + number, category="noise")
    assert of_noise() == "1"  # 11 beside 6 of repair: the smaller one hides lift
    legend = LAYER.legend(asked(session, two, category="repair"))
    assert [(entry.code, entry.n) for entry in legend.classes] == [("few", 2)]
    assert "可由此推算" in legend.classes[0].label


def test_a_category_without_any_complaint_is_a_small_one(
    session: Session, city: City, town: SmallCity
) -> None:
    """All of 东's are of noise: seven of seven shown would say that there is none of lift."""
    two = replace(
        city,
        complaints=replace(
            city.complaints,
            categories=tuple(c for c in city.complaints.categories if c.code in {"noise", "lift"}),
        ),
    )
    east = town.streets["东"]
    session.execute(delete(Complaint).where(Complaint.street_id == east, Complaint.category != "noise"))
    features = orjson.loads(LAYER.load(asked(session, two, category="noise")))["features"]
    assert next(f["properties"] for f in features if f["id"] == east)["value"] is None
    assert shown(session, two)["东"] == ("1", 7.0)


def test_the_total_does_not_tell_a_street_what_is_withheld_of_another(
    session: Session, city: City, town: SmallCity
) -> None:
    everything = asked(session, city)
    east, west = (
        replace(everything, viewer=Viewer(1, "x", Role.STREET, town.streets[name])) for name in "东西"
    )
    assert LAYER.legend(everything).n == 10
    assert LAYER.legend(east).n == 9
    assert "或没有投诉数据" in LAYER.legend(east).classes[-1].label
    assert LAYER.legend(west).n == 10  # its own, which it may know, and what all are told of 东
    only_west = replace(east, scope=replace(east.scope, street_ids=frozenset({town.streets["西"]})))
    assert LAYER.legend(only_west).n == 0


@pytest.mark.parametrize("measure", ["count", "per_1000_households"])
def test_complaints_under_no_street_are_said_where_all_are_counted(
    session: Session, city: City, town: SmallCity, measure: str
) -> None:
    before = LAYER.legend(asked(session, city, measure))
    assert "astray" not in before.params
    session.execute(update(Complaint).where(Complaint.street_id == town.streets["西"]).values(street_id=None))
    legend = LAYER.legend(asked(session, city, measure))
    assert (legend.n, legend.params["astray"]) == ((before.n or 0) - 1, "1")
    assert "另有 {astray} 件不在任何街道" in legend.note
    official = Viewer(1, "x", Role.STREET, town.streets["东"])
    told = LAYER.legend(replace(asked(session, city, measure), viewer=official))
    assert "astray" not in told.params
    chosen = Scope(PERIOD, None, frozenset({town.streets["东"]}))
    assert "astray" not in LAYER.legend(replace(asked(session, city, measure), scope=chosen)).params


def test_the_tile_says_the_same(session: Session, city: City, town: SmallCity) -> None:
    tile = read_tile(LAYER.tile(asked(session, city), *tile_at(114.05, 22.5, 9)))["streets"].set_index("name")
    assert tile.loc["东", "value"] == 9.0
    assert tile.loc["东", "class"] == "1"
    assert tile.loc["东", "mvt_id"] == town.streets["东"]
    assert tile.loc["西", "class"] == "few"
