"""Where a complaint belongs: its place level, and how that was found.

From exact to vague: a coordinate inside the city; a community by its name, an
alias, or an address that holds one; a neighbourhood; a street; none. Only a
coordinate makes a point: what is known by street never gets onto the map as a dot.

A complaint that was found by a name stays with its community as long as that is called
so, wherever the community is put; only what has a coordinate follows outlines.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import (
    ColumnElement,
    Index,
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

from geo.datums.crs import Datum, convert
from portal.actions.places.standing import standing
from portal.actions.transactions.staging import SHAPE, TEXT, WHOLE, materialise, stage
from portal.actions.transactions.upserts import insert_missing, rows_of, term
from portal.models import Community, Complaint, Neighbourhood, Street
from portal.place_names import neighbourhood_key
from portal.privacy import Cipher
from portal.store.places.known import Communities, Neighbourhoods, Streets, holding_streets
from portal.terms import CommunityStatus, PlaceHow, PlaceLevel

NAMES = ("district", "street", "neighbourhood", "community")
PLACE_COLUMNS = (
    "place_level",
    "place_how",
    "community_id",
    "neighbourhood_id",
    "street_id",
    "point",
)


def place(session: Session, records: pd.DataFrame) -> tuple[Table, int]:
    """Find the place of complaints.

    Parameters
    ----------
    session
        Inside a transaction; neighbourhoods that a street does not have yet are created.
    records
        ``n`` (a number of its own for each), ``lon`` and ``lat`` (WGS 84 degrees,
        NaN without), ``district``, ``street``, ``neighbourhood``, ``community``, ``address``
        (texts or None); where they were placed before, ``stays``: the community, which they keep as
        long as it is called as they say.

    Returns
    -------
    tuple
        A temporary table (``n``, ``place_level``, ``place_how``, ``community_id``,
        ``neighbourhood_id``, ``street_id``, ``point``), and the number of
        neighbourhoods created.
    """
    streets = Streets.known(session)
    neighbourhoods, created = create_neighbourhoods(session, _named_neighbourhoods(records, streets))
    named = _find_names(records, streets, neighbourhoods, Communities.known(session))
    located = records["lon"].notna().to_numpy()
    points = np.full(len(records), None, dtype=object)
    points[located] = shapely.points(records["lon"][located], records["lat"][located])
    staged = stage(
        session,
        {
            "n": (WHOLE, records["n"]),
            "point": (SHAPE, points),
            "street_id": (WHOLE, named["street_id"]),
            "neighbourhood_id": (WHOLE, named["neighbourhood_id"]),
            "community_id": (WHOLE, named["community_id"]),
            "how": (TEXT, named["how"]),
        },
    )
    if located.any():
        Index(f"ix_{staged.name}_point", staged.c.point, postgresql_using="gist").create(session.connection())
    return materialise(session, _decide(staged)), created


def replace(session: Session, ids: Select[Any], cipher: Cipher) -> int:
    """Find the place of known complaints again; return how many changed. A clerk's own choice stays.

    Parameters
    ----------
    session
        Inside a transaction.
    ids
        SELECT of the ids concerned.
    cipher
        Opens their addresses.
    """
    records = _known_records(session, ids)
    if records.empty:
        return 0
    records["lon"], records["lat"] = wgs84_of(records)
    records["stays"] = records["community_id"]
    records["address"] = [token and cipher.decrypt(token) for token in records["address_encrypted"]]
    placed, _ = place(session, records.rename(columns={"id": "n"}))
    mine = [getattr(Complaint, name) for name in PLACE_COLUMNS]
    theirs = [placed.c[name] for name in PLACE_COLUMNS]
    return rows_of(
        session,
        update(Complaint)
        .values(dict(zip(PLACE_COLUMNS, theirs, strict=True)))
        .where(
            Complaint.id == placed.c.n,
            Complaint.place_how != PlaceHow.MANUAL,
            # That a whole file is from elsewhere cannot be told from some of its rows.
            or_(Complaint.place_how != PlaceHow.OUTSIDE, placed.c.place_how != PlaceHow.NOT_FOUND),
            tuple_(*mine).is_distinct_from(tuple_(*theirs)),
        ),
    )


def _known_records(session: Session, ids: Select[Any]) -> pd.DataFrame:
    """Return what the place of complaints is found from, for those of ``ids`` that no clerk has placed."""
    columns = {
        "id": Complaint.id,
        "raw_lon": Complaint.raw_lon,
        "raw_lat": Complaint.raw_lat,
        "source_datum": Complaint.source_datum,
        "address_encrypted": Complaint.address_encrypted,
        "community_id": standing(),
    } | {name: getattr(Complaint, f"reported_{name}") for name in NAMES}
    rows = session.execute(
        select(*columns.values()).where(Complaint.id.in_(ids), Complaint.place_how != PlaceHow.MANUAL)
    ).all()
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    return frame.astype({"raw_lon": float, "raw_lat": float})


def wgs84_of(records: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return longitude and latitude in WGS 84, of ``raw_lon`` and ``raw_lat`` in ``source_datum``."""
    lon, lat = (records[name].to_numpy(dtype=float, copy=True) for name in ("raw_lon", "raw_lat"))
    for datum in Datum:
        rows = (records["source_datum"] == datum.value).to_numpy() & ~np.isnan(lon)
        lon[rows], lat[rows] = convert(lon[rows], lat[rows], datum)
    return lon, lat


def _find_names(
    records: pd.DataFrame, streets: Streets, neighbourhoods: Neighbourhoods, communities: Communities
) -> pd.DataFrame:
    """Return ``street_id``, ``neighbourhood_id``, ``community_id``, ``how`` of each record by its names."""
    memory: dict[tuple[Any, ...], tuple[Any, ...]] = {}
    found = []
    staying = records["stays"] if "stays" in records else [None] * len(records)
    rows = records[[*NAMES, "address"]].itertuples(index=False, name=None)
    for (*names, address), stays in zip(rows, staying, strict=True):
        key = (*names, stays)
        if key not in memory:
            district, street, neighbourhood, community = names
            street_id = streets.find(street, district)
            memory[key] = (
                street_id,
                neighbourhoods.find(neighbourhood, street_id),
                communities.find(community, street_id, stays),
            )
        street_id, neighbourhood_id, hit = memory[key]
        hit = hit or communities.find_in_address(address, street_id, stays)
        found.append((street_id, neighbourhood_id, hit and hit.community_id, hit and hit.how))
    return pd.DataFrame(found, columns=["street_id", "neighbourhood_id", "community_id", "how"], dtype=object)


def _named_neighbourhoods(records: pd.DataFrame, streets: Streets) -> list[tuple[int | None, str]]:
    """Return the street and the name of each neighbourhood that records name under a street."""
    named = records.loc[records["neighbourhood"].notna() & records["street"].notna(), list(NAMES[:3])]
    return [
        (streets.find(street, district), neighbourhood)
        for district, street, neighbourhood in named.drop_duplicates().itertuples(index=False, name=None)
    ]


def create_neighbourhoods(
    session: Session, named: list[tuple[int | None, str]]
) -> tuple[Neighbourhoods, int]:
    """Add the unknown ones of neighbourhoods, given as street and name; return all, and how many are new."""
    known = Neighbourhoods.known(session)
    fresh: dict[tuple[int, str], str] = {}
    for street_id, name in named:
        if street_id is not None and known.find(name, street_id) is None:
            fresh.setdefault((street_id, neighbourhood_key(name)), name)
    if not fresh:
        return known, 0
    staged = stage(
        session,
        {
            "street_id": (WHOLE, [street_id for street_id, _ in fresh]),
            "name": (TEXT, fresh.values()),
        },
    )
    created = insert_missing(session, Neighbourhood, staged, ("street_id", "name"))
    return Neighbourhoods.known(session), created


def _decide(staged: Table) -> Select[Any]:
    """Return the place of each staged record: the most exact of what was found."""
    around, outline = holding_streets(staged, "n", "point"), _containing_community(staged)
    neighbourhood = Neighbourhood.__table__
    community = Community.__table__.alias("known")
    inside = and_(
        staged.c.point.is_not(None), or_(around.c.street_id.is_not(None), ~select(Street.id).exists())
    )
    community_id = func.coalesce(case((inside, outline.c.community_id)), staged.c.community_id)
    by_name = func.coalesce(community.c.street_id, staged.c.street_id, neighbourhood.c.street_id)
    street_id = case((inside, around.c.street_id), else_=by_name)
    # A record's neighbourhood counts only where it belongs to the street that was found.
    neighbourhood_id = case(
        (neighbourhood.c.street_id == street_id, neighbourhood.c.id),
        (community.c.street_id == street_id, community.c.neighbourhood_id),
    )
    level, how = _level_and_how(staged, inside)
    return (
        select(
            staged.c.n,
            level.label("place_level"),
            how.label("place_how"),
            community_id.label("community_id"),
            neighbourhood_id.label("neighbourhood_id"),
            street_id.label("street_id"),
            case((inside, staged.c.point)).label("point"),
        )
        .select_from(staged)
        .outerjoin(around, around.c.n == staged.c.n)
        .outerjoin(outline, outline.c.n == staged.c.n)
        .outerjoin(community, community.c.id == community_id)
        .outerjoin(neighbourhood, neighbourhood.c.id == staged.c.neighbourhood_id)
    )


def _level_and_how(
    staged: Table, inside: ColumnElement[bool]
) -> tuple[ColumnElement[str], ColumnElement[str]]:
    levels = (
        (inside, PlaceLevel.POINT, term(PlaceHow.COORDINATE)),
        (staged.c.community_id.is_not(None), PlaceLevel.COMMUNITY, staged.c.how),
        (staged.c.neighbourhood_id.is_not(None), PlaceLevel.NEIGHBOURHOOD, term(PlaceHow.NEIGHBOURHOOD)),
        (staged.c.street_id.is_not(None), PlaceLevel.STREET, term(PlaceHow.STREET)),
        (staged.c.point.is_not(None), PlaceLevel.NONE, term(PlaceHow.OUTSIDE)),
    )
    level = case(*((found, term(level)) for found, level, _ in levels), else_=term(PlaceLevel.NONE))
    how = case(*((found, how) for found, _, how in levels), else_=term(PlaceHow.NOT_FOUND))
    return level, how


def _containing_community(staged: Table) -> Subquery:
    """Return ``n`` and ``community_id`` of the staged points in outlines; the smallest where they overlap."""
    # From the outlines' side, as `holding_streets`.
    inside = (
        select(staged.c.n)
        .where(staged.c.point.op("&&")(Community.outline), func.ST_Covers(Community.outline, staged.c.point))
        .offset(0)
        .lateral()
    )
    return (
        select(inside.c.n, Community.id.label("community_id"))
        .select_from(Community)
        .join(inside, true())
        .where(Community.status == CommunityStatus.ACTIVE, Community.outline.is_not(None))
        .distinct(inside.c.n)
        .order_by(inside.c.n, func.ST_Area(Community.outline), Community.id)
        .subquery()
    )
