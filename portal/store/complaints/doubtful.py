"""Reads of the queue 位置存疑: complaints whose coordinate, or whose names, contradict something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from portal.models import Complaint, SetAside, Street, UserAccount
from portal.store.complaints.unplaced import is_set_aside
from portal.store.paging import page_of
from portal.store.places.territory import Place, streets_at
from portal.terms import Doubt, PlaceHow


@dataclass(frozen=True)
class Wanted:
    """What part of the queue is asked for.

    Parameters
    ----------
    street_id, doubt
        Only these; None for all.
    at
        Only this coordinate, as the source gives it.
    aside
        Those that were set aside, instead of those that wait.
    """

    street_id: int | None = None
    doubt: Doubt | None = None
    at: tuple[float, float] | None = None
    aside: bool = False


@dataclass(frozen=True)
class Doubtful:
    """A complaint of the queue, its coordinate in WGS 84 (NaN without), and the street where that lies."""

    row: Any
    lon: float
    lat: float
    around: Place | None


@dataclass(frozen=True)
class Group:
    """Waiting complaints that share a coordinate: one decision for all."""

    lon: float
    lat: float
    n: int


def is_open(columns: Any) -> list[ColumnElement[bool]]:
    """Return the conditions of a doubt that no clerk has ruled on; ``columns`` of a complaint."""
    return [columns.doubt.is_not(None), columns.ruling.is_(None), columns.place_how != PlaceHow.MANUAL]


def waiting() -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that waits for a ruling."""
    return [*is_open(Complaint), ~is_set_aside()]


def find(session: Session, wanted: Wanted, page: int, rows: int) -> Sequence[Doubtful]:
    """Return one page of the queue, the newest first."""
    sharing = func.count().over(partition_by=(Complaint.raw_lon, Complaint.raw_lat))
    listed = (
        select(
            Complaint.id,
            Complaint.received_at,
            Complaint.source_key,
            Complaint.category,
            Complaint.doubt,
            Complaint.raw_lon,
            Complaint.raw_lat,
            Complaint.source_datum,
            Complaint.reported_district,
            Complaint.reported_street,
            Complaint.reported_neighbourhood,
            Complaint.reported_community,
            Complaint.address_encrypted,
            Complaint.place_level,
            Complaint.place_how,
            Street.name.label("street"),
            sharing.label("sharing"),
            SetAside.reason,
            UserAccount.display_name.label("set_aside_by"),
        )
        .outerjoin(SetAside, SetAside.complaint_id == Complaint.id)
        .outerjoin(UserAccount, UserAccount.id == SetAside.user_id)
        .outerjoin(Street, Street.id == Complaint.street_id)
        .where(*_conditions(wanted))
        .order_by(Complaint.received_at.desc(), Complaint.id.desc())
    )
    found = session.execute(page_of(listed, page, rows)).all()
    places = [_wgs84(row) for row in found]
    around = streets_at(session, places)
    return [Doubtful(row, *at, street) for row, at, street in zip(found, places, around, strict=True)]


def count(session: Session, wanted: Wanted) -> int:
    """Return how many wait."""
    return session.scalar(select(func.count()).select_from(Complaint).where(*_conditions(wanted))) or 0


def by_doubt(session: Session, wanted: Wanted) -> dict[Doubt, int]:
    """Return how many wait for each reason, whichever is asked for; reasons without any are left out."""
    every = _conditions(replace(wanted, doubt=None, at=None))
    rows = session.execute(select(Complaint.doubt, func.count()).where(*every).group_by(Complaint.doubt))
    found = dict(rows.tuples().all())
    return {doubt: found[doubt] for doubt in Doubt if doubt in found}


def groups(session: Session, wanted: Wanted, most: int) -> list[Group]:
    """Return the largest groups that share a coordinate."""
    n = func.count()
    rows = session.execute(
        select(Complaint.raw_lon, Complaint.raw_lat, n)
        .where(*_conditions(wanted), Complaint.doubt == Doubt.SHARED)
        .group_by(Complaint.raw_lon, Complaint.raw_lat)
        .order_by(n.desc(), Complaint.raw_lon, Complaint.raw_lat)
        .limit(most)
    )
    return [Group(*row) for row in rows]


def ids(session: Session, wanted: Wanted) -> list[int]:
    """Return all that are asked for."""
    return list(session.scalars(select(Complaint.id).where(*_conditions(wanted)).order_by(Complaint.id)))


def _wgs84(row: Any) -> tuple[float, float]:
    if row.raw_lon is None:
        return float("nan"), float("nan")
    lon, lat = convert(row.raw_lon, row.raw_lat, Datum(row.source_datum))
    return float(lon), float(lat)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found = [*is_open(Complaint), is_set_aside()] if wanted.aside else waiting()
    if wanted.street_id is not None:
        found.append(Complaint.street_id == wanted.street_id)
    if wanted.doubt is not None:
        found.append(Complaint.doubt == wanted.doubt)
    if wanted.at is not None:
        found += [Complaint.raw_lon == wanted.at[0], Complaint.raw_lat == wanted.at[1]]
    return found
