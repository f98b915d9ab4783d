"""What a query knows of a community, as SQL expressions: counts, dates, firm, distance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, and_, case, cast, exists, func, literal, or_, select

from portal import rectification
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
from portal.store import firms
from portal.store.communities import unnamed_keys
from portal.store.communities.scores import band
from portal.store.complaints.what_counts import between, counts, spoken_of
from portal.store.places import districts

# Without a type modifier, so that the cast is the indexed expression.
_GEOGRAPHY = Geography(geometry_type=None, srid=-1)


@dataclass(frozen=True)
class AsOf:
    """The days that a query counts back from.

    Parameters
    ----------
    today
        Inspections and rectifications are measured against it.
    complaints
        Newest day that has a complaint, never after ``today``; windows of days end with it.
    zone
        The city's time zone.
    """

    today: date
    complaints: date
    zone: ZoneInfo

    def start_of(self, day: date) -> datetime:
        """Return the first moment of ``day``."""
        return datetime.combine(day, time(), self.zone)

    def complaint_window(self, days: int) -> tuple[date, date]:
        """Return the first of the ``days`` days that end with the newest complaint, and the day after."""
        after = self.complaints + timedelta(days=1)
        return after - timedelta(days=days), after


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
        inspected_at().label("inspected_at"),
        overdue(as_of).label("overdue"),
        firms.name_serving(as_of.today).label("firm"),
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
        "inspected": (inspected_at(),),
        "overdue": (overdue(as_of),),
        "firm": (firms.name_serving(as_of.today),),
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
    told = spoken_of(Community.street_id, *as_of.complaint_window(query.complaint_days), as_of.zone)
    return func.coalesce(func.nullif(n, 0), case((told, 0)))


def counted_in(query: CommunityQuery, as_of: AsOf) -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that counts in the query's window, of its category."""
    found = [*counts(), *between(*as_of.complaint_window(query.complaint_days), as_of.zone)]
    if query.category is not None:
        found.append(Complaint.category == query.category)
    return found


def inspected_at() -> ColumnElement[datetime]:
    """Return the time of the last inspection, null for a community never inspected."""
    newest = select(func.max(Inspection.inspected_at)).where(Inspection.community_id == Community.id)
    return newest.correlate(Community).scalar_subquery()


def overdue(as_of: AsOf) -> ColumnElement[int]:
    """Return the number of rectifications that are late, see `portal.rectification`.

    Null without any inspection: nothing is known then, which is not 0.
    """
    tomorrow = as_of.start_of(as_of.today + timedelta(days=1))
    due_before = rectification.late_before(as_of.start_of(as_of.today), func.least(func.now(), tomorrow))
    late = (
        select(func.count())
        .select_from(Inspection)
        .join(Finding, Finding.inspection_id == Inspection.id)
        .join(Rectification, Rectification.finding_id == Finding.id)
        .where(
            Inspection.community_id == Community.id,
            Rectification.state.in_(rectification.OWED),
            or_(
                *(
                    and_(Finding.severity == severity, Rectification.due_at < moment)
                    for severity, moment in due_before.items()
                )
            ),
        )
    )
    n = late.correlate(Community).scalar_subquery()
    inspected = exists().where(Inspection.community_id == Community.id).correlate(Community)
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
