"""Reads of the streets' territory as a frame, for `geo.jurisdictions`."""

from __future__ import annotations

import geopandas as gpd
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Street

WGS84 = "EPSG:4326"


def by_id(session: Session) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Return the outline of every street in WGS 84 under its id, and the names.

    Returns
    -------
    tuple
        A frame of ``source_key`` (the id, as text) and geometry; name by ``source_key``.
    """
    rows = session.execute(
        select(Street.id, Street.name, func.ST_AsBinary(Street.outline)).order_by(Street.id)
    ).all()
    keys = [str(row[0]) for row in rows]
    shapes = shapely.from_wkb([bytes(row[2]) for row in rows])
    frame = gpd.GeoDataFrame({"source_key": keys}, geometry=list(shapes), crs=WGS84)
    return frame, dict(zip(keys, (row[1] for row in rows), strict=True))
