"""The conditions of a query, as SQL: where communities lie, and which they are."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_

from portal.as_of import AsOf
from portal.labels import NO_BAND
from portal.models import Community, Firm, Inspection, ServiceScore
from portal.query import CommunityQuery
from portal.store import firms
from portal.store.communities import names as community_names
from portal.store.places import districts
from portal.store.queries import facts
from portal.terms import CommunityStatus

# A tenth of a millimetre, in a direction in which no border is drawn.
_BESIDE_DEGREES, _SLANT = 1e-9, 0.618


def conditions(query: CommunityQuery, as_of: AsOf) -> list[ColumnElement[bool]]:
    """Return all conditions of ``query``, whose area must have been filled in.

    They are of a statement that joins communities to their scores and streets.
    """
    return [Community.status == CommunityStatus.ACTIVE, *_where(query), *_which(query, as_of)]


def _where(query: CommunityQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.area is not None:
        ring = ", ".join(f"{lon} {lat}" for lon, lat in (*query.area, query.area[0]))
        polygon = func.ST_GeomFromText(f"POLYGON(({ring}))", 4326)
        found.append(_is_in(polygon, Community.location))
    if query.near is not None and query.near.radius_m is not None:
        found.append(
            func.ST_DWithin(facts.geography(Community.location), facts.point(query.near), query.near.radius_m)
        )
    if query.street_ids is not None:
        found.append(Community.street_id.in_(query.street_ids))
    if query.districts:
        found.append(districts.is_in(query.districts))
    return found


def _is_in(polygon: ColumnElement[Any], location: Any) -> ColumnElement[bool]:
    """Return the condition that a polygon holds a location; of areas side by side one holds what is between.

    What lies on a border counts where the ground just north-east of it lies.
    """
    beside = func.ST_Translate(location, _BESIDE_DEGREES, _BESIDE_DEGREES * _SLANT)
    on_border = and_(func.ST_Touches(polygon, location), func.ST_Contains(polygon, beside))
    return and_(func.ST_Intersects(polygon, location), or_(func.ST_Contains(polygon, location), on_border))


def _which(query: CommunityQuery, as_of: AsOf) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if query.points_below is not None:
        found.append(ServiceScore.points < query.points_below)
    if query.points_at_least is not None:
        found.append(ServiceScore.points >= query.points_at_least)
    if query.bands:
        scored = ServiceScore.band.in_([band for band in query.bands if band != NO_BAND])
        found.append(or_(scored, ServiceScore.id.is_(None)) if NO_BAND in query.bands else scored)
    if query.kind is not None:
        found.append(Community.kind == query.kind)
    if query.text is not None:
        found.append(community_names.is_called(query.text))
    if query.firm_id is not None or query.firm is not None:
        found.append(_is_served_by(query, as_of))
    if query.not_inspected_days is not None:
        since = as_of.start_of(as_of.day - timedelta(days=query.not_inspected_days))
        of_community = Inspection.community_id == Community.id
        found.append(
            ~exists().where(
                of_community, Inspection.inspected_at >= since, Inspection.inspected_at < as_of.ends
            )
        )
    if query.overdue:
        found.append(facts.overdue(as_of) > 0)
    if query.complaints_at_least is not None:
        found.append(facts.complaints(query, as_of) >= query.complaints_at_least)
    return found


def _is_served_by(query: CommunityQuery, as_of: AsOf) -> ColumnElement[bool]:
    asked = []
    if query.firm_id is not None:
        asked.append(Firm.id == query.firm_id)
    if query.firm is not None:
        asked.append(firms.is_called(query.firm))
    return firms.is_served_by(as_of.served_on, *asked)
