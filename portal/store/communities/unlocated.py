"""Reads of the queue 小区未定位: named communities that lack a place on the map, or an outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.models import Community, Complaint, SetAside, Street
from portal.store.communities import names as community_names
from portal.store.paging import Page, page_of
from portal.store.places import districts
from portal.store.places.districts import DistrictCount
from portal.store.places.street_counts import StreetCount, street_order
from portal.store.places.street_counts import by_street as count_by_street
from portal.terms import CommunityStatus


def is_set_aside() -> ColumnElement[bool]:
    """Return the condition: somebody has said that the community lacks for good what it lacks."""
    mark = aliased(SetAside)
    mine = (mark.community_id == Community.id, mark.other_id.is_(None))
    return select(mark.id).where(*mine).correlate(Community).exists()


class Lack(StrEnum):
    """What a named community does not have: any place at all, or an outline around its point."""

    LOCATION = "location"
    OUTLINE = "outline"


@dataclass(frozen=True)
class Wanted:
    """What part of the queue is asked for.

    ``street_id`` None and ``district`` "" are all, ``text`` part of a name or address.
    """

    lack: Lack = Lack.LOCATION
    street_id: int | None = None
    district: str = ""
    text: str = ""


def lacking(lack: Lack) -> list[ColumnElement[bool]]:
    """Return the conditions of an active, named community that lacks something."""
    named = (Community.status == CommunityStatus.ACTIVE, Community.name.is_not(None), ~is_set_aside())
    if lack is Lack.OUTLINE:
        return [*named, Community.pin.is_not(None), Community.outline.is_(None)]
    return [*named, Community.location.is_(None)]


def find(session: Session, wanted: Wanted, page: int, rows: int) -> Page:
    """Return one page of the queue, those with the most complaints first.

    Returns
    -------
    Page
        Rows of id, name, address, households, street_id, street, district, registered_street,
        registered_district, doubt, lon, lat (WGS 84 degrees) and complaints (how many ever).
    """
    conditions = _conditions(wanted)
    counted = select(func.count(Community.id)).outerjoin(Street, Street.id == Community.street_id)
    total = session.scalar(counted.where(*conditions)) or 0
    complaints = complaints_of()
    listed = (
        select(
            Community.id,
            Community.name,
            Community.address,
            Community.households,
            Community.street_id,
            Street.name.label("street"),
            func.coalesce(Street.district, "").label("district"),
            Community.registered_street,
            Community.registered_district,
            case((Community.ruling.is_(None), Community.doubt)).label("doubt"),
            func.ST_X(Community.location).label("lon"),
            func.ST_Y(Community.location).label("lat"),
            complaints.label("complaints"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(*conditions)
        .order_by(*_order(complaints))
    )
    return Page(session.execute(page_of(listed, page, rows)).all(), total)


def next_after(session: Session, wanted: Wanted, community_id: int) -> int | None:
    """Return the community after this one, the first where it has left; None where no other waits."""
    listed = (
        select(Community.id)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(*_conditions(wanted))
        .order_by(*_order(complaints_of()))
    )
    return following(session.scalars(listed).all(), community_id)


def waits(session: Session, lack: Lack, community_id: int) -> bool:
    """Return whether a community is in the queue."""
    found = select(Community.id).where(Community.id == community_id, *lacking(lack))
    return session.scalar(found) is not None


def following(ids: Sequence[int], current: int) -> int | None:
    """Return what comes after ``current`` in a queue; the first after the last, or where it has left."""
    after = ids.index(current) + 1 if current in ids else 0
    rest = [*ids[after:], *ids[:after]]
    return next((one for one in rest if one != current), None)


def complaints_of() -> ScalarSelect[int]:
    """Return the expression of how many complaints a community ever had."""
    mine = select(func.count()).where(Complaint.community_id == Community.id)
    return mine.correlate(Community).scalar_subquery()


def _order(complaints: ScalarSelect[int]) -> tuple[Any, ...]:
    return (complaints.desc(), *street_order(), Community.name, Community.id)


def by_street(session: Session, wanted: Wanted) -> list[StreetCount]:
    """Return how many there are under each street, whichever street is asked for."""
    return count_by_street(session, Community.street_id, _conditions(replace(wanted, street_id=None)))


def by_district(session: Session, wanted: Wanted) -> list[DistrictCount]:
    """Return how many there are in each district, whichever district is asked for."""
    return districts.counts(session, _conditions(replace(wanted, district="")))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of a community that is joined to its street."""
    found = lacking(wanted.lack)
    if wanted.district:
        found.append(districts.is_in([wanted.district]))
    if wanted.street_id is not None:
        found.append(Community.street_id == wanted.street_id)
    if wanted.text:
        at_address = Community.address.icontains(wanted.text, autoescape=True)
        found.append(or_(community_names.is_called(wanted.text), at_address))
    return found
