"""Which complaints count, and where anything is known."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Complaint
from portal.store.complaints.what_counts import ENQUIRY, between, counts, spoken_of
from tests.portal import map_city
from tests.portal.small_city import ZONE, SmallCity

DAY = date(2024, 5, 1)
AFTER = date(2024, 5, 2)


@pytest.fixture
def town(session: Session) -> SmallCity:
    city = map_city.build(session)
    map_city.add_complaint(session, DAY, street_id=city.streets["西"])
    return city


@pytest.mark.parametrize(
    ("change", "number"),
    [
        ({}, 1),
        ({"request_kind": "投诉"}, 1),
        ({"request_kind": ENQUIRY}, 0),
        ({"property_related": False, "category": None}, 0),
    ],
)
def test_a_complaint_is_about_property_service_and_no_enquiry(
    session: Session, town: SmallCity, change: dict[str, object], number: int
) -> None:
    there = Complaint.street_id == town.streets["西"]
    complaint = session.scalars(select(Complaint).where(there, *between(DAY, AFTER, ZONE))).one()
    for name, value in change.items():
        setattr(complaint, name, value)
    session.flush()
    assert (
        len(session.scalars(select(Complaint).where(there, *counts(), *between(DAY, AFTER, ZONE))).all())
        == number
    )


def test_a_repeat_does_not_count(session: Session, town: SmallCity) -> None:
    complaint = session.scalars(select(Complaint).where(*between(DAY, AFTER, ZONE))).one()
    complaint.repeat_of_id = session.scalars(select(Complaint.id).where(Complaint.id != complaint.id)).first()
    session.flush()
    assert not session.scalars(select(Complaint).where(*counts(), *between(DAY, AFTER, ZONE))).all()


def test_a_day_begins_at_local_midnight_and_ends_before_the_next(session: Session, town: SmallCity) -> None:
    complaint = session.scalars(select(Complaint).where(*between(DAY, AFTER, ZONE))).one()
    for day, hour, found in ((DAY, 0, 1), (DAY, 23, 1), (AFTER, 0, 0)):
        complaint.received_at = datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)
        session.flush()
        assert len(session.scalars(select(Complaint).where(*between(DAY, AFTER, ZONE))).all()) == found


def test_a_record_of_any_matter_speaks_of_its_street_on_its_days(session: Session, town: SmallCity) -> None:
    complaint = session.scalars(select(Complaint).where(*between(DAY, AFTER, ZONE))).one()
    complaint.property_related, complaint.category = False, None
    session.flush()

    def told(street: str, first: date, after: date) -> bool:
        return session.scalars(select(spoken_of(town.streets[street], first, after, ZONE))).one()

    assert told("西", DAY, AFTER)
    assert not told("东", DAY, AFTER)
    assert not told("西", AFTER, date(2024, 6, 1))
    assert not told("西", date(2024, 4, 1), DAY)
