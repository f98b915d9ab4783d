"""Reads of the queue 投诉小区未知: complaints whose community is not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from portal.models import Complaint, Neighbourhood, Street
from portal.store.paging import Page, page_of
from portal.store.places.street_counts import StreetCount
from portal.store.places.street_counts import by_street as count_by_street
from portal.terms import PlaceLevel

# A point outside every outline has its place; these levels wait for a community.
LEVELS = (PlaceLevel.NEIGHBOURHOOD, PlaceLevel.STREET, PlaceLevel.NONE)


@dataclass(frozen=True)
class Wanted:
    """What part of the queue is asked for.

    Parameters
    ----------
    street_id, level, category
        Only these; None for all.
    property_related
        Only those about property service, or (False) all.
    text
        Part of the place as the source words it.
    """

    street_id: int | None = None
    level: PlaceLevel | None = None
    category: str | None = None
    property_related: bool = True
    text: str = ""


def waiting() -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that waits for a community."""
    return [Complaint.community_id.is_(None), Complaint.place_level.in_(LEVELS)]


def find(session: Session, wanted: Wanted, page: int, rows: int) -> Page:
    """Return one page of the queue.

    Returns
    -------
    Page
        Rows of id, received_at, source, source_key, category, event_type, main_type,
        sub_type, reported_street, reported_neighbourhood, reported_community,
        place_level, place_how, street_id, street, neighbourhood, address_encrypted,
        repeat_of_id.
    """
    conditions = _conditions(wanted)
    total = session.scalar(select(func.count()).select_from(Complaint).where(*conditions)) or 0
    listed = (
        select(
            Complaint.id,
            Complaint.received_at,
            Complaint.source,
            Complaint.source_key,
            Complaint.category,
            Complaint.event_type,
            Complaint.main_type,
            Complaint.sub_type,
            Complaint.reported_street,
            Complaint.reported_neighbourhood,
            Complaint.reported_community,
            Complaint.place_level,
            Complaint.place_how,
            Complaint.street_id,
            Street.name.label("street"),
            Neighbourhood.name.label("neighbourhood"),
            Complaint.address_encrypted,
            Complaint.repeat_of_id,
        )
        .outerjoin(Street, Street.id == Complaint.street_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Complaint.neighbourhood_id)
        .where(*conditions)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
    )
    return Page(session.execute(page_of(listed, page, rows)).all(), total)


def by_street(session: Session, wanted: Wanted) -> list[StreetCount]:
    """Return how many wait under each street, whichever street is asked for."""
    return count_by_street(session, Complaint.street_id, _conditions(replace(wanted, street_id=None)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = waiting()
    if wanted.property_related:
        found.append(Complaint.property_related.expression)
    if wanted.street_id is not None:
        found.append(Complaint.street_id == wanted.street_id)
    if wanted.level is not None:
        found.append(Complaint.place_level == wanted.level)
    if wanted.category is not None:
        found.append(Complaint.category == wanted.category)
    if wanted.text:
        words = (Complaint.reported_community, Complaint.reported_neighbourhood, Complaint.reported_street)
        found.append(or_(*(word.icontains(wanted.text, autoescape=True) for word in words)))
    return found
