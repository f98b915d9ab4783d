"""Coordinates that stand in complaints of many different places: a default of some form, not where they are.

What many complaints of one community or one address share is its coordinate, and none of these.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import shapely
from sqlalchemy import Table, and_, func, or_, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from geo.outlines.doubts import find_shared, trunk_of
from geo.policy.city import City
from portal.actions.transactions.staging import NUMBER, SHAPE, TEXT, WHOLE, stage
from portal.models import Community, Complaint
from portal.place_names import name_key
from portal.privacy import Cipher
from portal.terms import CommunityStatus, Doubt, PlaceHow, Ruling

# Nearer to a community's point, a coordinate is that of the community.
_AT_A_COMMUNITY_M = 100
# So many records at one coordinate are looked at for each different place that it takes.
_LOOKED_AT = 5

Coordinate = tuple[float, float, str]


@dataclass(frozen=True)
class Earlier:
    """Where records of other files are found that may share a coordinate with those of ``source``."""

    source: str
    cipher: Cipher


def find(
    session: Session,
    records: pd.DataFrame,
    community_ids: Iterable[Any],
    city: City,
    earlier: Earlier | None = None,
) -> dict[int, Ruling | None]:
    """Return the records at a coordinate that many places share, with what a clerk has ruled of it.

    Parameters
    ----------
    records
        As `portal.actions.places.complaint_places.place` takes them.
    community_ids
        The community that each names.
    """
    at = _coordinates(records)
    located = [i for i, coordinate in enumerate(at) if coordinate is not None]
    if not located:
        return {}
    ids = list(community_ids)
    rows = records[["community", "address"]].itertuples(index=False, name=None)
    places = [_place_of(id_, *row) for id_, row in zip(ids, rows, strict=True)]
    known = _known(session)
    open_ = [i for i in located if at[i] not in known]
    coordinates, said = [at[i] for i in open_], [places[i] for i in open_]
    if earlier is not None:
        keys = records["source_key"].tolist()
        for coordinate, place in _of_other_files(session, coordinates, keys, earlier, city):
            coordinates.append(coordinate)
            said.append(place)
    shared = _shared(session, coordinates, said, city)
    numbers = records["n"].tolist()
    return {
        numbers[i]: known.get(at[i])  # type: ignore[arg-type]
        for i in located
        if at[i] in known or at[i] in shared
    }


def _coordinates(records: pd.DataFrame) -> list[Coordinate | None]:
    """Return the coordinate of each record as its source gives it, None without one."""
    names = ("raw_lon", "raw_lat") if "raw_lon" in records else ("lon", "lat")
    datums = records["source_datum"] if "source_datum" in records else ["wgs84"] * len(records)
    located = records["lon"].notna()
    rows = zip(*(records[name].tolist() for name in names), datums, located, strict=True)
    return [(lon, lat, datum) if there else None for lon, lat, datum, there in rows]


def _place_of(community_id: Any, community: Any, address: Any) -> Hashable | None:
    """Return what tells the place that a record names from others; None where it names none."""
    if community_id is not None and not pd.isna(community_id):
        return int(community_id)
    if isinstance(community, str) and community.strip():
        return name_key(community)
    if isinstance(address, str) and address.strip():
        return trunk_of(address)
    return None


def _known(session: Session) -> dict[Coordinate, Ruling | None]:
    """Return the coordinates that are known to be shared; those that a clerk lets hold, with that ruling."""
    held = func.bool_or(Complaint.ruling == Ruling.COORDINATE)
    columns = (Complaint.raw_lon, Complaint.raw_lat, Complaint.source_datum)
    rows = session.execute(select(*columns, held).where(Complaint.doubt == Doubt.SHARED).group_by(*columns))
    return {(lon, lat, datum): Ruling.COORDINATE if holds else None for lon, lat, datum, holds in rows}


def _shared(
    session: Session, coordinates: Sequence[Any], places: Sequence[Hashable | None], city: City
) -> set[Hashable]:
    least = city.coordinates.shared_by
    candidates = find_shared(coordinates, places, least)
    silent = {at for at, place in zip(coordinates, places, strict=True) if at in candidates and place is None}
    if not silent:
        return candidates
    # Who names no place but stands where a community is, speaks of that.
    there = _at_communities(session, silent)
    named = [
        ("at", at) if place is None and at in there else place
        for at, place in zip(coordinates, places, strict=True)
    ]
    return find_shared(coordinates, named, least)


def _at_communities(session: Session, coordinates: Iterable[Any]) -> set[Any]:
    """Return those of ``coordinates`` that lie in a community's outline, or at its point."""
    listed = sorted(coordinates)
    staged = stage(
        session,
        {"i": (WHOLE, range(len(listed))), "point": (SHAPE, [_point(*at) for at in listed])},
    )
    near = func.ST_DWithin(
        func.geography(Community.location), func.geography(staged.c.point), _AT_A_COMMUNITY_M
    )
    covers = and_(
        staged.c.point.op("&&")(Community.outline), func.ST_Covers(Community.outline, staged.c.point)
    )
    found = (
        select(staged.c.i)
        .join(Community, or_(covers, near))
        .where(Community.status == CommunityStatus.ACTIVE)
    )
    return {listed[i] for i in session.scalars(found)}


def _point(lon: float, lat: float, datum: str) -> shapely.Point:
    x, y = convert(lon, lat, Datum(datum))
    return shapely.Point(float(x), float(y))


def _of_other_files(
    session: Session, coordinates: Sequence[Any], keys: Sequence[str], earlier: Earlier, city: City
) -> Iterable[tuple[Coordinate, Hashable | None]]:
    """Yield coordinate and place of records of other files that share a coordinate with these.

    Only where all together could be enough, and no more than it takes.
    """
    least = city.coordinates.shared_by
    any_other = select(Complaint.id).where(Complaint.raw_lon.is_not(None)).exists()
    if not coordinates or not session.scalar(select(any_other)):
        return
    here = _stage_coordinates(session, Counter(coordinates))
    own = stage(session, {"source_key": (TEXT, keys)})
    same = and_(
        Complaint.raw_lon == here.c.raw_lon,
        Complaint.raw_lat == here.c.raw_lat,
        Complaint.source_datum == here.c.source_datum,
    )
    mine = and_(
        Complaint.source == earlier.source,
        select(own.c.source_key).where(own.c.source_key == Complaint.source_key).exists(),
    )
    partition = (Complaint.raw_lon, Complaint.raw_lat, Complaint.source_datum)
    by_names = Complaint.place_how != PlaceHow.COORDINATE
    listed = (
        select(
            *partition,
            Complaint.community_id,
            by_names.label("by_names"),
            Complaint.reported_community,
            Complaint.address_encrypted,
            (func.count().over(partition_by=partition) + here.c.n).label("together"),
            func.row_number().over(partition_by=partition, order_by=Complaint.id.desc()).label("nth"),
        )
        .join(here, same)
        .where(~mine)
        .subquery()
    )
    enough = listed.c.together >= least, listed.c.nth <= _LOOKED_AT * least
    for row in session.execute(select(listed).where(*enough)):
        address = row.address_encrypted and earlier.cipher.decrypt(bytes(row.address_encrypted))
        community_id = row.community_id if row.by_names else None
        place = _place_of(community_id, row.reported_community, address)
        # Of one that names nothing, the outline around it may tell the community.
        yield (row.raw_lon, row.raw_lat, row.source_datum), place if place is not None else row.community_id


def _stage_coordinates(session: Session, counts: Mapping[Coordinate, int]) -> Table:
    listed = list(counts)
    return stage(
        session,
        {
            "raw_lon": (NUMBER, [lon for lon, _, _ in listed]),
            "raw_lat": (NUMBER, [lat for _, lat, _ in listed]),
            "source_datum": (TEXT, [datum for _, _, datum in listed]),
            "n": (WHOLE, counts.values()),
        },
    )
