"""Names, keys and points of a small town, and what the database knows of them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Community, CommunityAlias, CommunityIdentity, Neighbourhood, Street
from portal.store.places import known
from portal.store.places.known import Communities, Hit, Identities, Neighbourhoods, Streets
from portal.terms import CommunityStatus, PlaceHow

SQUARE = "SRID=4326;MULTIPOLYGON(((114 22.5,114.01 22.5,114.01 22.51,114 22.51,114 22.5)))"
EASTERN = "SRID=4326;MULTIPOLYGON(((114.005 22.5,114.02 22.5,114.02 22.51,114.005 22.51,114.005 22.5)))"

WEST, EAST = 1, 2
STREETS = Streets(
    [(WEST, "西街", "南山区"), (EAST, "东街", "南山区"), (3, "西街", "福田区"), (4, "海街", "")]
)
COMMUNITIES = Communities(
    [
        (10, WEST, "阳光花园", False),
        (10, WEST, "阳光苑", True),
        (11, EAST, "阳光花园", False),
        (12, WEST, "阳光花园二期", False),
        (13, WEST, "趣园", False),
        (14, EAST, "双子楼", False),
        (15, EAST, "双子楼", False),
        (16, None, "城外村", False),
    ]
)


@pytest.mark.parametrize(
    ("street", "district", "found"),
    [
        ("东街街道", "南山", EAST),
        ("东街", None, EAST),
        ("西街", "南山区", WEST),
        ("西街", "福田", 3),
        ("西街", None, None),
        ("东街", "福田区", None),
        ("海街", "宝安区", 4),
        (None, "南山区", None),
        ("", "", None),
    ],
)
def test_streets_are_found_by_name_and_district(
    street: str | None, district: str | None, found: int | None
) -> None:
    assert STREETS.find(street, district) == found


def test_neighbourhoods_are_found_in_their_street_or_alone_in_the_city() -> None:
    neighbourhoods = Neighbourhoods([(1, WEST, "南布社区"), (2, EAST, "南布"), (3, EAST, "北布")])
    assert neighbourhoods.find("南布", EAST) == 2
    assert neighbourhoods.find("南布居委会", WEST) == 1
    assert neighbourhoods.find("南布", None) is None
    assert neighbourhoods.find("北布社区", None) == 3
    assert neighbourhoods.find("北布社区", WEST) is None
    assert neighbourhoods.find(None, WEST) is None


@pytest.mark.parametrize(
    ("name", "street_id", "hit"),
    [
        ("阳光花园", WEST, Hit(10, PlaceHow.NAME)),
        ("阳光 花园", EAST, Hit(11, PlaceHow.NAME)),
        ("阳光苑", WEST, Hit(10, PlaceHow.ALIAS)),
        ("阳光苑", EAST, None),
        ("阳光花园", None, None),
        ("阳光苑", None, Hit(10, PlaceHow.ALIAS)),
        ("双子楼", EAST, None),
        ("城外村", None, Hit(16, PlaceHow.NAME)),
        ("城外村", WEST, None),
        (None, WEST, None),
    ],
)
def test_communities_are_found_by_any_name_if_only_one_has_it(
    name: str | None, street_id: int | None, hit: Hit | None
) -> None:
    assert COMMUNITIES.find(name, street_id) == hit


@pytest.mark.parametrize(
    ("address", "street_id", "found"),
    [
        ("南山区西街 1 号阳光花园 3 栋 1201", WEST, 10),
        ("西街阳光花园二期 3 栋", WEST, 12),
        ("西街阳光花园二期", WEST, 12),
        ("阳光花园3栋", None, None),
        ("西街趣园 3 栋", WEST, None),  # too short to be sure
        ("阳光花园路 5 号", WEST, None),
        ("阳光花园路口阳光苑 2 栋", WEST, 10),
        ("双子楼 2 栋", EAST, None),
        ("", WEST, None),
        (None, WEST, None),
        ("阳光花园", 99, None),
    ],
)
def test_the_longest_name_in_an_address_counts(
    address: str | None, street_id: int | None, found: int | None
) -> None:
    hit = COMMUNITIES.find_in_address(address, street_id)
    assert (hit and hit.community_id) == found
    assert hit is None or hit.how is PlaceHow.ADDRESS


@pytest.mark.parametrize(
    ("name", "street_id", "stays", "hit"),
    [
        ("阳光花园", EAST, 10, Hit(10, PlaceHow.NAME)),
        ("阳光苑", EAST, 10, Hit(10, PlaceHow.ALIAS)),
        ("双子楼", EAST, 14, Hit(14, PlaceHow.NAME)),
        ("阳光苑", EAST, 11, None),
        ("阳光花园", WEST, 99, Hit(10, PlaceHow.NAME)),
        (None, WEST, 10, None),
    ],
)
def test_whoever_was_found_by_a_name_stays_as_long_as_it_is_called_so(
    name: str | None, street_id: int, stays: int, hit: Hit | None
) -> None:
    assert COMMUNITIES.find(name, street_id, stays) == hit


@pytest.mark.parametrize(
    ("address", "street_id", "stays", "found"),
    [
        ("东街 1 号阳光花园 3 栋", EAST, 10, 10),
        ("西街 1 号阳光花园 3 栋", EAST, 10, 10),
        ("西街阳光花园二期 3 栋", WEST, 10, 12),  # a longer name says more
        ("西街阳光花园路 3 号", WEST, 10, None),
        ("阳光花园路口阳光花园 3 栋", 99, 10, 10),
        ("西街趣园 3 栋", WEST, 13, None),
        ("西街趣园 3 栋", WEST, 99, None),
    ],
)
def test_whoever_was_found_in_an_address_stays_unless_a_longer_name_occurs(
    address: str, street_id: int, stays: int, found: int | None
) -> None:
    hit = COMMUNITIES.find_in_address(address, street_id, stays)
    assert (hit and hit.community_id) == found


def test_communities_of_a_name_are_counted() -> None:
    assert (COMMUNITIES.count("双子楼", EAST), COMMUNITIES.count("双子楼", WEST)) == (2, 0)


def test_a_key_means_what_its_own_source_calls_so() -> None:
    identities = Identities([("a", "1", 10), ("b", "1", 11), ("a", "2", 12), ("b", "3", 13), ("c", "3", 13)])
    assert identities.find("1", "a") == 10
    assert identities.find("1", "other") is None
    assert identities.find("2", "other") == 12
    assert identities.find("3", "other") == 13
    assert identities.find("9", "a") is None


def add_street(session: Session, key: str = "南山/西街", name: str = "西街", outline: str = SQUARE) -> Street:
    street = Street(
        source_key=key, name=name, district="南山区", outline=outline, area_m2=1.0, source_datum="wgs84"
    )
    session.add(street)
    session.flush()
    return street


def add_community(session: Session, **values: object) -> Community:
    community = Community(**{"street_how": PlaceHow.NOT_FOUND, **values})
    session.add(community)
    session.flush()
    return community


def test_an_empty_city_knows_nothing(session: Session) -> None:
    assert known.outlines(session) is None
    assert len(Streets.known(session)) == 0
    assert Neighbourhoods.known(session).find("南布", None) is None
    assert Communities.known(session).find("阳光花园", None) is None
    assert Identities.known(session, ["1"]).find("1", "a") is None


def test_outlines_of_active_communities_are_known(session: Session) -> None:
    kept = add_community(session, outline=SQUARE)
    add_community(session, outline=SQUARE, status=CommunityStatus.MERGED, merged_into_id=kept.id)
    add_community(session, name="甲")
    found = known.outlines(session)
    assert found is not None and len(found) == 1
    assert found.crs.to_epsg() == 4326
    assert found.total_bounds.tolist() == [114, 22.5, 114.01, 22.51]


def test_streets_and_neighbourhoods_of_the_database_are_known(session: Session) -> None:
    street = add_street(session)
    other = add_street(session, "南山/东街", "东街", EASTERN)
    neighbourhood = Neighbourhood(street_id=street.id, name="南布社区")
    session.add(neighbourhood)
    session.flush()
    streets = Streets.known(session)
    assert len(streets) == 2
    assert (streets.find("西街街道", "南山"), streets.find("西街", "福田")) == (street.id, None)
    neighbourhoods = Neighbourhoods.known(session)
    assert neighbourhoods.find("南布", street.id) == neighbourhood.id
    assert neighbourhoods.find("南布", other.id) is None


def test_every_name_of_active_communities_is_known(session: Session) -> None:
    street = add_street(session)
    one = add_community(session, name="阳光花园", street_id=street.id)
    gone = add_community(session, name="旧名", status=CommunityStatus.SPLIT)
    add_community(session, outline=SQUARE)
    session.add(CommunityAlias(community_id=one.id, alias="阳光里"))
    session.add(CommunityAlias(community_id=gone.id, alias="更旧的名"))
    session.flush()
    communities = Communities.known(session)
    assert communities.find("阳光花园", street.id) == Hit(one.id, PlaceHow.NAME)
    assert communities.find("阳光里", street.id) == Hit(one.id, PlaceHow.ALIAS)
    assert communities.find("旧名", None) is communities.find("更旧的名", None) is None


def test_identities_of_active_communities_are_found_by_key(session: Session) -> None:
    one, gone = add_community(session, name="甲"), add_community(session, name="乙", status="split")
    for source, key, community in (("a", "1", one), ("b", "1", gone), ("a", "2", one)):
        session.add(
            CommunityIdentity(source=source, source_key=key, community_id=community.id, matched_by="created")
        )
    session.flush()
    identities = Identities.known(session, ["1", "9"])
    assert identities.find("1", "b") == one.id  # what was split is nobody's any more
    assert identities.find("2", "a") is None  # was not asked for


@pytest.mark.parametrize("first", ["a", "b"])
def test_of_streets_that_overlap_the_first_by_source_key_holds_a_point(session: Session, first: str) -> None:
    outlines = {"a": SQUARE, "b": EASTERN}
    added = {key: add_street(session, key, key, outlines[key]) for key in sorted("ab", key=first.__ne__)}
    lon = func.unnest([114.002, 114.007, 114.01, 114.015, 114.03]).label("lon")
    lons = select(lon).subquery()
    point = func.ST_SetSRID(func.ST_MakePoint(lons.c.lon, 22.505), 4326).label("point")
    points = select(lons.c.lon, point).subquery()
    held = known.holding_streets(points, "lon", "point")
    names = {street.id: key for key, street in added.items()}
    found = {row.lon: names[row.street_id] for row in session.execute(select(held))}
    assert found == {114.002: "a", 114.007: "a", 114.01: "a", 114.015: "b"}
