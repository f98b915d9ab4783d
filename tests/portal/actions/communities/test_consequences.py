"""What a change would do is told before it is done, and nothing of it stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import shapely
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import records, unions
from portal.actions.communities import register_import as communities
from portal.actions.communities.changes import Changed
from portal.actions.communities.consequences import Called, Consequences, Doubt, Move, foresee
from portal.actions.complaints import complaint_import as complaints
from portal.errors import Conflict
from portal.models import Community, Deed, Route, RouteStop, ServiceScore
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

WEST, WEST_TOO, EAST, FAR = (114.005, 22.505), (114.015, 22.515), (114.03, 22.51), (113.5, 22.0)


@pytest.fixture
def ids(session: Session, town: dict[str, int], city: City, cipher: Cipher) -> dict[str, int]:
    rows = [
        {"source_key": "1", "name": "阳光花园", "street": "西街", "geometry": shapely.Point(WEST)},
        {"source_key": "2", "name": "月光花园", "street": "西街"},
        {"source_key": "3", "name": "星光里", "district": "福田区", "geometry": box(114.01, 22.51, 0.004)},
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    said = [
        {"street": "西街", "community": "阳光花园"},
        {"street": "西街", "community": "阳光花园"},
        {"geometry": shapely.Point(114.0115, 22.5115)},
        {"geometry": shapely.Point(EAST)},
    ]
    rows = [{"source_key": str(n), "received_at": "2025-03-01 08:00", **row} for n, row in enumerate(said)]
    complaints.load(session, frame_of(COMPLAINTS, rows), source="hotline", city=city, cipher=cipher)
    session.commit()
    return dict(session.execute(select(Community.name, Community.id)).tuples().all())


def pin(
    session: Session, clerk: Viewer, cipher: Cipher, community_id: int, point: tuple[float, float]
) -> Consequences:
    def act(rehearsing: Session) -> Changed:
        return records.pin(rehearsing, clerk, community_id, *point, cipher=cipher)

    return foresee(session, "pin", {community_id}, act)


def test_a_pin_in_another_street_asks_and_keeps_the_complaints(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    before = session.scalars(text("SELECT c::text FROM community c ORDER BY id")).all()
    found = pin(session, clerk, cipher, ids["阳光花园"], EAST)
    assert (found.street_was, found.street_becomes, found.registered) == ("西街", "东街", "西街")
    assert (found.doubts, found.moves, found.changed.stay) == ([Doubt.STREET], [], 2)
    assert session.scalars(text("SELECT c::text FROM community c ORDER BY id")).all() == before
    assert session.scalar(select(func.count()).select_from(Deed)) == 0


def test_a_pin_where_the_register_says_asks_nothing(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    assert not pin(session, clerk, cipher, ids["阳光花园"], WEST_TOO).worth_showing
    assert not pin(session, clerk, cipher, ids["月光花园"], WEST).worth_showing
    assert pin(session, clerk, cipher, ids["月光花园"], FAR).doubts == [Doubt.NO_STREET]


def test_a_pin_out_of_the_outline_or_the_district_asks(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    found = pin(session, clerk, cipher, ids["星光里"], WEST)
    assert found.doubts == [Doubt.DISTRICT, Doubt.OUTLINE]


def test_complaints_that_come_and_go_with_an_outline_are_counted(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    session.add(
        ServiceScore(community_id=ids["星光里"], period="2025-Q1", points=80.0, band="good", dimensions={})
    )
    session.commit()

    def act(rehearsing: Session) -> Changed:
        return records.draw(rehearsing, clerk, ids["星光里"], box(114.03, 22.51, 0.004), cipher=cipher)

    found = foresee(session, "outline", {ids["星光里"]}, act)
    mine = Called("星光里", None)
    assert sorted(found.moves, key=lambda move: move.source.known) == [
        Move(Called(), mine, 1),
        Move(mine, Called(), 1),
    ]
    assert (found.changed.left, found.changed.joined, found.changed.stay) == (1, 1, 0)
    assert (found.scores, found.scored) == (1, 1)
    assert set(found.doubts) == {Doubt.DISTRICT, Doubt.COMPLAINTS}


def test_a_merge_tells_what_goes_over_and_which_routes_go_there(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    _plan(session, clerk, ids["阳光花园"])

    def act(rehearsing: Session) -> Changed:
        return unions.merge(rehearsing, clerk, ids["月光花园"], ids["阳光花园"], cipher=cipher)

    found = foresee(session, "merge", {ids["月光花园"], ids["阳光花园"]}, act)
    assert found.moves == [Move(Called("阳光花园", None), Called("月光花园", None), 2)]
    assert (found.routes, found.stops, found.doubts) == (1, 1, ())


def test_what_cannot_be_done_is_said_as_in_earnest(
    session: Session, ids: dict[str, int], clerk: Viewer, cipher: Cipher
) -> None:
    def act(rehearsing: Session) -> Changed:
        return records.rename(rehearsing, clerk, ids["月光花园"], "阳光花园", cipher=cipher)

    with pytest.raises(Conflict, match="同一街道已有小区"):
        foresee(session, "name", {ids["月光花园"]}, act)


def _plan(session: Session, clerk: Viewer, community_id: int) -> None:
    now, point = datetime.now(UTC), "SRID=4326;POINT(114 22.5)"
    times = {"departs_at": now, "finishes_at": now + timedelta(hours=8)}
    common = {"user_id": clerk.user_id, "start_name": "局", "start_point": point, "note": "free_flow"}
    route = Route(day=now.date(), approximate=False, pauses=[], **common, **times)
    session.add(route)
    session.flush()
    stop = {"arrives_at": now, "begins_at": now, "departs_at": now, "leg": "SRID=4326;LINESTRING(0 0,1 1)"}
    numbers = {"travel_seconds": 1.0, "travel_m": 1.0, "visit_minutes": 30, "wait_minutes": 0.0}
    session.add(
        RouteStop(
            route_id=route.id, position=1, community_id=community_id, name="x", point=point, via=[],
            **stop, **numbers,
        )
    )  # fmt: skip
    session.commit()
