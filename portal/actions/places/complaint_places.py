"""Where a complaint belongs: its place level, and how that was found.

From exact to vague: a coordinate inside the city; a community by its name, an
alias, or an address that holds one; a neighbourhood; a street; none. Only a
coordinate makes a point: what is known by street never gets onto the map as a dot.

A coordinate that cannot be true as it stands (`portal.actions.places.doubts`) makes no point
until a clerk rules that it holds; until then the names place the complaint.

A complaint that was found by a name stays with its community as long as that is called
so, wherever the community is put; only what has a coordinate follows outlines.
"""

from __future__ import annotations

from collections.abc import Mapping
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
from geo.policy.city import City
from portal.actions.places import doubts, shared_coordinates
from portal.actions.places.named_places import NAMES, find_names
from portal.actions.places.standing import standing
from portal.actions.transactions.staging import SHAPE, TEXT, WHOLE, materialise, stage
from portal.actions.transactions.upserts import insert_missing, rows_of, term
from portal.models import Community, Complaint, Neighbourhood, Street
from portal.place_names import neighbourhood_key
from portal.privacy import Cipher
from portal.store import policy as policy_store
from portal.store.places.known import Communities, Neighbourhoods, Streets, holding_streets
from portal.terms import CommunityStatus, Doubt, PlaceHow, PlaceLevel, Ruling

PLACE_COLUMNS = (
    "place_level",
    "place_how",
    "community_id",
    "neighbourhood_id",
    "street_id",
    "point",
    "doubt",
    "ruling",
)


def place(
    session: Session,
    records: pd.DataFrame,
    *,
    city: City | None = None,
    earlier: shared_coordinates.Earlier | None = None,
) -> tuple[Table, int]:
    """Find the place of complaints.

    Parameters
    ----------
    session
        Inside a transaction; neighbourhoods that a street does not have yet are created.
    records
        ``n`` (a number of its own for each), ``lon`` and ``lat`` (WGS 84 degrees,
        NaN without), ``district``, ``street``, ``neighbourhood``, ``community``, ``address``
        (texts or None); where they were placed before, ``stays``: the community, which they keep as
        long as it is called as they say, and ``ruling``: what a clerk has decided of their doubt.
        ``raw_lon``, ``raw_lat`` and ``source_datum`` where the source's coordinates are others.
    city
        Its policy says which coordinates are doubtful; None takes the one in force.
    earlier
        Records of other files that may share a coordinate with these.

    Returns
    -------
    tuple
        A temporary table (``n`` and `PLACE_COLUMNS`), and the number of neighbourhoods created.
    """
    streets = Streets.known(session)
    neighbourhoods, created = create_neighbourhoods(session, _named_neighbourhoods(records, streets))
    named = find_names(records, streets, neighbourhoods, Communities.known(session))
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
            "district": (TEXT, records["district"]),
            "elsewhere_id": (WHOLE, named["elsewhere_id"]),
        },
    )
    if located.any():
        Index(f"ix_{staged.name}_point", staged.c.point, postgresql_using="gist").create(session.connection())
    around = materialise(session, select(holding_streets(staged, "n", "point")))
    city = city or policy_store.city_in_force(session)
    shared = shared_coordinates.find(session, records, named["community_id"], city, earlier)
    found = doubts.find(session, staged, around, city, shared)
    rulings = records["ruling"] if "ruling" in records else [None] * len(records)
    ruled = {n: ruling for n, ruling in zip(records["n"], rulings, strict=True) if isinstance(ruling, str)}
    judged = _stage_doubts(session, found, ruled)
    return materialise(session, _decide(staged, around, judged)), created


def _stage_doubts(session: Session, found: Mapping[int, doubts.Found], ruled: Mapping[int, str]) -> Table:
    """Stage doubts with what was ruled of them, of each record that has the one or the other."""
    numbers = sorted(found.keys() | ruled.keys())
    return stage(
        session,
        {
            "n": (WHOLE, numbers),
            "doubt": (TEXT, [found[n].doubt if n in found else None for n in numbers]),
            "ruling": (TEXT, [ruled.get(n) or (found[n].ruling if n in found else None) for n in numbers]),
        },
    )


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
        "ruling": Complaint.ruling,
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


def _decide(staged: Table, around: Table, judged: Table) -> Select[Any]:
    """Return the place of each staged record: the most exact of what was found and is not doubtful."""
    outline = _containing_community(staged)
    neighbourhood = Neighbourhood.__table__
    community = Community.__table__.alias("known")
    inside = and_(
        staged.c.point.is_not(None),
        or_(around.c.street_id.is_not(None), ~select(Street.id).exists()),
        or_(judged.c.doubt.is_(None), judged.c.ruling == term(Ruling.COORDINATE)),
    )
    # Where a coordinate holds against the names, these do not tell the community either.
    against = and_(inside, judged.c.doubt.in_(map(term, (Doubt.OTHER_STREET, Doubt.OTHER_DISTRICT))))
    by_names = case((against, None), else_=staged.c.community_id)
    community_id = func.coalesce(case((inside, outline.c.community_id)), by_names)
    by_name = func.coalesce(community.c.street_id, staged.c.street_id, neighbourhood.c.street_id)
    street_id = case((inside, around.c.street_id), else_=by_name)
    # A record's neighbourhood counts only where it belongs to the street that was found.
    neighbourhood_id = case(
        (neighbourhood.c.street_id == street_id, neighbourhood.c.id),
        (community.c.street_id == street_id, community.c.neighbourhood_id),
    )
    outside = and_(staged.c.point.is_not(None), around.c.street_id.is_(None), select(Street.id).exists())
    level, how = _level_and_how(staged, inside, outside)
    return (
        select(
            staged.c.n,
            level.label("place_level"),
            how.label("place_how"),
            community_id.label("community_id"),
            neighbourhood_id.label("neighbourhood_id"),
            street_id.label("street_id"),
            case((inside, staged.c.point)).label("point"),
            judged.c.doubt,
            judged.c.ruling,
        )
        .select_from(staged)
        .outerjoin(around, around.c.n == staged.c.n)
        .outerjoin(outline, outline.c.n == staged.c.n)
        .outerjoin(judged, judged.c.n == staged.c.n)
        .outerjoin(community, community.c.id == community_id)
        .outerjoin(neighbourhood, neighbourhood.c.id == staged.c.neighbourhood_id)
    )


def _level_and_how(
    staged: Table, inside: ColumnElement[bool], outside: ColumnElement[bool]
) -> tuple[ColumnElement[str], ColumnElement[str]]:
    levels = (
        (inside, PlaceLevel.POINT, term(PlaceHow.COORDINATE)),
        (staged.c.community_id.is_not(None), PlaceLevel.COMMUNITY, staged.c.how),
        (staged.c.neighbourhood_id.is_not(None), PlaceLevel.NEIGHBOURHOOD, term(PlaceHow.NEIGHBOURHOOD)),
        (staged.c.street_id.is_not(None), PlaceLevel.STREET, term(PlaceHow.STREET)),
        (outside, PlaceLevel.NONE, term(PlaceHow.OUTSIDE)),
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
