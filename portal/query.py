"""A spatial query over communities: a value that a URL spells and PostGIS answers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from portal.errors import N_, BadRequest
from portal.scope import parse_ids

MAX_RADIUS_M = 100_000.0
MAX_VERTICES = 2_000
URL_VERTICES = 60  # a longer polygon is stored and named by a key
SORTS = ("name", "street", "points", "complaints", "households", "inspected", "distance")
PAGE_ROWS = 50


@dataclass(frozen=True)
class Near:
    """A point, with a radius in metres or a number of nearest communities, or both."""

    lon: float
    lat: float
    radius_m: float | None = None
    nearest: int | None = None


@dataclass(frozen=True)
class CommunityQuery:
    """Where and which communities. Every field is optional; all given ones must hold.

    Parameters
    ----------
    area
        Ring of (lon, lat) in WGS 84, not closed.
    area_key
        Key of a stored area, instead of ``area``.
    near
        Within a radius, or the k nearest.
    street_ids
        Primary street is one of these.
    points_below, points_at_least
        Service score of the period, in points of 100.
    bands
        Codes of bands; ``none`` means no score.
    complaints_at_least, complaint_days
        At least so many property complaints in the last so many days.
    category
        Only complaints of this category are counted.
    not_inspected_days
        Last inspection longer ago than this, or never.
    overdue
        With at least one overdue rectification.
    kind, firm_id, text
        Type, serving firm today, part of the name.
    sort, descending, page
        Order and page (from 1) of the list.
    """

    area: tuple[tuple[float, float], ...] | None = None
    area_key: str | None = None
    near: Near | None = None
    street_ids: frozenset[int] | None = None
    points_below: float | None = None
    points_at_least: float | None = None
    bands: tuple[str, ...] = ()
    complaints_at_least: int | None = None
    complaint_days: int = 30
    category: str | None = None
    not_inspected_days: int | None = None
    overdue: bool = False
    kind: str | None = None
    firm_id: int | None = None
    text: str | None = None
    sort: str = "name"
    descending: bool = False
    page: int = 1

    @property
    def is_empty(self) -> bool:
        """Whether nothing has been asked for yet."""
        blank = CommunityQuery()
        shown = {"sort", "descending", "page", "complaint_days"}
        return all(
            getattr(self, f.name) == getattr(blank, f.name) for f in fields(self) if f.name not in shown
        )

    def within(self, street_ids: frozenset[int]) -> CommunityQuery:
        """Return this query cut down to ``street_ids``."""
        mine = street_ids if self.street_ids is None else self.street_ids & street_ids
        return replace(self, street_ids=mine)

    def to_arguments(self) -> dict[str, str]:
        """Return the query arguments that `parse_query` reads back to this query."""
        out: dict[str, str] = {}
        if self.area:
            out["area"] = ";".join(f"{lon:.6f},{lat:.6f}" for lon, lat in self.area)
        if self.area_key:
            out["area_key"] = self.area_key
        if self.near:
            out["near"] = f"{self.near.lon:.6f},{self.near.lat:.6f}"
            _put(out, "radius_m", self.near.radius_m)
            _put(out, "nearest", self.near.nearest)
        if self.street_ids is not None:
            out["streets"] = ",".join(map(str, sorted(self.street_ids)))
        for name in ("points_below", "points_at_least", "complaints_at_least", "not_inspected_days"):
            _put(out, name, getattr(self, name))
        if self.complaint_days != 30:
            out["complaint_days"] = str(self.complaint_days)
        if self.bands:
            out["bands"] = ",".join(self.bands)
        for name in ("category", "kind", "firm_id", "text"):
            _put(out, name, getattr(self, name))
        if self.overdue:
            out["overdue"] = "1"
        if self.sort != "name" or self.descending:
            out["sort"] = ("-" if self.descending else "") + self.sort
        if self.page != 1:
            out["page"] = str(self.page)
        return out


def parse_query(arguments: Mapping[str, str]) -> CommunityQuery:
    """Read a query from URL arguments; see `CommunityQuery` for their names.

    Raises
    ------
    BadRequest
        Naming the argument that cannot be read, and how to write it.
    """
    sort = arguments.get("sort", "") or "name"
    descending, sort = sort.startswith("-"), sort.removeprefix("-")
    if sort not in SORTS:
        raise BadRequest(
            N_("sort：不能按 {value} 排序，可用：{choices}"), value=sort[:20], choices=", ".join(SORTS)
        )
    text = (arguments.get("text") or "").strip()[:60]
    return CommunityQuery(
        area=_ring(arguments.get("area", "")),
        area_key=_code(arguments, "area_key"),
        near=_near(arguments),
        street_ids=parse_ids(arguments.get("streets", ""), "streets"),
        points_below=_number(arguments, "points_below", 0, 105),
        points_at_least=_number(arguments, "points_at_least", 0, 105),
        bands=tuple(sorted({b.strip() for b in arguments.get("bands", "").split(",") if b.strip()})),
        complaints_at_least=_integer(arguments, "complaints_at_least", 0, 1_000_000),
        complaint_days=_integer(arguments, "complaint_days", 1, 3_660) or 30,
        category=_code(arguments, "category"),
        not_inspected_days=_integer(arguments, "not_inspected_days", 0, 36_600),
        overdue=arguments.get("overdue", "") in ("1", "on", "true"),
        kind=_code(arguments, "kind"),
        firm_id=_integer(arguments, "firm_id", 1, 2**53),
        text=text or None,
        sort=sort,
        descending=descending,
        page=_integer(arguments, "page", 1, 100_000) or 1,
    )


def _put(out: dict[str, str], name: str, value: Any) -> None:
    if value is not None:
        out[name] = f"{value:g}" if isinstance(value, float) else str(value)


def _ring(text: str) -> tuple[tuple[float, float], ...] | None:
    if not text:
        return None
    pairs = text.split(";")
    if len(pairs) > MAX_VERTICES:
        raise BadRequest(N_("area：顶点超过 {most} 个"), remedy=N_("请画得简单一些"), most=MAX_VERTICES)
    ring = tuple(_lonlat(pair, "area") for pair in pairs)
    if ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(set(ring)) < 3:
        raise BadRequest(N_("area：至少需要三个顶点"), remedy=N_("请写成 经度,纬度;经度,纬度;经度,纬度"))
    return ring


def _near(arguments: Mapping[str, str]) -> Near | None:
    radius_m = _number(arguments, "radius_m", 1, MAX_RADIUS_M)
    nearest = _integer(arguments, "nearest", 1, 1_000)
    if not arguments.get("near"):
        if radius_m is not None or nearest is not None:
            raise BadRequest(N_("near：缺少中心点"), remedy=N_("请选择一个点，或清空半径与个数"))
        return None
    if radius_m is None and nearest is None:
        raise BadRequest(N_("radius_m：缺少半径"), remedy=N_("请给出半径（米）或最近的个数"))
    lon, lat = _lonlat(arguments["near"], "near")
    return Near(lon, lat, radius_m, nearest)


def _lonlat(text: str, field: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError:
        raise BadRequest(N_("{field}：{value} 不是 经度,纬度"), field=field, value=text[:40]) from None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 85):
        raise BadRequest(N_("{field}：{value} 超出地图范围"), field=field, value=text[:40])
    return lon, lat


def _number(arguments: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    text = (arguments.get(name) or "").strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise BadRequest(
            N_("{field}：{value} 应为 {low} 到 {high} 之间的数"),
            field=name,
            value=text[:20],
            low=f"{low:g}",
            high=f"{high:g}",
        )
    return value


def _integer(arguments: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    value = _number(arguments, name, low, high)
    if value is not None and value != int(value):
        raise BadRequest(N_("{field}：{value} 不是整数"), field=name, value=f"{value:g}")
    return None if value is None else int(value)


def _code(arguments: Mapping[str, str], name: str) -> str | None:
    text = (arguments.get(name) or "").strip()
    if not text:
        return None
    if len(text) > 64 or not all(c.isalnum() or c in "_-" for c in text) or not text.isascii():
        raise BadRequest(N_("{field}：{value} 不是代码"), field=name, value=text[:40])
    return text
