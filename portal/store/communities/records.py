"""Reads of one community's record for those who mend it: names, place, and what tells that it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, case, func, or_, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import Community, CommunityAlias, Street
from portal.store.communities import keys as community_keys
from portal.terms import CommunityStatus

CANDIDATES = 8


@dataclass(frozen=True)
class Record:
    """What is known of a community's names and place.

    Parameters
    ----------
    version
        Changes whenever the name, the place, the street or the status does.
    key
        Tells it from others without a name; None where it has one.
    lon, lat
        Of its point on the map, WGS 84 degrees; None where it is not located.
    pinned
        Whether somebody gave that point; otherwise it lies inside the outline.
    outline
        GeoJSON geometry in WGS 84, None without.
    area_m2
        Of the outline, on the ellipsoid.
    """

    id: int
    version: str
    name: str | None
    key: str | None
    status: str
    merged_into_id: int | None
    street_id: int | None
    street: str | None
    district: str | None
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

    @property
    def active(self) -> bool:
        """Whether the record has not been merged or split."""
        return self.status == CommunityStatus.ACTIVE


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
            Community.id,
            version(),
            Community.name,
            community_keys.key(),
            Community.status,
            Community.merged_into_id,
            Community.street_id,
            Street.name,
            Street.district,
            Community.street_how,
            Community.registered_street,
            Community.registered_district,
            Community.address,
            func.ST_X(Community.location),
            func.ST_Y(Community.location),
            Community.pin.is_not(None),
            func.ST_AsGeoJSON(Community.outline, 6),
            func.ST_Area(func.geography(Community.outline)),
            func.array(aliases),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.id == community_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个小区"))
    return Record(*row)


def candidates(
    session: Session, text: str, *, street_id: int | None, besides: int | None = None
) -> Sequence[Row[tuple[int, str, str | None, str | None, str | None, bool]]]:
    """Return active communities called ``text``: those of the street first, then the best match.

    Parameters
    ----------
    text
        Part of a name or alias, or the first letters of its pinyin.
    street_id
        Comes first; None for no street.
    besides
        Leave this community out.

    Returns
    -------
    Sequence
        Rows of id, name, ``matched`` (the alias, where the name did not match), street,
        district and whether located.
    """
    letters = text.replace(" ", "").lower()
    by_letters = letters.isascii() and letters.isalnum()
    alias = (
        select(func.min(CommunityAlias.alias))
        .where(
            CommunityAlias.community_id == Community.id,
            CommunityAlias.alias.icontains(text, autoescape=True),
        )
        .correlate(Community)
        .scalar_subquery()
    )
    by_name = or_(
        Community.name.icontains(text, autoescape=True),
        *([Community.pinyin_initials.startswith(letters, autoescape=True)] if by_letters else []),
    )
    mine = case((Community.street_id == street_id, 0), else_=1)
    best = case((Community.name == text, 0), (Community.name.istartswith(text, autoescape=True), 1), else_=2)
    listed = (
        select(
            Community.id,
            Community.name,
            case((by_name, None), else_=alias).label("matched"),
            Street.name.label("street"),
            Street.district,
            Community.location.is_not(None).label("located"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(
            Community.status == CommunityStatus.ACTIVE,
            Community.name.is_not(None),
            Community.id != (besides or 0),
            or_(by_name, alias.is_not(None)),
        )
        .order_by(mine, best, func.length(Community.name), Community.name, Community.id)
        .limit(CANDIDATES)
    )
    return session.execute(listed).all()
