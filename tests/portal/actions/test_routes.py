"""Routes: planned by the real solver on the real roads, stored, read back as they were."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from geo.policy.city import City
from geo.roads.engine import open_network
from geo.roads.network import Network, Note, Place, StraightLine
from geo.roads.osm import read_roads
from geo.routes.plans import DayPlan, DropReason
from portal.access import Viewer
from portal.actions import accounts, routes
from portal.actions.places import road_import as ingest
from portal.errors import BadRequest, NotAllowed, NotFound
from portal.models import Audit, Community, CommunityGate, Route, RouteStop
from portal.store.places import roads as road_store
from portal.store.routes import records as store
from portal.terms import Role

DAY = date(2025, 6, 3)
START = Place("start", "住建局", 118.100, 26.100)


@pytest.fixture
def inspector(session: Session) -> Viewer:
    account = accounts.create(session, "i1", "", Role.INSPECTOR, "correct horse battery")
    return Viewer(account.id, account.username, Role.INSPECTOR)


def add_community(session: Session, name: str, lon: float | None, lat: float = 26.1) -> int:
    pin = None if lon is None else f"SRID=4326;POINT({lon} {lat})"
    community = Community(name=name, street_how="not_found", pin=pin)
    session.add(community)
    session.flush()
    return community.id


def ask(ids: list[int], *, end: Place | None = None, visit_minutes: int = 30) -> routes.RouteRequest:
    return routes.RouteRequest(DAY, tuple(ids), START, end, visit_minutes)


def plan(session: Session, viewer: Viewer, city: City, asked: routes.RouteRequest) -> DayPlan:
    made = routes.plan(session, viewer, city, StraightLine(city.routes), asked)
    return store.load(session, made, city.zone).plan


def test_plan_comes_back_as_it_was_made(session: Session, inspector: Viewer, city: City) -> None:
    ids = [add_community(session, f"小区{n}", 118.1 + n / 100) for n in range(1, 4)]
    kept: list[DayPlan] = []
    original = routes.save
    routes.save = lambda s, v, p: kept.append(p) or original(s, v, p)  # type: ignore[func-returns-value]
    try:
        loaded = plan(session, inspector, city, ask(ids, end=START))
    finally:
        routes.save = original
    (made,) = kept
    assert loaded.totals == made.totals
    assert [s.stop.name for s in loaded.stops] == [s.stop.name for s in made.stops]
    assert [(s.arrive, s.begin, s.depart) for s in loaded.stops] == [
        (s.arrive, s.begin, s.depart) for s in made.stops
    ]
    assert [leg.line.wkt for leg in loaded.legs] == [leg.line.wkt for leg in made.legs]
    assert loaded.pauses == made.pauses
    assert loaded.note is Note.STRAIGHT_LINE
    assert loaded.approximate


def test_gate_is_driven_to_rather_than_the_middle(session: Session, inspector: Viewer, city: City) -> None:
    community_id = add_community(session, "有门", 118.12)
    session.add_all(
        [
            CommunityGate(community_id=community_id, name="北门", point="SRID=4326;POINT(118.13 26.1)"),
            CommunityGate(
                community_id=community_id, name="南门", point="SRID=4326;POINT(118.14 26.1)", main=True
            ),
        ]
    )
    (stop,) = plan(session, inspector, city, ask([community_id])).stops
    assert (stop.stop.lon, stop.stop.lat) == (118.14, 26.1)


def test_community_without_location_is_named_as_left_out(
    session: Session, inspector: Viewer, city: City
) -> None:
    ids = [add_community(session, "有位置", 118.12), add_community(session, "无位置", None)]
    made = plan(session, inspector, city, ask(ids))
    assert [s.stop.name for s in made.stops] == ["有位置"]
    assert [(d.stop.name, d.reason) for d in made.dropped] == [("无位置", DropReason.NOT_LOCATED)]


def test_what_does_not_fit_the_day_is_named(session: Session, inspector: Viewer, city: City) -> None:
    ids = [add_community(session, f"小区{n}", 118.1 + n / 1000) for n in range(1, 6)]
    made = plan(session, inspector, city, ask(ids, visit_minutes=120))
    assert {s.stop.key for s in made.stops} | {d.stop.key for d in made.dropped} == set(map(str, ids))
    assert len(made.stops) == 2  # one before lunch, one after
    assert {d.reason for d in made.dropped} == {DropReason.DOES_NOT_FIT}


def test_bad_requests_are_refused_and_store_nothing(session: Session, inspector: Viewer, city: City) -> None:
    lost = add_community(session, "无位置", None)
    for ids, words in (([], "1 到 200"), ([10**9], "不存在"), ([lost], "没有定位")):
        with pytest.raises(BadRequest, match=words):
            plan(session, inspector, city, ask(ids))
    with pytest.raises(BadRequest, match="1 到 200"):
        plan(session, inspector, city, ask(list(range(1, 300))))
    assert session.scalar(select(func.count()).select_from(Route)) == 0


def test_a_role_without_the_right_cannot_plan(session: Session, city: City) -> None:
    with pytest.raises(NotAllowed):
        plan(session, Viewer(1, "l", Role.LEADER), city, ask([1]))


def test_only_owner_and_administrator_delete(session: Session, inspector: Viewer, city: City) -> None:
    asked = ask([add_community(session, "甲", 118.12)])
    route_id = routes.plan(session, inspector, city, StraightLine(city.routes), asked)
    stranger = Viewer(inspector.user_id + 1, "x", Role.INSPECTOR)
    with pytest.raises(NotFound):
        routes.delete(session, stranger, route_id)
    routes.delete(session, inspector, route_id)
    assert session.scalar(select(func.count()).select_from(RouteStop)) == 0
    actions = session.scalars(select(Audit.action).where(Audit.subject == "routes").order_by(Audit.id)).all()
    assert actions == ["plan", "delete"]


@pytest.fixture(scope="module")
def futian_roads(real_data: Path, city: City) -> gpd.GeoDataFrame:
    return read_roads(real_data / "shenzhen" / "futian_roads.osm.pbf", city)


@pytest.fixture(scope="module")
def futian_places(real_data: Path) -> list[Place]:
    table = pd.read_csv(real_data / "shenzhen" / "futian_communities_bd09.csv")
    lon, lat = convert(table["lng_raw"], table["lat_raw"], Datum.BD09, Datum.WGS84)
    return [
        Place(str(n), name, *at) for n, (name, *at) in enumerate(zip(table["name"], lon, lat, strict=True))
    ]


def test_network_from_the_database_drives_as_from_the_file(
    session: Session, futian_roads: gpd.GeoDataFrame, futian_places: list[Place], city: City
) -> None:
    ingest.load(session, futian_roads, source="futian")
    stored = road_store.frame(session)
    assert stored is not None
    places = futian_places[:2]

    def drive(network: Network) -> tuple[float, list[str | None]]:
        path = network.path(places[0], places[1])
        return round(path.seconds, 3), [stretch.name for stretch in path.roads]

    from_file, from_database = drive(open_network(futian_roads, city)), drive(open_network(stored, city))
    assert from_file == from_database
    assert any(from_database[1])


def test_route_on_real_roads_names_them(
    session: Session,
    inspector: Viewer,
    futian_roads: gpd.GeoDataFrame,
    futian_places: list[Place],
    city: City,
) -> None:
    network = open_network(futian_roads, city)
    ids = [add_community(session, place.name, place.lon, place.lat) for place in futian_places[:12]]
    start = futian_places[20]
    asked = routes.RouteRequest(DAY, tuple(ids), start, start, 20)
    loaded = store.load(session, routes.plan(session, inspector, city, network, asked), city.zone).plan
    assert loaded.totals.stops == 12
    assert loaded.note is Note.NO_TRAFFIC
    assert not loaded.approximate
    assert all(leg.line.length > 0 for leg in loaded.legs)
    names = {stretch.name for leg in loaded.legs for stretch in leg.roads if stretch.name}
    assert len(names) > 5


def test_start_away_from_roads_is_refused_by_its_name(
    session: Session, inspector: Viewer, futian_roads: gpd.GeoDataFrame, city: City
) -> None:
    network = open_network(futian_roads, city)
    asked = ask([add_community(session, "甲", 118.12)])  # the start is in another province
    with pytest.raises(BadRequest, match="住建局 周围 300 米内没有道路") as caught:
        routes.plan(session, inspector, city, network, asked)
    assert caught.value.params["field"] == "start"
    assert session.scalar(select(func.count()).select_from(Route)) == 0
