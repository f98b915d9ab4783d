"""Neighbourhoods into the database: known by street and name; outlines where the source has them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.frames import NEIGHBOURHOODS, check
from portal.actions.transactions.import_run import Loaded, Severity, remark
from portal.actions.transactions.staging import SHAPE, TEXT, WHOLE, row_numbers, stage
from portal.actions.transactions.upserts import insert_missing, update_differing
from portal.errors import N_
from portal.models import Neighbourhood
from portal.place_names import neighbourhood_key
from portal.store.places.known import Neighbourhoods, Streets
from portal.terms import Subject


def load(session: Session, frame: gpd.GeoDataFrame) -> Loaded:
    """Write neighbourhoods; a name that differs only by 社区 or 居委会 at its end is the same one.

    Parameters
    ----------
    session
        Inside the import's transaction.
    frame
        Keeps `geo.frames.NEIGHBOURHOODS`, WGS 84, outlines valid. An outline that
        is missing does not take away one that is known.

    Raises
    ------
    FrameError
        The frame does not keep its contract.
    """
    check(frame, NEIGHBOURHOODS)
    loaded = Loaded()
    frame = _under_streets(session, frame.assign(row=row_numbers(frame)), loaded)
    known = Neighbourhoods.known(session)
    places = list(zip(frame["name"], frame["street_id"], strict=True))
    staged = stage(
        session,
        {
            "id": (WHOLE, [known.find(name, int(street_id)) for name, street_id in places]),
            "street_id": (WHOLE, frame["street_id"]),
            "name": (TEXT, frame["name"]),
            "outline": (SHAPE, frame.geometry),
        },
    )
    outline = func.coalesce(func.ST_Multi(staged.c.outline), Neighbourhood.outline).label("outline")
    old = select(staged.c.id, staged.c.name, outline).join(Neighbourhood, Neighbourhood.id == staged.c.id)
    loaded.changed = update_differing(session, Neighbourhood, old.subquery(), ("id",))
    fresh = select(staged.c.street_id, staged.c.name, func.ST_Multi(staged.c.outline).label("outline"))
    new = fresh.where(staged.c.id.is_(None)).subquery()
    loaded.new = insert_missing(session, Neighbourhood, new, ("street_id", "name"), new.c.name)
    loaded.unchanged = len(frame) - loaded.new - loaded.changed
    loaded.touch(Subject.NEIGHBOURHOODS, loaded.new + loaded.changed)
    return loaded


def _under_streets(session: Session, frame: gpd.GeoDataFrame, loaded: Loaded) -> gpd.GeoDataFrame:
    """Add ``street_id``; leave out rows without a street, and those that repeat an earlier one."""
    streets = Streets.known(session)
    seen: set[tuple[int, str]] = set()
    kept: list[int | None] = []
    columns = ("row", "name", "street", "district")
    for row, name, street, district in frame[list(columns)].itertuples(index=False, name=None):
        street_id = streets.find(street, district if isinstance(district, str) else None)
        kept.append(street_id)
        if street_id is None:
            text, remedy = N_("街道名称不在本市街道名录中"), N_("请先导入街道，或更正街道名称")
            loaded.remarks.append(remark(Severity.REJECTED, row, "street", street, text, remedy))
        elif (street_id, neighbourhood_key(name)) in seen:
            text, remedy = N_("同一街道的社区名称重复"), N_("请合并为一行")
            loaded.remarks.append(remark(Severity.REJECTED, row, "name", name, text, remedy))
            kept[-1] = None
        else:
            seen.add((street_id, neighbourhood_key(name)))
    placed = frame.assign(street_id=pd.Series(kept, index=frame.index, dtype="Int64"))
    return placed[placed["street_id"].notna()].reset_index(drop=True)
