"""Reads of roads: the frame from which `geo` builds the network."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Road


def frame(session: Session) -> gpd.GeoDataFrame | None:
    """Return every piece of road as `geo.frames.ROADS`; None for a city without roads."""
    rows = session.execute(
        select(
            Road.source.concat(":").concat(Road.source_key).label("source_key"),
            Road.way_id,
            Road.from_node,
            Road.to_node,
            Road.name,
            Road.highway,
            Road.oneway,
            Road.speed_kmh,
            Road.access,
            Road.may_stop,
            Road.from_barred,
            Road.to_barred,
            Road.turns,
            func.ST_AsBinary(Road.line).label("line"),
        ).order_by(Road.source, Road.source_key)
    ).all()
    if not rows:
        return None
    table = pd.DataFrame(rows)
    lines = shapely.from_wkb([bytes(line) for line in table.pop("line")])
    return gpd.GeoDataFrame(table, geometry=lines, crs="EPSG:4326")
