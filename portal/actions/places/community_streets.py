"""Communities under streets: by the largest overlap of the outline, the pin's place, or the registered name.

In PostGIS and for whole sets; tests hold it against the same assignment one by one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    Table,
    and_,
    case,
    func,
    or_,
    select,
    true,
    tuple_,
    update,
)
from sqlalchemy.orm import Session

from portal.actions.transactions.staging import TEXT, WHOLE, materialise, stage
from portal.actions.transactions.upserts import term
from portal.models import Community, Street
from portal.store.places.known import Streets, holding_streets
from portal.terms import PlaceHow

# Shares are of areas in square degrees: over one community the scale does not change.
_WHOLE = 1.0


def assign_communities(session: Session, ids: Select[Any]) -> set[int]:
    """Put communities under streets again; return those that changed. A clerk's own choice stays.

    Parameters
    ----------
    session
        Inside a transaction.
    ids
        SELECT of the ids concerned.
    """
    chosen = select(
        Community.id,
        Community.outline,
        Community.pin,
        func.coalesce(Community.registered_district, "").label("district"),
        func.coalesce(Community.registered_street, "").label("street"),
    ).where(Community.id.in_(ids), Community.street_how != PlaceHow.MANUAL)
    places = materialise(session, chosen)
    found = find_streets(session, places).subquery()
    mine = tuple_(Community.street_id, Community.street_how, Community.street_share)
    theirs = tuple_(found.c.street_id, found.c.street_how, found.c.street_share)
    changed = session.scalars(
        update(Community)
        .values(street_id=found.c.street_id, street_how=found.c.street_how, street_share=found.c.street_share)
        .where(Community.id == found.c.id, mine.is_distinct_from(theirs))
        .returning(Community.id)
    )
    return set(changed)


def find_streets(session: Session, places: Table) -> Select[Any]:
    """Return the street of each place, as ``id, street_id, street_how, street_share, named_id``.

    Parameters
    ----------
    session
        Inside a transaction.
    places
        Temporary table: ``id``, ``outline``, ``pin``, and ``district`` and ``street`` as
        registered, "" where they are not. ``named_id`` is the street of that name.
    """
    by_name = _named_streets(session, places)
    overlap, around = _largest_overlap(places), holding_streets(places, "id", "pin")
    has_geometry = or_(places.c.outline.is_not(None), places.c.pin.is_not(None))
    how = case(
        (overlap.c.street_id.is_not(None), term(PlaceHow.OVERLAP)),
        (around.c.street_id.is_not(None), term(PlaceHow.COORDINATE)),
        (by_name.c.street_id.is_not(None), term(PlaceHow.STREET)),
        (and_(has_geometry, select(Street.id).exists()), term(PlaceHow.OUTSIDE)),
        else_=term(PlaceHow.NOT_FOUND),
    )
    return (
        select(
            places.c.id,
            func.coalesce(overlap.c.street_id, around.c.street_id, by_name.c.street_id).label("street_id"),
            how.label("street_how"),
            overlap.c.share.label("street_share"),
            by_name.c.street_id.label("named_id"),
        )
        .select_from(places)
        .outerjoin(overlap, overlap.c.id == places.c.id)
        .outerjoin(around, around.c.id == places.c.id)
        .outerjoin(
            by_name,
            and_(by_name.c.district == places.c.district, by_name.c.street == places.c.street),
        )
    )


def distance_to_streets_m(place: ColumnElement[Any]) -> ColumnElement[float]:
    """Return the distance from a geometry to the nearest street, in metres on the ellipsoid."""
    distance = func.ST_Distance(func.geography(Street.outline), func.geography(place))
    return select(func.min(distance)).correlate_except(Street).scalar_subquery()


def _named_streets(session: Session, places: Table) -> Table:
    pairs = session.execute(select(places.c.district, places.c.street).distinct()).tuples().all()
    streets = Streets.known(session)
    return stage(
        session,
        {
            "district": (TEXT, [district for district, _ in pairs]),
            "street": (TEXT, [street for _, street in pairs]),
            "street_id": (WHOLE, [streets.find(street, district) for district, street in pairs]),
        },
    )


def _largest_overlap(places: Table) -> Subquery:
    """Return ``id``, ``street_id`` and ``share`` of the outlines that lie in a street, wholly or in part."""
    # From the streets' side, so that PostGIS prepares each of them once; OFFSET keeps it that way.
    touching = (
        select(places.c.id, places.c.outline, func.ST_Covers(Street.outline, places.c.outline).label("whole"))
        .where(
            places.c.outline.op("&&")(Street.outline), func.ST_Intersects(Street.outline, places.c.outline)
        )
        .offset(0)
        .lateral()
    )
    common = func.ST_Area(func.ST_Intersection(Street.outline, touching.c.outline))
    share = case((touching.c.whole, _WHOLE), else_=common / func.ST_Area(touching.c.outline))
    pairs = (
        select(touching.c.id, Street.id.label("street_id"), Street.source_key, share.label("share"))
        .select_from(Street)
        .join(touching, true())
        .subquery()
    )
    return (
        select(pairs.c.id, pairs.c.street_id, pairs.c.share)
        .where(pairs.c.share > 0)
        .distinct(pairs.c.id)
        .order_by(pairs.c.id, pairs.c.share.desc(), pairs.c.source_key)
        .subquery()
    )
