"""What a query knows of a community, as SQL expressions: counts, dates, firm, distance."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, case, cast, exists, func, literal, select

from portal.as_of import AsOf
from portal.models import (
    Community,
    Complaint,
    Finding,
    Inspection,
    Rectification,
    ServiceScore,
    Street,
)
from portal.query import CommunityQuery, Near
from portal.store import firms, inspections
from portal.store.communities import unnamed_keys
from portal.store.communities.scores import band
from portal.store.complaints.what_counts import between, counts, spoken_of
from portal.store.places import districts

# Without a type modifier, so that the cast is the indexed expression.
_GEOGRAPHY = Geography(geometry_type=None, srid=-1)


def columns(query: CommunityQuery, as_of: AsOf, *, geometry: bool) -> list[ColumnElement[Any]]:
    """Return the columns of a row; `portal.store.queries.results.Matches` names them."""
    facts: list[Any] = [
        Community.id,
        Community.name,
        unnamed_keys.key().label("key"),
        districts.of_community().label("district"),
        Street.name.label("street"),
        Community.kind,
        Community.households,
        ServiceScore.points,
        band().label("band"),
        complaints(query, as_of).label("complaints"),
        inspections.visited_at(as_of).label("inspected_at"),
        inspections.visited_later_at(as_of).label("later_at"),
        overdue(as_of).label("overdue"),
        firms.name_serving(as_of.served_on).label("firm"),
        distance_m(query).label("distance_m"),
        func.ST_X(Community.location).label("lon"),
        func.ST_Y(Community.location).label("lat"),
    ]
    if geometry:
        shape = func.ST_AsGeoJSON(
            func.ST_ForcePolygonCCW(func.coalesce(Community.outline, Community.location)), 6
        )
        facts.append(shape.label("geometry"))
    return facts


def sort_keys(query: CommunityQuery, as_of: AsOf) -> tuple[Any, ...]:
    """Return what the list is ordered by; `name_keys` order what is equal."""
    keys: dict[str, tuple[Any, ...]] = {
        "name": name_keys(),
        "street": (districts.of_community(), Street.name),
        "kind": (Community.kind,),
        "households": (Community.households,),
        "points": (ServiceScore.points,),
        "complaints": (complaints(query, as_of),),
        "inspected": (inspections.visited_at(as_of),),
        "overdue": (overdue(as_of),),
        "firm": (firms.name_serving(as_of.served_on),),
        "distance": (distance_m(query),),
    }
    return keys[query.sort]


def name_keys() -> tuple[ColumnElement[Any], ...]:
    """Return what orders names as a dictionary does: by their pinyin, those without a name last."""
    return func.nullif(Community.pinyin, ""), Community.name.expression


def complaints(query: CommunityQuery, as_of: AsOf) -> ColumnElement[int]:
    """Return the number of complaints in the query's window, of its category, null where nothing is known.

    Nothing is known of a community without any where no source speaks of its street.
    """
    counted = select(func.count()).where(Complaint.community_id == Community.id, *counted_in(query, as_of))
    n = counted.correlate(Community).scalar_subquery()
    told = spoken_of(Community.street_id, *as_of.window(query.complaint_days), as_of.zone)
    return func.coalesce(func.nullif(n, 0), case((told, 0)))


def counted_in(query: CommunityQuery, as_of: AsOf) -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that counts in the query's window, of its category."""
    found = [*counts(), *between(*as_of.window(query.complaint_days), as_of.zone)]
    if query.category is not None:
        found.append(Complaint.category == query.category)
    return found


def overdue(as_of: AsOf) -> ColumnElement[int]:
    """Return the number of rectifications that are late as known on the day, see `portal.rectification`.

    Null without any inspection: nothing is known then, which is not 0.
    """
    late = (
        select(func.count())
        .select_from(Inspection)
        .join(Finding, Finding.inspection_id == Inspection.id)
        .join(Rectification, Rectification.finding_id == Finding.id)
        .where(Inspection.community_id == Community.id, inspections.is_late(as_of))
    )
    n = late.correlate(Community).scalar_subquery()
    of_community = Inspection.community_id == Community.id
    inspected = exists().where(of_community, Inspection.inspected_at < as_of.ends).correlate(Community)
    return func.coalesce(func.nullif(n, 0), case((inspected, 0)))


def distance_m(query: CommunityQuery) -> ColumnElement[Any]:
    """Return the geodesic metres from the query's point, null without one."""
    if query.near is None:
        return literal(None)
    return func.ST_Distance(geography(Community.location), point(query.near))


def geography(location: Any) -> ColumnElement[Any]:
    """Return a location as geography: metres on the spheroid, and the expression that is indexed."""
    return cast(location, _GEOGRAPHY)


def point(near: Near) -> ColumnElement[Any]:
    """Return the centre of a search as geography."""
    return cast(func.ST_SetSRID(func.ST_MakePoint(near.lon, near.lat), 4326), _GEOGRAPHY)
