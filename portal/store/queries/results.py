"""The SELECT of a spatial query: one statement for a page, its total and its extent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import CTE, Select, exists, func, select, true
from sqlalchemy.orm import Session

from portal.as_of import AsOf
from portal.models import Community, Complaint, ServiceScore, Street
from portal.query import PAGE_ROWS, CommunityQuery, Near
from portal.scope import Period
from portal.store.communities.scores import scored
from portal.store.complaints.what_counts import spoken_of
from portal.store.paging import page_of
from portal.store.queries import facts
from portal.store.queries.conditions import conditions


@dataclass(frozen=True)
class Matches:
    """The communities that match a query: those of one page, or all, and what is to be said of all.

    Parameters
    ----------
    rows
        ``id, name, key, district, street, kind, households, points, band, complaints,
        inspected_at, later_at, overdue, firm, distance_m, lon, lat``; also ``geometry``
        (GeoJSON text of the outline, else of the point) where it was asked for.
    total, unlocated, unnamed
        Communities in all pages, and how many of them have no location, how many no name.
    bounds
        West, south, east, north of the located ones; None without any.
    """

    rows: Sequence[Mapping[str, Any]]
    total: int
    unlocated: int
    unnamed: int
    bounds: tuple[float, float, float, float] | None


@dataclass(frozen=True)
class Coverage:
    """What the complaints of a result do not say.

    Parameters
    ----------
    untold
        Communities whose number of complaints is not known: no source speaks of their street in the
        query's window, and they have none of its category. A condition on complaints leaves them out.
    elsewhere
        Complaints of the result's streets that count but are placed in no community.
    """

    untold: int
    elsewhere: int


def find(
    session: Session,
    query: CommunityQuery,
    period: Period,
    as_of: AsOf,
    *,
    every_page: bool = False,
    geometry: bool = False,
) -> Matches:
    """Return one page of the communities that match, or all pages at once.

    Parameters
    ----------
    query
        A stored area must have been filled in; see `portal.store.queries.areas.fill`.
    period
        Quarter of the scores.
    every_page
        Whether all rows are returned, for a file.
    geometry
        Whether rows carry their geometry.
    """
    statement = page_statement(query, period, as_of, every_page=every_page, geometry=geometry)
    rows = [row._asdict() for row in session.execute(statement)]
    head = rows[0]
    bounds = (head["west"], head["south"], head["east"], head["north"])
    return Matches(
        rows=[row for row in rows if row["id"] is not None],
        total=head["total"],
        unlocated=head["unlocated"],
        unnamed=head["unnamed"],
        bounds=None if bounds[0] is None else bounds,
    )


def page_statement(
    query: CommunityQuery,
    period: Period,
    as_of: AsOf,
    *,
    every_page: bool = False,
    geometry: bool = False,
) -> Select[Any]:
    """Return the statement behind `find`: at least one row, with the totals in every row."""
    matched = _matched(query, period, as_of)
    page = select(matched.c.id, *_keys(matched)).order_by(*_order(matched, query))
    if not every_page:
        page = page_of(page, query.page, PAGE_ROWS)
    chosen = page.subquery("chosen")
    rows = (
        _joined(select(*facts.columns(query, as_of, geometry=geometry), *_keys(chosen)), period)
        .join(chosen, chosen.c.id == Community.id)
        .subquery("row")
    )
    totals = _totals(matched)
    return (
        select(totals, rows)
        .select_from(totals.outerjoin(rows, true()))
        .order_by(*_order(rows, query))  # the join does not promise the page's order
    )


def coverage(session: Session, query: CommunityQuery, period: Period, as_of: AsOf) -> Coverage:
    """Return what is not known of the complaints of those that match, whatever complaints they have.

    Parameters
    ----------
    query, period, as_of
        As for `find`.
    """
    asked = _matched(replace(query, complaints_at_least=None, sort="name"), period, as_of)
    window = as_of.window(query.complaint_days)
    counted = facts.counted_in(query, as_of)
    of_community = exists().where(Complaint.community_id == asked.c.id, *counted)
    untold = select(func.count()).where(
        ~spoken_of(asked.c.street_id, *window, as_of.zone).correlate(asked),
        ~of_community.correlate(asked),
    )
    elsewhere = select(func.count()).where(
        Complaint.community_id.is_(None),
        Complaint.street_id.in_(select(asked.c.street_id)),
        *counted,
    )
    row = session.execute(
        select(untold.select_from(asked).scalar_subquery(), elsewhere.scalar_subquery())
    ).one()
    return Coverage(*row)


def ids(session: Session, query: CommunityQuery, period: Period, as_of: AsOf) -> list[int]:
    """Return the id of every located community that matches, in all pages, for the map."""
    matched = _matched(query, period, as_of)
    located = select(matched.c.id).where(matched.c.location.is_not(None)).order_by(matched.c.id)
    return list(session.scalars(located))


def kinds(session: Session, street_id: int | None) -> list[str]:
    """Return the types of communities that occur, on one street where it is given."""
    found = select(Community.kind).where(Community.kind.is_not(None)).distinct()
    if street_id is not None:
        found = found.where(Community.street_id == street_id)
    return list(session.scalars(found))


def _matched(query: CommunityQuery, period: Period, as_of: AsOf) -> CTE:
    """Return id, name, location, street and sort key of each community that meets every condition."""
    columns = [
        Community.id,
        Community.name,
        Community.location,
        Community.street_id,
        *(key.label(f"key_{at}") for at, key in enumerate(facts.sort_keys(query, as_of))),
        *(key.label(f"tie_{at}") for at, key in enumerate(facts.name_keys())),
    ]
    statement = _joined(select(*columns), period).where(*conditions(query, as_of))
    if query.near is None or query.near.nearest is None:
        return statement.cte("matched")
    return _nearest(statement, query.near, query.near.nearest)


def _nearest(statement: Select[Any], near: Near, k: int) -> CTE:
    # The index orders on a sphere, up to 0.6 % off: take more than enough, then measure exactly.
    candidates = (
        statement.where(Community.location.is_not(None))
        .order_by(facts.geography(Community.location).op("<->")(facts.point(near)))
        .limit(2 * k + 10)
        .cte("candidates")
    )
    distance = func.ST_Distance(facts.geography(candidates.c.location), facts.point(near))
    return select(candidates).order_by(distance, candidates.c.id).limit(k).cte("matched")


def _joined(statement: Select[Any], period: Period) -> Select[Any]:
    return (
        statement.select_from(Community)
        .outerjoin(ServiceScore, scored(period))
        .outerjoin(Street, Street.id == Community.street_id)
    )


def _totals(matched: CTE) -> Any:
    extent = func.ST_Extent(matched.c.location)
    counted = select(
        func.count().label("total"),
        (func.count() - func.count(matched.c.location)).label("unlocated"),
        (func.count() - func.count(matched.c.name)).label("unnamed"),
        extent.label("extent"),
    ).subquery("counted")
    return select(
        counted.c.total,
        counted.c.unlocated,
        counted.c.unnamed,
        func.ST_XMin(counted.c.extent).label("west"),
        func.ST_YMin(counted.c.extent).label("south"),
        func.ST_XMax(counted.c.extent).label("east"),
        func.ST_YMax(counted.c.extent).label("north"),
    ).subquery("totals")


def _keys(table: Any) -> list[Any]:
    return [column for column in table.c if column.key.startswith(("key_", "tie_"))]


def _order(table: Any, query: CommunityQuery) -> list[Any]:
    # What is missing comes last in either direction, and so does a later name among equals.
    order = [
        key.desc() if query.descending and key.key.startswith("key_") else key.asc() for key in _keys(table)
    ]
    return [*(key.nulls_last() for key in order), table.c.id]
