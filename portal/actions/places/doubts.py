"""Which places contradict themselves: far off, shared by many, or elsewhere than the names say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session

from geo.outlines.doubts import find_far
from geo.policy.city import City
from portal.actions.transactions.staging import TEXT, WHOLE, stage
from portal.models import Street
from portal.place_names import district_key
from portal.terms import Doubt, Ruling

# What stands in a column of districts and is none.
_NO_DISTRICT = frozenset({"市辖", "市辖区"})


@dataclass(frozen=True)
class Found:
    """What is doubtful of a record; ``ruling`` where it is decided already for all at its coordinate."""

    doubt: Doubt
    ruling: Ruling | None = None


def find(
    session: Session, staged: Table, around: Table, city: City, shared: Mapping[int, Ruling | None]
) -> dict[int, Found]:
    """Return the doubtful records, by their number.

    Parameters
    ----------
    staged
        ``n``, ``point`` (WGS 84 or NULL), ``street_id`` (of the named street), ``district`` (as named)
        and ``elsewhere_id`` (the street so named in another district than the named one).
    around
        ``n`` and ``street_id`` of the points that lie in a street.
    city
        Its `coordinates` say what is far.
    shared
        Records at a coordinate that many places share, with what was ruled of it.
    """
    outlines = _outlines(session)
    if not outlines:
        return {n: Found(Doubt.SHARED, ruling) for n, ruling in shared.items()}
    far = _far(session, staged, around, outlines, city)
    districts = _other_districts(session, staged, around, outlines, city)
    streets = _other_streets(session, staged, around, outlines, city)
    found = {n: Found(Doubt.OTHER_DISTRICT) for n in districts} | {
        n: Found(Doubt.OTHER_STREET) for n in streets
    }
    # That a shared coordinate holds does not say that it is where these names are.
    found |= {
        n: Found(Doubt.SHARED, ruling) for n, ruling in shared.items() if ruling is None or n not in found
    }
    return found | {n: Found(Doubt.FAR_OFF) for n in far}


@dataclass(frozen=True)
class _Outline:
    shape: Any
    district: str


def _outlines(session: Session) -> dict[int, _Outline]:
    rows = session.execute(select(Street.id, func.ST_AsBinary(Street.outline), Street.district))
    return {key: _Outline(shapely.from_wkb(bytes(wkb)), district_key(name)) for key, wkb, name in rows}


def _far(
    session: Session, staged: Table, around: Table, outlines: Mapping[int, _Outline], city: City
) -> list[int]:
    outside = (
        select(staged.c.n, func.ST_AsBinary(staged.c.point))
        .outerjoin(around, around.c.n == staged.c.n)
        .where(staged.c.point.is_not(None), around.c.n.is_(None))
    )
    areas = [outline.shape for outline in outlines.values()]
    return _far_from(session.execute(outside).tuples().all(), areas, city.coordinates.far_off_m, city)


def _other_streets(
    session: Session, staged: Table, around: Table, outlines: Mapping[int, _Outline], city: City
) -> list[int]:
    differing = _beside(staged, around, staged.c.street_id).where(staged.c.street_id != around.c.street_id)
    found: list[int] = []
    for street_id, rows in _grouped(session, differing).items():
        found += _far_from(rows, [outlines[street_id].shape], city.coordinates.border_tolerance_m, city)
    return found


def _other_districts(
    session: Session, staged: Table, around: Table, outlines: Mapping[int, _Outline], city: City
) -> list[int]:
    """Return records whose named district is not that of the named street, or not the coordinate's."""
    known = {outline.district for outline in outlines.values()} - {""}
    named = session.scalars(select(staged.c.district).distinct().where(staged.c.district.is_not(None)))
    keys = {name: key for name in named if (key := _key_of(name, known, city))}
    if not keys or not known:
        return []
    said = stage(session, {"district": (TEXT, keys.keys()), "key": (TEXT, keys.values())})
    lies = stage(
        session,
        {
            "street_id": (WHOLE, outlines.keys()),
            "key": (TEXT, [outline.district for outline in outlines.values()]),
        },
    )
    by_names = (
        select(staged.c.n)
        .join(said, said.c.district == staged.c.district)
        .join(lies, lies.c.street_id == staged.c.elsewhere_id)
        .where(lies.c.key != said.c.key)
    )
    found = list(session.scalars(by_names))
    differing = (
        _beside(staged, around, said.c.key)
        .join(said, said.c.district == staged.c.district)
        .join(lies, lies.c.street_id == around.c.street_id)
        .where(lies.c.key != "", lies.c.key != said.c.key)
    )
    for key, rows in _grouped(session, differing).items():
        areas = [outline.shape for outline in outlines.values() if outline.district == key]
        within_m = city.coordinates.border_tolerance_m
        found += _far_from(rows, areas, within_m, city) if areas else [n for n, _ in rows]
    return found


def _key_of(name: str, known: set[str], city: City) -> str:
    """Return the key of a named district, "" where it is none: a city, or nothing that can be compared."""
    key = district_key(name)
    if key in _NO_DISTRICT or key == district_key(city.name):
        return ""
    # 广州市天河区 is 天河区.
    return next((one for one in sorted(known) if key.endswith(one)), key)


def _beside(staged: Table, around: Table, by: Any) -> Select[Any]:
    columns = (by.label("by"), staged.c.n, func.ST_AsBinary(staged.c.point).label("wkb"))
    return select(*columns).select_from(staged).join(around, around.c.n == staged.c.n)


def _grouped(session: Session, rows: Select[Any]) -> dict[Any, list[tuple[int, bytes]]]:
    groups: dict[Any, list[tuple[int, bytes]]] = {}
    for by, n, wkb in session.execute(rows):
        groups.setdefault(by, []).append((n, wkb))
    return groups


def _far_from(
    rows: Sequence[tuple[int, bytes]], areas: Sequence[Any], most_m: float, city: City
) -> list[int]:
    points: NDArray[np.object_] = shapely.from_wkb([bytes(wkb) for _, wkb in rows])
    far = find_far(points, np.asarray(areas, dtype=object), most_m, city.metric_epsg)
    return [n for (n, _), is_far in zip(rows, far, strict=True) if is_far]
