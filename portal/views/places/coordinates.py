"""Places as people type or paste them: coordinates in one of four datums, checked against the city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from sqlalchemy.orm import Session

from geo.datums.crs import Datum, convert
from portal.errors import N_, BadRequest
from portal.query import parse_ring
from portal.query.rings import read_lonlat
from portal.store.places import territory


@dataclass(frozen=True)
class TypedPoint:
    """A coordinate as it was typed, in degrees of ``datum``, and the same in WGS 84."""

    raw_lon: float
    raw_lat: float
    datum: Datum
    lon: float
    lat: float


def read_point(fields: Mapping[str, str], session: Session) -> TypedPoint:
    """Read the fields ``point`` ("lon,lat") and ``datum``.

    Raises
    ------
    BadRequest
        They cannot be read, or the place is not in the city.
    """
    if not fields.get("point", "").strip():
        raise BadRequest(N_("没有坐标"), remedy=N_("请在地图上点选，或填写 经度,纬度"), field="point")
    raw_lon, raw_lat = read_lonlat(fields["point"], "point")
    datum = _datum(fields)
    lon, lat = (float(degrees) for degrees in convert(raw_lon, raw_lat, datum))
    _check_near(session, (lon, lat, lon, lat), "point")
    return TypedPoint(raw_lon, raw_lat, datum, lon, lat)


def read_outline(fields: Mapping[str, str], session: Session) -> shapely.Polygon:
    """Read the fields ``corners`` ("lon,lat" a line) and ``datum`` as an outline in WGS 84.

    Raises
    ------
    BadRequest
        They cannot be read, the corners enclose no area, or it is not in the city.
    """
    ring = parse_ring(fields.get("corners", ""))
    if ring is None:
        raise BadRequest(N_("没有边界"), remedy=N_("请在地图上画，或填写各个角的坐标"), field="area")
    corners = np.asarray(ring)
    outline = shapely.Polygon(np.column_stack(convert(corners[:, 0], corners[:, 1], _datum(fields))))
    _check_near(session, outline.bounds, "area")
    return outline


def spell_outline(geojson: str | None) -> str:
    """Return an outline as `read_outline` reads it; "" where it is more than one ring."""
    if geojson is None:
        return ""
    parts = shapely.get_parts(shapely.from_geojson(geojson))
    if len(parts) != 1 or shapely.get_num_interior_rings(parts[0]):
        return ""
    return "\n".join(f"{lon:.6f},{lat:.6f}" for lon, lat in shapely.get_coordinates(parts[0])[:-1])


def _datum(fields: Mapping[str, str]) -> Datum:
    text = fields.get("datum") or Datum.WGS84
    if text not in set(Datum):
        raise BadRequest(N_("{field}：没有 {value}"), field="datum", value=text[:20])
    return Datum(text)


def _check_near(session: Session, bounds: tuple[float, float, float, float], field: str) -> None:
    if not territory.is_near(session, *bounds):
        raise BadRequest(
            N_("{field}：位置在本市之外"),
            remedy=N_("请核对坐标和坐标基准；经度在前，纬度在后"),
            field=field,
        )
