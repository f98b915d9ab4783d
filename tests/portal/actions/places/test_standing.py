"""Complaints that were found by a name stay with their community; those with a coordinate follow outlines."""

from __future__ import annotations

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES, COMPLAINTS
from geo.policy.city import City
from portal.access import Viewer
from portal.actions.communities import aliases, records, unions
from portal.actions.communities import register_import as communities
from portal.actions.complaints import complaint_import as complaints
from portal.actions.places import complaint_places
from portal.models import Community, Complaint
from portal.privacy import Cipher
from tests.portal.actions.conftest import box, frame_of

WEST, EAST = (114.005, 22.505), (114.03, 22.51)
SAID = (
    {"source_key": "name", "street": "西街", "community": "阳光花园"},
    {"source_key": "alias", "street": "西街", "community": "日光里"},
    {"source_key": "address", "street": "西街", "address": "西街 1 号阳光花园 3 栋"},
    {"source_key": "point", "street": "西街", "community": "阳光花园", "geometry": shapely.Point(WEST)},
    {"source_key": "inside", "geometry": shapely.Point(WEST)},
)


def build(session: Session, city: City, cipher: Cipher, *more: dict[str, object]) -> int:
    rows = [
        {"source_key": "1", "name": "阳光花园", "aliases": "日光里", "geometry": shapely.Point(WEST)},
        *more,
    ]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    load(session, city, cipher)
    session.commit()
    return session.scalars(select(Community.id).where(Community.name == "阳光花园")).first() or 0


def load(session: Session, city: City, cipher: Cipher, **values: object) -> None:
    rows = [{"received_at": "2025-03-01 08:00", **row, **values} for row in SAID]
    complaints.load(session, frame_of(COMPLAINTS, rows), source="hotline", city=city, cipher=cipher)


def under(session: Session, community_id: int) -> list[str]:
    rows = select(Complaint.source_key).where(Complaint.community_id == community_id)
    return sorted(session.scalars(rows))


def test_they_stay_when_it_is_pinned_elsewhere_and_through_every_placing_anew(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    community_id = build(session, city, cipher)
    records.pin(session, clerk, community_id, *EAST, cipher=cipher)
    everything = ["address", "alias", "name", "point"]
    assert under(session, community_id) == everything
    assert session.get_one(Community, community_id).street_id == town["东街"]
    complaint_places.replace(session, select(Complaint.id), cipher)
    assert under(session, community_id) == everything
    load(session, city, cipher)  # the same file again
    load(session, city, cipher, unit="物业科")  # and one that says more of the same complaints
    assert under(session, community_id) == everything
    streets = select(Complaint.street_id).where(Complaint.source_key.in_(("name", "alias", "address")))
    assert set(session.scalars(streets)) == {town["东街"]}


def test_they_leave_when_it_is_no_longer_called_so(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    community_id = build(session, city, cipher)
    aliases.remove(session, clerk, community_id, "日光里", cipher=cipher)
    assert under(session, community_id) == ["address", "name", "point"]


def test_a_complaint_that_words_its_place_anew_is_looked_for_anew(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    community_id = build(session, city, cipher)
    records.pin(session, clerk, community_id, *EAST, cipher=cipher)
    load(session, city, cipher, street="东街")
    assert under(session, community_id) == ["address", "alias", "name", "point"]
    load(session, city, cipher, street="西街")
    assert under(session, community_id) == []


def test_nobody_of_the_same_name_takes_them(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    twin = {"source_key": "2", "name": "阳光花园", "street": "东街"}
    community_id = build(session, city, cipher, twin)
    twin_id = session.scalars(select(Community.id).where(Community.id != community_id)).one()
    records.pin(session, clerk, community_id, *EAST, cipher=cipher)
    records.pin(session, clerk, twin_id, *WEST, cipher=cipher)
    assert under(session, community_id) == ["address", "alias", "name", "point"]
    assert under(session, twin_id) == []


def test_only_coordinates_follow_the_outline(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    community_id = build(session, city, cipher)
    records.draw(session, clerk, community_id, box(114.003, 22.503), cipher=cipher)
    assert under(session, community_id) == ["address", "alias", "inside", "name", "point"]
    records.draw(session, clerk, community_id, box(114.03, 22.51), cipher=cipher)
    assert under(session, community_id) == ["address", "alias", "name", "point"]


def test_a_point_goes_to_the_outline_drawn_around_it_whosever_it_was(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    other = {"source_key": "2", "name": "月光花园", "street": "西街"}
    community_id = build(session, city, cipher, other)
    other_id = session.scalars(select(Community.id).where(Community.name == "月光花园")).one()
    records.draw(session, clerk, other_id, box(114.003, 22.503), cipher=cipher)
    assert under(session, other_id) == ["inside", "point"]
    assert under(session, community_id) == ["address", "alias", "name"]


def test_they_go_along_when_it_is_merged(
    session: Session, town: dict[str, int], clerk: Viewer, cipher: Cipher, city: City
) -> None:
    other = {"source_key": "2", "name": "月光花园", "street": "东街"}
    community_id = build(session, city, cipher, other)
    other_id = session.scalars(select(Community.id).where(Community.name == "月光花园")).one()
    unions.merge(session, clerk, other_id, community_id, cipher=cipher)
    everything = ["address", "alias", "name", "point"]
    assert under(session, other_id) == everything
    load(session, city, cipher)
    assert under(session, other_id) == everything
