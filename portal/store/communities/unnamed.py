"""Reads of the queue 有轮廓无名称: outlines that no register names, and what they may belong to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from portal.models import Community, CommunityIdentity, Street
from portal.store.communities import names as community_names
from portal.store.communities import unnamed_keys
from portal.store.communities.near_names import NearNames
from portal.store.communities.unlocated import complaints_of, following, is_set_aside
from portal.store.paging import Page, page_of
from portal.store.places.street_counts import StreetCount
from portal.store.places.street_counts import by_street as count_by_street
from portal.terms import CommunityStatus

SUGGESTIONS = 12


def unnamed() -> list[ColumnElement[bool]]:
    """Return the conditions of an outline without a name."""
    active = Community.status == CommunityStatus.ACTIVE
    return [active, Community.name.is_(None), Community.outline.is_not(None), ~is_set_aside()]


def find(session: Session, street_id: int | None, page: int, rows: int) -> Page:
    """Return one page of unnamed outlines: by complaints, then those that hold a named point, the largest.

    Returns
    -------
    Page
        Rows of id, key, area_m2, lon, lat (a point inside, WGS 84 degrees), street, district,
        complaints (how many ever), and ``holds``: names of named communities without outline
        whose point lies inside.
    """
    chosen = [*unnamed(), *([] if street_id is None else [Community.street_id == street_id])]
    total = session.scalar(select(func.count()).select_from(Community).where(*chosen)) or 0
    holds = _holds()
    complaints = complaints_of()
    area_m2 = func.ST_Area(func.geography(Community.outline)).label("area_m2")
    listed = (
        select(
            Community.id,
            unnamed_keys.key().label("key"),
            area_m2,
            func.ST_X(Community.location).label("lon"),
            func.ST_Y(Community.location).label("lat"),
            Street.name.label("street"),
            func.coalesce(Street.district, "").label("district"),
            complaints.label("complaints"),
            holds.label("holds"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(*chosen)
        .order_by(*_order(holds))
    )
    return Page(session.execute(page_of(listed, page, rows)).all(), total)


def next_after(session: Session, street_id: int | None, outline_id: int) -> int | None:
    """Return the outline after this one, the first where it has left; None where no other waits."""
    chosen = [*unnamed(), *([] if street_id is None else [Community.street_id == street_id])]
    listed = select(Community.id).where(*chosen).order_by(*_order(_holds()))
    return following(session.scalars(listed).all(), outline_id)


def waits(session: Session, outline_id: int) -> bool:
    """Return whether an outline is in the queue."""
    return session.scalar(select(Community.id).where(Community.id == outline_id, *unnamed())) is not None


def _order(holds: Any) -> tuple[Any, ...]:
    area_m2 = func.ST_Area(func.geography(Community.outline))
    return complaints_of().desc(), holds.is_(None), area_m2.desc(), Community.id


def _holds() -> Any:
    """Return the names of the named points in an outline, NULL without any."""
    named = aliased(Community)
    return (
        select(func.array_agg(named.name))
        .where(*_pinned(named), named.location.op("&&")(Community.outline))
        .where(func.ST_Covers(Community.outline, named.location))
        .correlate(Community)
        .scalar_subquery()
    )


def by_street(session: Session) -> list[StreetCount]:
    """Return how many unnamed outlines each street has."""
    return count_by_street(session, Community.street_id, unnamed())


def outlines_for(session: Session, community_id: int) -> Sequence[Row[Any]]:
    """Return unnamed outlines that may belong to a named community without outline.

    Those of its street, and those around its point: the containing one first, then the
    nearest to the point, without a point the largest.

    Returns
    -------
    Sequence
        Rows of id, key, area_m2, lon, lat, street, ``inside`` (whether it holds the point)
        and ``distance_m`` (on the ellipsoid; None without a point).
    """
    mine = aliased(Community)
    inside = func.coalesce(func.ST_Covers(Community.outline, mine.pin), False).label("inside")
    distance_m = func.ST_Distance(func.geography(Community.outline), func.geography(mine.pin)).label(
        "distance_m"
    )
    near = or_(
        Community.street_id == mine.street_id,
        and_(mine.pin.op("&&")(Community.outline), func.ST_Covers(Community.outline, mine.pin)),
    )
    area_m2 = func.ST_Area(func.geography(Community.outline)).label("area_m2")
    return session.execute(
        select(
            Community.id,
            unnamed_keys.key().label("key"),
            area_m2,
            func.ST_X(Community.location).label("lon"),
            func.ST_Y(Community.location).label("lat"),
            Street.name.label("street"),
            inside,
            distance_m,
        )
        .join(mine, near)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(mine.id == community_id, *unnamed())
        .order_by(inside.desc(), distance_m.nulls_last(), area_m2.desc(), Community.id)
        .limit(SUGGESTIONS)
    ).all()


def names_for(session: Session, outline_id: int, text: str = "") -> Sequence[Row[Any]]:
    """Return named communities without outline that an unnamed outline may belong to.

    Those of its street, and those whose point lies inside: these first, then those that are called
    nearly as a source keys the outline, also of no street, the nearest by point, the others by name.

    Parameters
    ----------
    text
        Only those that are called so or nearly so.

    Returns
    -------
    Sequence
        Rows of id, name, address, street, ``inside`` and ``distance_m`` (None without a point).
    """
    mine, covered = aliased(Community), Community.pin.is_not(None)
    inside = case((covered, func.ST_Covers(mine.outline, Community.pin)), else_=False).label("inside")
    distance_m = case(
        (covered, func.ST_Distance(func.geography(mine.outline), func.geography(Community.pin))), else_=null()
    ).label("distance_m")
    by_key = Community.id.in_(_near(session, _keys(session, outline_id)))
    near = or_(
        Community.street_id == mine.street_id,
        and_(by_key, Community.street_id.is_(None)),
        and_(Community.location.op("&&")(mine.outline), func.ST_Covers(mine.outline, Community.location)),
    )
    listed = (
        select(
            Community.id,
            Community.name,
            Community.address,
            Street.name.label("street"),
            inside,
            distance_m,
        )
        .join(mine, near)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(
            mine.id == outline_id,
            Community.id != outline_id,
            Community.status == CommunityStatus.ACTIVE,
            Community.name.is_not(None),
            Community.outline.is_(None),
        )
        .order_by(inside.desc(), by_key.desc(), distance_m.nulls_last(), Community.name, Community.id)
        .limit(SUGGESTIONS)
    )
    if text:
        listed = listed.where(or_(community_names.is_called(text), Community.id.in_(_near(session, [text]))))
    return session.execute(listed).all()


def _keys(session: Session, community_id: int) -> Sequence[str]:
    mine = CommunityIdentity.community_id == community_id
    return session.scalars(select(CommunityIdentity.source_key).where(mine)).all()


def _near(session: Session, texts: Sequence[str]) -> list[int]:
    words = [text for text in texts if not text.isascii()]  # most keys are numbers, and no name
    names = NearNames.known(session) if words else NearNames(())
    return [one.id for text in words for one in names.find(text)]


def _pinned(table: Any) -> list[ColumnElement[bool]]:
    return [
        table.status == CommunityStatus.ACTIVE,
        table.name.is_not(None),
        table.pin.is_not(None),
        table.outline.is_(None),
    ]
