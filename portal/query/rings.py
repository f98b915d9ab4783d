"""Drawn areas as text: corners in WGS 84, read, checked and spelled."""

from __future__ import annotations

import math
import re

import shapely

from portal.errors import N_, BadRequest

MAX_VERTICES = 2_000

Ring = tuple[tuple[float, float], ...]


def parse_ring(text: str) -> Ring | None:
    """Read ``lon,lat;lon,lat;lon,lat``, closed or not; None when the text is empty.

    Raises
    ------
    BadRequest
        A corner cannot be read, there are too few or too many, or edges cross:
        a crossed ring has no one meaning, so it is refused rather than repaired.
    """
    if not text.strip():
        return None
    pairs = [pair for pair in re.split(r"[;；\n]", text) if pair.strip()]
    if len(pairs) > MAX_VERTICES:
        raise BadRequest(
            N_("{field}：顶点超过 {most} 个"),
            remedy=N_("请画得简单一些"),
            field="area",
            most=MAX_VERTICES,
        )
    ring = tuple(read_lonlat(pair, "area") for pair in pairs)
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(set(ring)) < 3:
        raise BadRequest(
            N_("{field}：至少需要三个顶点"), remedy=N_("请写成 经度,纬度;经度,纬度;经度,纬度"), field="area"
        )
    _check_ring(ring)
    return ring


def spell_ring(ring: Ring) -> str:
    """Return a ring as `parse_ring` reads it."""
    return ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in ring)


def read_lonlat(text: str, field: str) -> tuple[float, float]:
    """Read ``lon,lat`` to six decimals, a tenth of a metre.

    Raises
    ------
    BadRequest
        It is no pair of numbers, or lies off the map.
    """
    try:
        lon, lat = (round(float(part), 6) for part in re.split(r"[,，\s]+", text.strip()))
    except ValueError:
        raise BadRequest(
            N_("{field}：{value} 不是 经度,纬度"),
            remedy=N_("请写成 114.057868,22.543099"),
            field=field,
            value=text.strip()[:40],
        ) from None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 85):
        raise BadRequest(
            N_("{field}：{value} 超出地图范围"),
            remedy=N_("经度在前，纬度在后"),
            field=field,
            value=text.strip()[:40],
        )
    return lon, lat


def _check_ring(ring: Ring) -> None:
    # A coordinate written twice in a row is no defect of the shape.
    reason = shapely.is_valid_reason(shapely.Polygon(ring))
    if reason == "Valid Geometry":
        return
    place = re.search(r"\[(\S+) (\S+)\]", reason)
    raise BadRequest(
        N_("{field}：边界自相交，在 {place} 附近"),
        remedy=N_("请重新画一个各边互不相交的范围"),
        field="area",
        place=f"{float(place[1]):.5f},{float(place[2]):.5f}" if place else "—",
    )
