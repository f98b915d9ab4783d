"""What an import of complaints says about their places."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pandas as pd
from sqlalchemy import Row, Table, and_, func, select
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.actions.places.named_places import NAMES
from portal.actions.transactions.import_run import Loaded, Remark, Severity, remark
from portal.actions.transactions.upserts import scalar
from portal.errors import N_, P_
from portal.models import Complaint
from portal.privacy import mask_address
from portal.store.communities.near_names import NearNames
from portal.store.complaints.doubtful import is_open
from portal.store.complaints.unplaced import LEVELS
from portal.store.places.known import Streets
from portal.store.places.territory import Place, streets_at
from portal.terms import Doubt, PlaceHow, PlaceLevel

# Fewer rows than these may well be of other matters by chance.
_TELLING = 8


def report(session: Session, given: Table, records: pd.DataFrame, loaded: Loaded, city: City) -> None:
    """Add counts of places, repeats and doubts; remarks on doubtful and placeless complaints, and near names.

    ``records`` has the source's ``row`` and ``address``, in the order of the column ``n`` of ``given``;
    the `coordinates` of ``city`` say what is far.
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
    }
    if outside:
        loaded.found["outside_without_coordinate"] = scalar(
            session,
            select(func.count()).where(given.c.place_how == PlaceHow.OUTSIDE, given.c.raw_lon.is_(None)),
        )
    if not property_related and len(records) >= _TELLING:
        loaded.remarks.append(_not_of_property(len(records)))
    loaded.remarks += _to_come(session, given, records)
    doubtful = _doubtful(session, given, records, city.coordinates.far_off_m)
    loaded.found |= Counter(f"doubt_{doubt}" for doubt, _ in doubtful)
    if outside and outside == len(records):
        loaded.remarks.append(_foreign(loaded, outside))
        return
    said = [*(item for _, item in doubtful), *_placeless(session, given, records)]
    loaded.remarks += sorted(said, key=lambda item: item.row or 0)
    loaded.remarks += _of_no_street(session, given, records)
    _tell_near_names(session, given, records, loaded)


def _not_of_property(rows: int) -> Remark:
    return remark(
        Severity.NOTED,
        None,
        "event_type, main_type, sub_type",
        "",
        P_("全部 {n:,} 行都没有识别为物业投诉，不计入物业投诉的任何数字"),
        N_("请核对哪一列是投诉的分类（一级、二级、三级分类）：在预览中为它选好字段，或改写表头"),
        n=rows,
    )


def _to_come(session: Session, given: Table, records: pd.DataFrame) -> list[Remark]:
    """Say of each complaint that was received later than now, by a day at least for clocks that differ."""
    late = given.c.received_at > func.now() + timedelta(days=1)
    found = session.execute(select(given.c.n, given.c.received_at).where(late).order_by(given.c.n)).all()
    text, remedy = N_("受理时间还没有到"), N_("已保存；请核对年份和日期的写法，更正后重新导入")
    return [
        remark(Severity.NOTED, records["row"].iat[n], "received_at", f"{moment:%Y-%m-%d}", text, remedy)
        for n, moment in found
    ]


def _of_no_street(session: Session, given: Table, records: pd.DataFrame) -> list[Remark]:
    """Say of each street that the city has not how many complaints name it and were placed all the same."""
    named = given.c.reported_street, given.c.reported_district
    rows = session.execute(
        select(*named, func.count().label("rows"), func.min(given.c.n).label("n"))
        .where(named[0].is_not(None), given.c.community_id.is_not(None))
        .group_by(*named)
        .order_by(func.min(given.c.n))
    ).all()
    streets = Streets.known(session) if rows else None
    return [
        remark(
            Severity.NOTED,
            records["row"].iat[row.n],
            "street",
            row.reported_street,
            P_("{n:,} 件投诉登记在“{street}”，本市街道名录中没有它；已按小区名称或坐标归入小区"),
            N_("请核对街道和小区：在源数据中更正后重新导入，或在小区卡片上改派"),
            n=row.rows,
            street=row.reported_street,
        )
        for row in rows
        if streets and not streets.knows(row.reported_street)
    ]


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


def _placeless(session: Session, given: Table, records: pd.DataFrame) -> list[Remark]:
    """Say of each complaint without a place what its source tells of it, and why that is not enough."""
    rows = session.execute(
        select(
            given.c.n,
            given.c.place_how,
            given.c.property_related,
            given.c.raw_lon,
            given.c.raw_lat,
            *(given.c[f"reported_{name}"].label(name) for name in NAMES),
        )
        .where(given.c.place_level == PlaceLevel.NONE, ~and_(*is_open(given.c)))
        .order_by(given.c.n)
    )
    waits = N_("已保存，在“数据 → 投诉小区未知”中等待指派；也可补填后重新导入")
    stays = N_("已保存；不是物业事项，不用指派小区。补填街道后可重新导入")
    found = []
    for row in rows:
        field, value, reason = _why_nowhere(row, records["address"].iat[row.n])
        remedy = waits if row.property_related else stays
        found.append(remark(Severity.NOTED, records["row"].iat[row.n], field, value, reason, remedy))
    return found


def _tell_near_names(session: Session, given: Table, records: pd.DataFrame, loaded: Loaded) -> None:
    """Say of each name that is no community's, but nearly, whose, and how many complaints wait under it."""
    place = [given.c[name] for name in ("reported_community", "street_id", "reported_district")]
    waiting = (
        select(*place, func.count().label("complaints"), func.min(given.c.n).label("n"))
        .where(given.c.community_id.is_(None), given.c.place_level.in_(LEVELS), place[0].is_not(None))
        .group_by(*place)
        .order_by(func.min(given.c.n))
    )
    rows = session.execute(waiting).all()
    names = NearNames.known(session) if rows else NearNames(())
    text, remedy = (
        P_("{n:,} 件投诉登记的“{called}”与{known}名称相同或相近，没有归入"),
        N_("请在“数据 → 投诉小区未知”中核对后指派，并记住这个叫法"),
    )
    for row in rows:
        called, near = row.reported_community, names.find(*row[:3])
        if near:
            said = {"n": row.complaints, "called": mask_address(called), "known": [one.said for one in near]}
            number = records["row"].iat[row.n]
            loaded.remarks.append(remark(Severity.NOTED, number, "community", called, text, remedy, **said))
            loaded.found["near_names"] = loaded.found.get("near_names", 0) + 1


def _doubtful(
    session: Session, given: Table, records: pd.DataFrame, far_off_m: float
) -> list[tuple[str, Remark]]:
    """Return the doubt of each complaint that waits for a ruling, and what there is to say of it."""
    rows = session.execute(
        select(
            given.c.n,
            given.c.doubt,
            given.c.raw_lon,
            given.c.raw_lat,
            *(given.c[f"reported_{name}"].label(name) for name in NAMES),
        )
        .where(*is_open(given.c))
        .order_by(given.c.n)
    ).all()
    at = records.iloc[[row.n for row in rows]]
    around = streets_at(session, list(zip(at["lon"], at["lat"], strict=True)))
    sharing = Counter((row.raw_lon, row.raw_lat) for row in rows if row.doubt == Doubt.SHARED)
    found = []
    for row, street in zip(rows, around, strict=True):
        n = sharing[row.raw_lon, row.raw_lat]
        field, value, text, told = _what_contradicts(row, street, n, far_off_m)
        number = records["row"].iat[row.n]
        remedy = N_("已保存，不作为点上图；在“数据 → 位置存疑”中由业务员核定")
        found.append((row.doubt, remark(Severity.DOUBTED, number, field, value, text, remedy, **told)))
    return found


def _what_contradicts(
    row: Row[Any], street: Place | None, sharing: int, far_off_m: float
) -> tuple[str, str, str, dict[str, Any]]:
    """Return field, what stands there, reason and its parameters: the two places that contradict."""
    coordinate = "" if row.raw_lon is None else f"{row.raw_lon:.6f}, {row.raw_lat:.6f}"
    if row.doubt == Doubt.FAR_OFF:
        return "lon, lat", coordinate, N_("坐标离本市街道超过 {km:g} 公里"), {"km": far_off_m / 1000}
    if row.doubt == Doubt.SHARED:
        text = N_("不同地点的多件投诉用同一个坐标，本文件中有 {n:,} 件")
        return "lon, lat", coordinate, text, {"n": sharing}
    if row.doubt == Doubt.OTHER_STREET:
        told = {"named": row.street, "around": street and street.name}
        return "street", row.street, N_("登记在{named}，坐标却在{around}街道"), told
    if street is None:
        told = {"named": row.street, "district": row.district}
        return "district", row.district, N_("登记在{district}，但{named}不在这个区"), told
    told = {"district": row.district, "around": street.name, "other": street.district}
    return "district", row.district, N_("登记在{district}，坐标却在{other}{around}街道"), told


def _why_nowhere(row: Row[Any], address: Any) -> tuple[str, str, str]:
    """Return field, what stands there and reason: of what the source says, what would place it best."""
    if row.place_how == PlaceHow.OUTSIDE:
        return "lon, lat", f"{row.raw_lon:.6f}, {row.raw_lat:.6f}", N_("坐标在本市街道范围之外")
    if row.street:
        return "street", row.street, N_("街道名称不在本市街道名录中")
    names = ("community", row.community), ("neighbourhood", row.neighbourhood)
    for field, value in (*names, ("address", address), ("district", row.district)):
        if isinstance(value, str):
            return field, value, N_("没有坐标和街道，按登记的小区、社区或地址也找不到位置")
    return "street", "", N_("坐标、街道、社区、小区和地址都没有填写")
