"""Reads that imports need: what is known already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.models import (
    Community,
    CommunityAlias,
    CommunityIdentity,
    Complaint,
    Contract,
    Firm,
    Neighbourhood,
    Street,
)
from portal.terms import CommunityStatus, PlaceHow

WGS84 = "EPSG:4326"


def outlines(session: Session) -> gpd.GeoDataFrame | None:
    """Return the outlines of active communities in WGS 84, None without any."""
    active = (Community.status == CommunityStatus.ACTIVE, Community.outline.is_not(None))
    rows = session.scalars(select(func.ST_AsBinary(Community.outline)).where(*active)).all()
    return gpd.GeoDataFrame(geometry=_shapes(rows), crs=WGS84) if rows else None


def street_outlines(session: Session) -> gpd.GeoDataFrame:
    """Return ``source_key``, ``name`` and outline of every street, in WGS 84."""
    outline = func.ST_AsBinary(Street.outline)
    rows = session.execute(select(Street.source_key, Street.name, outline).order_by(Street.id)).all()
    names = pd.DataFrame([row[:2] for row in rows], columns=["source_key", "name"])
    return gpd.GeoDataFrame(names, geometry=_shapes([row[2] for row in rows]), crs=WGS84)


def streets(session: Session) -> Sequence[tuple[int, str, str]]:
    """Return id, name and district of every street."""
    return session.execute(select(Street.id, Street.name, Street.district)).tuples().all()


def neighbourhoods(session: Session) -> Sequence[tuple[int, int, str]]:
    """Return id, street and name of every neighbourhood."""
    rows = select(Neighbourhood.id, Neighbourhood.street_id, Neighbourhood.name)
    return session.execute(rows).tuples().all()


def community_names(session: Session) -> list[tuple[int, int | None, str, bool]]:
    """Return every name of every active community: its id, its street, the name, whether it is an alias."""
    active = Community.status == CommunityStatus.ACTIVE
    own = select(Community.id, Community.street_id, Community.name).where(active, Community.name.is_not(None))
    other = (
        select(Community.id, Community.street_id, CommunityAlias.alias)
        .join(CommunityAlias, CommunityAlias.community_id == Community.id)
        .where(active)
    )
    rows = [(*row, False) for row in session.execute(own).tuples()]
    rows += [(*row, True) for row in session.execute(other).tuples()]
    return [(community_id, street_id, name, alias) for community_id, street_id, name, alias in rows if name]


def identities(session: Session, keys: Iterable[str]) -> Sequence[tuple[str, str, int]]:
    """Return source, key and community of the active communities that some source calls one of ``keys``."""
    rows = (
        select(CommunityIdentity.source, CommunityIdentity.source_key, CommunityIdentity.community_id)
        .join(Community, Community.id == CommunityIdentity.community_id)
        .where(CommunityIdentity.source_key.in_(set(keys)), Community.status == CommunityStatus.ACTIVE)
    )
    return session.execute(rows).tuples().all()


def firms(session: Session) -> Sequence[tuple[int, str, str | None]]:
    """Return id, name and credit code of every firm."""
    return session.execute(select(Firm.id, Firm.name, Firm.credit_code)).tuples().all()


def contract_terms(
    session: Session, community_ids: Iterable[int]
) -> Sequence[tuple[int, str, str, date, date | None]]:
    """Return community, source, key, first and last day (None: open) of the communities' contracts."""
    rows = select(
        Contract.community_id,
        Contract.source,
        Contract.source_key,
        func.lower(Contract.period),
        func.upper(Contract.period) - 1,
    ).where(Contract.community_id.in_({int(community_id) for community_id in community_ids}))
    return session.execute(rows.order_by(Contract.id)).tuples().all()


def placed_complaints(session: Session, ids: Select[tuple[int]]) -> pd.DataFrame:
    """Return what the place of complaints is found from, for those of ``ids`` that no clerk has placed.

    Returns
    -------
    pandas.DataFrame
        ``id``, ``raw_lon``, ``raw_lat``, ``source_datum``, ``district``, ``street``,
        ``neighbourhood``, ``community``, ``address_encrypted``.
    """
    columns = {
        "id": Complaint.id,
        "raw_lon": Complaint.raw_lon,
        "raw_lat": Complaint.raw_lat,
        "source_datum": Complaint.source_datum,
        "district": Complaint.reported_district,
        "street": Complaint.reported_street,
        "neighbourhood": Complaint.reported_neighbourhood,
        "community": Complaint.reported_community,
        "address_encrypted": Complaint.address_encrypted,
    }
    rows = session.execute(
        select(*columns.values()).where(Complaint.id.in_(ids), Complaint.place_how != PlaceHow.MANUAL)
    ).all()
    frame = pd.DataFrame(rows, columns=list(columns), dtype=object)
    return frame.astype({"raw_lon": float, "raw_lat": float})


def _shapes(binaries: Sequence[bytes | memoryview]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.asarray(shapely.from_wkb([bytes(item) for item in binaries]), dtype=object)
