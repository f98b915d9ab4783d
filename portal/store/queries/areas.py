"""Reads of stored areas: polygons too long for a URL, under short keys."""

from __future__ import annotations

from dataclasses import replace

import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.errors import N_, NotFound
from portal.models import StoredArea
from portal.query import CommunityQuery, Ring


def ring_of(session: Session, key: str) -> Ring:
    """Return the corners of a stored area, (lon, lat) in WGS 84, not closed.

    Raises
    ------
    NotFound
        There is no area of this key.
    """
    wkb = session.scalar(select(func.ST_AsBinary(StoredArea.area)).where(StoredArea.key == key))
    if wkb is None:
        raise NotFound(N_("没有已存的范围 {key}"), remedy=N_("请重新画一个范围"), key=key)
    corners = shapely.get_coordinates(shapely.from_wkb(bytes(wkb)))
    return tuple((float(lon), float(lat)) for lon, lat in corners[:-1])


def fill(session: Session, query: CommunityQuery) -> CommunityQuery:
    """Return ``query`` with the ring that its ``area_key`` names; its arguments stay the key.

    Raises
    ------
    NotFound
        There is no area of this key.
    """
    if query.area_key is None:
        return query
    return replace(query, area=ring_of(session, query.area_key))
