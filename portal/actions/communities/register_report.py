"""What an import of communities says about their streets and names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any

from sqlalchemy import Table, case, func, select
from sqlalchemy.orm import Session, aliased

from portal.actions.communities.register_rows import Targets
from portal.actions.places.community_streets import distance_to_streets_m
from portal.actions.places.doubtful_pins import Withheld
from portal.actions.transactions.import_run import Loaded, Remark, Severity, remark
from portal.errors import N_
from portal.models import Street
from portal.place_names import name_key
from portal.store.communities.near_names import NearNames
from portal.store.places.known import Streets
from portal.terms import Doubt, PlaceHow

_BY_GEOMETRY = (PlaceHow.OVERLAP, PlaceHow.COORDINATE)
_FOUND = (*_BY_GEOMETRY, PlaceHow.STREET)


def report(
    session: Session,
    staged: Table,
    targets: Targets,
    streets: Table,
    numbers: Sequence[int],
    loaded: Loaded,
    withheld: Mapping[int, Withheld] = MappingProxyType({}),
) -> None:
    """Add counts of streets found and points doubted, and remarks on rows outside, doubtful or alike.

    Parameters
    ----------
    staged, streets
        Rows of the file and the streets found for them, by ``id``.
    numbers
        The source's row of each.
    withheld
        Their points that are not taken for true.
    """
    rows = _rows(session, staged, streets)
    hows = [row.street_how for row in rows]
    loaded.found |= {
        "assigned_to_a_street": sum(how in _FOUND for how in hows),
        "outside": hows.count(PlaceHow.OUTSIDE),
        "street_not_found": hows.count(PlaceHow.NOT_FOUND),
        "outlines": sum(row.has_outline for row in rows),
        "points": sum(row.has_pin or row.id in withheld for row in rows),
        "names_only": sum(not (row.has_outline or row.has_pin or row.id in withheld) for row in rows),
    }
    near = list(_near(session, rows, targets))
    if near:
        loaded.found["near_names"] = len(near)
    loaded.found |= Counter(f"doubt_{one.doubt}" for one in withheld.values())
    found = [
        *(_contradiction(row, withheld[row.id]) for row in rows if row.id in withheld),
        *_doubtful_streets([row for row in rows if row.id not in withheld], _elsewhere(session, rows)),
        *_alike(rows, targets),
        *near,
    ]
    loaded.remarks += sorted((_numbered(item, numbers) for item in found), key=lambda item: item.row or 0)


def _rows(session: Session, staged: Table, streets: Table) -> Sequence[Any]:
    by_shape, by_name = aliased(Street), aliased(Street)
    place = func.coalesce(staged.c.outline, staged.c.pin)
    outside = streets.c.street_how == PlaceHow.OUTSIDE
    return session.execute(
        select(
            staged.c.id,
            staged.c.source_key,
            staged.c.name,
            staged.c.registered_street,
            staged.c.registered_district,
            staged.c.outline.is_not(None).label("has_outline"),
            staged.c.pin.is_not(None).label("has_pin"),
            streets.c.street_how,
            streets.c.street_id,
            streets.c.street_share,
            streets.c.named_id,
            by_shape.name.label("street"),
            by_name.name.label("named_street"),
            case((outside, distance_to_streets_m(place))).label("distance_m"),
        )
        .join(streets, streets.c.id == staged.c.id)
        .outerjoin(by_shape, by_shape.id == streets.c.street_id)
        .outerjoin(by_name, by_name.id == streets.c.named_id)
        .order_by(staged.c.id)
    ).all()


def _contradiction(row: Any, point: Withheld) -> Remark:
    """Say of a point that is not taken for true what it contradicts."""
    at, street = f"{point.lon:.6f}, {point.lat:.6f}", point.around
    remedy = N_("已保存，点位不上图；在“数据 → 小区未定位”中由业务员核定")
    doubted = partial(remark, Severity.DOUBTED, row.id)
    if point.doubt == Doubt.FAR_OFF:
        return doubted("lon, lat", at, N_("坐标离本市街道过远"), remedy)
    if point.doubt == Doubt.SHARED:
        return doubted("lon, lat", at, N_("名称不同的许多小区用同一个坐标"), remedy)
    around = {"around": street and street.name, "other": street and street.district}
    if point.doubt == Doubt.OTHER_STREET:
        text, named = N_("登记在{named}，坐标却在{around}街道"), row.registered_street
        return doubted("street", named, text, remedy, named=named, **around)
    text, district = N_("登记在{district}，坐标却在{other}{around}街道"), row.registered_district
    return doubted("district", district, text, remedy, district=district, **around)


def _elsewhere(session: Session, rows: Sequence[Any]) -> set[int]:
    """Return the rows whose named street is one of the city, but not of the named district."""
    unknown = [row for row in rows if row.registered_street and row.named_id is None]
    if not unknown:
        return set()
    streets = Streets.known(session)
    return {
        row.id for row in unknown if streets.find_elsewhere(row.registered_street, row.registered_district)
    }


def _doubtful_streets(rows: Sequence[Any], elsewhere: Collection[int]) -> Iterator[Remark]:
    correct = N_("请补填或更正街道")
    for row in rows:
        registered = row.registered_street
        if row.id in elsewhere:
            told = {"district": row.registered_district, "named": registered}
            text = N_("登记在{district}，但{named}不在这个区")
            yield _noted(row, "district", row.registered_district, text, N_("请更正区或街道"), **told)
            continue
        if row.street_how == PlaceHow.OUTSIDE:
            told = {"key": row.source_key, "km": row.distance_m / 1000}
            text = N_("{key} 不在任何街道内，距最近的街道 {km:.1f} 公里")
            yield _noted(row, "geometry", row.source_key, text, N_("请核对位置和坐标基准"), **told)
        elif row.street_how == PlaceHow.NOT_FOUND and registered:
            yield _noted(row, "street", registered, N_("街道名称不在本市街道名录中"), correct)
        elif row.street_how == PlaceHow.NOT_FOUND:
            yield _noted(row, "street", "", N_("没有位置，也没有街道名称"), correct)
        elif row.street_how in _BY_GEOMETRY and row.named_id not in (None, row.street_id):
            told = {"named": row.named_street, "street": row.street}
            text = N_("登记在{named}街道，位置却在{street}街道，按位置归属")
            yield _noted(row, "street", registered, text, correct, **told)
        elif registered and row.named_id is None:
            text = N_("街道名称不在本市街道名录中，按位置归属")
            yield _noted(row, "street", registered, text, correct)


def _alike(rows: Sequence[Any], targets: Targets) -> Iterator[Remark]:
    """Note names that occur in several streets, and rows that fit several communities."""
    streets_of: dict[str, dict[Any, Any]] = defaultdict(dict)
    for row in rows:
        if row.name:
            streets_of[name_key(row.name)].setdefault(row.street_id, row.street)
    for row in rows:
        if row.name and len(streets_of[name_key(row.name)]) > 1:
            places = sorted(street or "—" for street in streets_of[name_key(row.name)].values())
            text = N_("名称在多个街道出现：{places}，作为不同的小区处理")
            yield _noted(row, "name", row.name, text, N_("投诉、合同中请写明街道"), places=places)
    for row in rows:
        if row.id in targets.ambiguous:
            text = (
                N_("本区有多个同名小区，没有自动关联")
                if row.street_id is None
                else N_("本街道有多个同名小区，没有自动关联")
            )
            yield _noted(row, "name", row.name, text, N_("请在“未定位”队列中手工关联"))


def _near(session: Session, rows: Sequence[Any], targets: Targets) -> Iterator[Remark]:
    """Note new communities called nearly as one that was there before, or that an earlier row named."""
    known = NearNames.known(session) if targets.created else NearNames(())
    text, remedy = (
        N_("“{name}”与{known}名称相同或相近，没有合并"),
        N_("请在“疑似重复”中核对：是同一个的合并，不是的注明"),
    )
    for row in rows:
        if row.id not in targets.created or row.id in targets.ambiguous:
            continue
        own = targets.ids[row.id]
        found = known.find(row.name, row.street_id, row.registered_district)
        earlier = [one.said for one in found if one.id < own]
        if earlier:
            yield _noted(row, "name", row.name, text, remedy, name=row.name, known=earlier)


def _noted(row: Any, field: str, value: object, text: str, remedy: str, **params: object) -> Remark:
    return remark(Severity.NOTED, row.id, field, value, text, remedy, **params)


def _numbered(item: Remark, numbers: Sequence[int]) -> Remark:
    assert item.row is not None
    return replace(item, row=numbers[item.row])
