"""Reads of one community's record for those who mend it: names, place, and what tells that it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import Community, CommunityAlias, Street
from portal.store.communities import names as community_names
from portal.store.communities.names import Named
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class Record(Named):
    """What is known of a community's names and place.

    Parameters
    ----------
    version
        Changes whenever the name, the place, the street or the status does.
    lon, lat
        Of its point on the map, WGS 84 degrees; None where it is not located.
    pinned
        Whether somebody gave that point; otherwise it lies inside the outline.
    outline
        GeoJSON geometry in WGS 84, None without.
    area_m2
        Of the outline, on the ellipsoid.
    doubt, doubtful_lon, doubtful_lat
        Why its source's point is not taken for true, and where that lies; None without one to rule on.
    """

    version: str
    street_how: str
    registered_street: str | None
    registered_district: str | None
    address: str | None
    lon: float | None
    lat: float | None
    pinned: bool
    outline: str | None
    area_m2: float | None
    aliases: Sequence[str]
    doubt: str | None
    doubtful_lon: float | None
    doubtful_lat: float | None

    @property
    def active(self) -> bool:
        """Whether the record has not been merged or split."""
        return self.status == CommunityStatus.ACTIVE


def is_doubtful() -> ColumnElement[bool]:
    """Return the condition: the source's point is not taken for true, and waits for a ruling."""
    waits = (Community.doubt.is_not(None), Community.ruling.is_(None), Community.pin.is_(None))
    return and_(*waits, Community.doubtful_pin.is_not(None))


def version() -> ColumnElement[str]:
    """Return the expression of a record's version."""
    parts = (
        Community.name,
        Community.status,
        func.coalesce(Community.street_id, 0),
        func.coalesce(func.ST_AsHEXEWKB(Community.outline), ""),
        func.coalesce(func.ST_AsHEXEWKB(Community.pin), ""),
    )
    return func.md5(func.concat_ws("|", *parts))


def one(session: Session, community_id: int) -> Record:
    """Return one record.

    Raises
    ------
    NotFound
        There is no such community.
    """
    aliases = (
        select(CommunityAlias.alias)
        .where(CommunityAlias.community_id == Community.id)
        .order_by(CommunityAlias.alias)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            *community_names.named(),
            version(),
            Community.street_how,
            Community.registered_street,
            Community.registered_district,
            Community.address,
            func.ST_X(Community.location),
            func.ST_Y(Community.location),
            Community.pin.is_not(None),
            func.ST_AsGeoJSON(func.ST_ForcePolygonCCW(Community.outline), 6),
            func.ST_Area(func.geography(Community.outline)),
            func.array(aliases),
            case((is_doubtful(), Community.doubt)),
            func.ST_X(case((is_doubtful(), Community.doubtful_pin))),
            func.ST_Y(case((is_doubtful(), Community.doubtful_pin))),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.id == community_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个小区"))
    return Record(*row)
