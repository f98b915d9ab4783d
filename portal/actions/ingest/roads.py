"""Roads into the database: pieces are added, changed, and removed when their source no longer has them."""

from __future__ import annotations

import geopandas as gpd
from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from geo.frames import ROADS, check
from portal.actions.ingest.common import Loaded
from portal.actions.staging import NUMBER, SHAPE, TEXT, WHOLE, rows_of, stage, upsert
from portal.models import Road
from portal.terms import Subject


def load(session: Session, frame: gpd.GeoDataFrame, *, source: str) -> Loaded:
    """Write road pieces; those of ``source`` that are not in ``frame`` are removed.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.ROADS`, WGS 84.
    source
        Names the file's origin; with `source_key` it identifies a piece.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, ROADS)
    staged = stage(
        session,
        {
            "source_key": (TEXT, frame["source_key"]),
            "way_id": (WHOLE, frame["way_id"]),
            "from_node": (WHOLE, frame["from_node"]),
            "to_node": (WHOLE, frame["to_node"]),
            "name": (TEXT, frame["name"]),
            "highway": (TEXT, frame["highway"]),
            "oneway": (TEXT, frame["oneway"]),
            "speed_kmh": (NUMBER, frame["speed_kmh"]),
            "line": (SHAPE, frame.geometry),
        },
    )
    gone = delete(Road).where(Road.source == source, Road.source_key.not_in(select(staged.c.source_key)))
    removed = rows_of(session, gone)
    given = select(literal(source).label("source"), *staged.c).subquery()
    written = upsert(session, Road, given, ("source", "source_key"))
    loaded = Loaded(
        new=written.new,
        changed=written.changed,
        unchanged=len(frame) - written.rows,
        removed=removed,
    )
    loaded.touch(Subject.ROADS, written.rows + removed)
    loaded.found = {
        "named": int(frame["name"].notna().sum()),
        "ways": int(frame["way_id"].nunique()),
    }
    return loaded
