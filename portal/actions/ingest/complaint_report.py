"""What an import of complaints says about their places."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Table, func, select, update
from sqlalchemy.orm import Session

from portal.actions.ingest.common import Loaded, Remark, Severity, remark
from portal.actions.staging import scalar
from portal.errors import N_
from portal.models import Complaint
from portal.terms import PlaceHow, PlaceLevel


def recognise_foreign_file(session: Session, given: Table) -> None:
    """Where coordinates lie outside and nothing in the file has a place, rows without any are outside too."""
    outside, placed = given.c.place_how == PlaceHow.OUTSIDE, given.c.place_level != PlaceLevel.NONE
    session.execute(
        update(given)
        .values(place_how=PlaceHow.OUTSIDE)
        .where(
            select(given.c.n).where(outside).exists(),
            ~select(given.c.n).where(placed).exists(),
            given.c.place_how == PlaceHow.NOT_FOUND,
        )
    )


def report(session: Session, given: Table, numbers: NDArray[np.int64], loaded: Loaded) -> None:
    """Add counts of places and repeats, and a remark on each complaint without a place.

    ``numbers`` are the source's rows, by the column ``n`` of ``given``.
    """
    levels = given.c.place_level, given.c.place_how
    for level, how, rows in session.execute(select(*levels, func.count()).group_by(*levels)):
        loaded.found[f"{level}_by_{how}"] = rows
    known = select(
        func.count().filter(given.c.street_id.is_not(None)),
        func.count().filter(given.c.property_related),
        func.count().filter(given.c.place_how == PlaceHow.OUTSIDE),
    )
    in_street, property_related, outside = session.execute(known).one()
    repeats = (
        select(func.count())
        .select_from(Complaint)
        .join(given, (given.c.source == Complaint.source) & (given.c.source_key == Complaint.source_key))
    )
    loaded.found |= {
        "matched_to_a_street": in_street,
        "property_related": property_related,
        "repeats": scalar(session, repeats.where(Complaint.repeat_of_id.is_not(None))),
        "outside": outside,
        "outside_without_coordinate": scalar(
            session,
            select(func.count()).where(given.c.place_how == PlaceHow.OUTSIDE, given.c.raw_lon.is_(None)),
        ),
    }
    if outside == len(numbers):
        loaded.remarks.append(_foreign(loaded, len(numbers)))
        return
    loaded.remarks += _placeless(session, given, numbers)


def _foreign(loaded: Loaded, rows: int) -> Remark:
    return remark(
        Severity.NOTED,
        None,
        "geometry",
        "",
        N_("全部 {rows:,} 行在本市范围之外，其中 {without:,} 行没有坐标"),
        N_("请确认城市和坐标基准；这些行已保存，但不上图，也不计入任何街道"),
        rows=rows,
        without=loaded.found["outside_without_coordinate"],
    )


def _placeless(session: Session, given: Table, numbers: NDArray[np.int64]) -> list[Remark]:
    """Say of each complaint without a place why it has none."""
    rows = session.execute(
        select(given.c.n, given.c.place_how, given.c.reported_street)
        .where(given.c.place_level == PlaceLevel.NONE)
        .order_by(given.c.n)
    )
    waits = N_("已保存，列入“小区未知”待办；补充后可重新导入")
    found = []
    for n, how, street in rows:
        if how == PlaceHow.OUTSIDE:
            field, value, reason = "geometry", "", N_("坐标在本市街道范围之外")
        elif street:
            field, value, reason = "street", street, N_("街道名称不在本市街道名录中")
        else:
            field, value, reason = "", "", N_("没有坐标，也没有可识别的小区、社区或街道")
        found.append(remark(Severity.NOTED, numbers[n], field, value, reason, waits))
    return found
