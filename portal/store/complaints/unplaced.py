"""Reads of the queue 投诉小区未知: complaints whose community is not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.models import Complaint, Neighbourhood, SetAside, Street, UserAccount
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
    called
        Exactly the community as the source words it, blanks at its ends aside.
    nowhere
        Only those under no street.
    aside
        Those that were set aside, instead of those that wait.
    """

    street_id: int | None = None
    level: PlaceLevel | None = None
    category: str | None = None
    property_related: bool = True
    text: str = ""
    called: str = ""
    nowhere: bool = False
    aside: bool = False


@dataclass(frozen=True)
class Group:
    """Waiting complaints that word their community alike under one street: one decision for all."""

    called: str
    street_id: int | None
    street: str | None
    n: int


def waiting() -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that waits for a community."""
    return [*unknown(), ~is_set_aside()]


def unknown() -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint whose community is not known, waiting or set aside."""
    return [Complaint.community_id.is_(None), Complaint.place_level.in_(LEVELS)]


def is_set_aside() -> ColumnElement[bool]:
    """Return the condition: somebody has said that it cannot be placed."""
    mark = aliased(SetAside)
    return select(mark.id).where(mark.complaint_id == Complaint.id).correlate(Complaint).exists()


def find(session: Session, wanted: Wanted, page: int, rows: int) -> Page:
    """Return one page of the queue.

    Returns
    -------
    Page
        Rows of id, received_at, source, source_key, category, event_type, main_type,
        sub_type, reported_district, reported_street, reported_neighbourhood, reported_community,
        place_level, place_how, doubt, street_id, street, neighbourhood,
        address_encrypted, repeat_of_id; reason, set_aside_at, set_aside_by where it was set aside.
    """
    conditions = _conditions(wanted)
    total = count(session, wanted)
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
            Complaint.reported_district,
            Complaint.reported_neighbourhood,
            Complaint.reported_community,
            Complaint.place_level,
            Complaint.place_how,
            Complaint.doubt,
            Complaint.street_id,
            Street.name.label("street"),
            Neighbourhood.name.label("neighbourhood"),
            Complaint.address_encrypted,
            Complaint.repeat_of_id,
            SetAside.reason,
            SetAside.at.label("set_aside_at"),
            UserAccount.display_name.label("set_aside_by"),
        )
        .outerjoin(SetAside, SetAside.complaint_id == Complaint.id)
        .outerjoin(UserAccount, UserAccount.id == SetAside.user_id)
        .outerjoin(Street, Street.id == Complaint.street_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Complaint.neighbourhood_id)
        .where(*conditions)
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
    )
    return Page(session.execute(page_of(listed, page, rows)).all(), total)


def count(session: Session, wanted: Wanted) -> int:
    """Return how many there are."""
    rows = select(func.count()).select_from(Complaint).where(*_conditions(wanted))
    return session.scalar(rows) or 0


def groups(session: Session, wanted: Wanted, most: int) -> list[Group]:
    """Return the largest groups of the part of the queue that is asked for; one alone is no group."""
    called = func.trim(Complaint.reported_community)
    n = func.count()
    rows = session.execute(
        select(called, Complaint.street_id, Street.name, n)
        .outerjoin(Street, Street.id == Complaint.street_id)
        .where(*_conditions(wanted), called != "")
        .group_by(called, Complaint.street_id, Street.name)
        .having(n > 1)
        .order_by(n.desc(), called, Complaint.street_id)
        .limit(most)
    )
    return [Group(*row) for row in rows]


def ids_of_group(session: Session, called: str, street_id: int | None) -> list[int]:
    """Return all waiting complaints that word their community so, under the street or under none."""
    under = Complaint.street_id == street_id if street_id is not None else Complaint.street_id.is_(None)
    mine = (*waiting(), func.trim(Complaint.reported_community) == called, under)
    return list(session.scalars(select(Complaint.id).where(*mine).order_by(Complaint.id)))


def by_street(session: Session, wanted: Wanted) -> list[StreetCount]:
    """Return how many wait under each street, whichever street is asked for."""
    return count_by_street(session, Complaint.street_id, _conditions(replace(wanted, street_id=None)))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*unknown(), is_set_aside()] if wanted.aside else waiting()
    if wanted.nowhere:
        found.append(Complaint.street_id.is_(None))
    if wanted.called:
        found.append(func.trim(Complaint.reported_community) == wanted.called)
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
