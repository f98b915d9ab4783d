"""From URL arguments to a query, with errors that name the argument."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from portal.errors import N_, BadRequest
from portal.labels import NO_BAND
from portal.query.rings import parse_ring, read_lonlat
from portal.query.value import COMPLAINT_DAYS, SORTS, CommunityQuery, Near, first_sort
from portal.scope import parse_ids

MAX_RADIUS_M = 100_000.0


def parse_query(arguments: Mapping[str, str]) -> CommunityQuery:
    """Read a query from URL arguments; see `CommunityQuery` for their names.

    Raises
    ------
    BadRequest
        Naming the argument that cannot be read (also as ``params["field"]``),
        and how to write it.
    """
    near = _near(arguments)
    sort, descending = _sort(arguments, near)
    area = parse_ring(arguments.get("area", ""))
    return CommunityQuery(
        area=area,
        area_key=None if area else _code(arguments, "area_key"),  # what was drawn last counts
        near=near,
        street_ids=parse_ids(arguments.get("streets", ""), "streets"),
        districts=_names(arguments, "districts"),
        points_below=_number(arguments, "points_below", 0, 105),
        points_at_least=_number(arguments, "points_at_least", 0, 105),
        bands=_names(arguments, "bands"),
        complaints_at_least=_integer(arguments, "complaints_at_least", 0, 1_000_000),
        complaint_days=_integer(arguments, "complaint_days", 1, 3_660) or COMPLAINT_DAYS,
        category=_code(arguments, "category"),
        not_inspected_days=_integer(arguments, "not_inspected_days", 0, 36_600),
        overdue=arguments.get("overdue", "") in ("1", "on", "true"),
        kind=_words(arguments, "kind"),
        firm_id=_integer(arguments, "firm_id", 1, 2**53),
        firm=_words(arguments, "firm"),
        text=_words(arguments, "text"),
        sort=sort,
        descending=descending,
        page=_integer(arguments, "page", 1, 100_000) or 1,
    )


def check_codes(query: CommunityQuery, bands: Iterable[str], categories: Iterable[str]) -> None:
    """Raise unless the city's policy knows the bands and the category of ``query``.

    Raises
    ------
    BadRequest
        Naming the unknown code.
    """
    for field, values, known in (
        ("bands", query.bands, {*bands, NO_BAND}),
        ("category", filter(None, [query.category]), set(categories)),
    ):
        for value in values:
            if value not in known:
                raise BadRequest(
                    N_("{field}：没有 {value}，可用：{choices}"),
                    field=field,
                    value=value[:40],
                    choices=sorted(known),
                )


def _sort(arguments: Mapping[str, str], near: Near | None) -> tuple[str, bool]:
    text = arguments.get("sort") or first_sort(near)
    descending, sort = text.startswith("-"), text.removeprefix("-")
    if sort not in SORTS:
        raise BadRequest(
            N_("{field}：不能按 {value} 排序，可用：{choices}"),
            field="sort",
            value=sort[:20],
            choices=list(SORTS),
        )
    if sort == "distance" and near is None:  # the point was cleared, the order is left over
        return "name", False
    return sort, descending


def _near(arguments: Mapping[str, str]) -> Near | None:
    radius_m = _number(arguments, "radius_m", 1, MAX_RADIUS_M)
    nearest = _integer(arguments, "nearest", 1, 1_000)
    if not arguments.get("near", "").strip():
        if radius_m is not None or nearest is not None:
            raise BadRequest(
                N_("{field}：缺少中心点"), remedy=N_("请选择一个点，或清空半径与个数"), field="near"
            )
        return None
    if radius_m is None and nearest is None:
        raise BadRequest(N_("{field}：缺少半径"), remedy=N_("请给出半径（米）或最近的个数"), field="radius_m")
    lon, lat = read_lonlat(arguments["near"], "near")
    return Near(lon, lat, radius_m, nearest)


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
            low=f"{low:,g}",
            high=f"{high:,.0f}",
        )
    return value


def _integer(arguments: Mapping[str, str], name: str, low: int, high: int) -> int | None:
    value = _number(arguments, name, low, high)
    if value is not None and value != int(value):
        raise BadRequest(N_("{field}：{value} 不是整数"), field=name, value=f"{value:g}")
    return None if value is None else int(value)


def _words(arguments: Mapping[str, str], name: str) -> str | None:
    return (arguments.get(name) or "").replace("\x00", "").strip()[:60].strip() or None


def _names(arguments: Mapping[str, str], name: str) -> tuple[str, ...]:
    parts = (part.strip() for part in (arguments.get(name) or "").replace("\x00", "").split(","))
    return tuple(sorted({part for part in parts if part}))


def _code(arguments: Mapping[str, str], name: str) -> str | None:
    text = (arguments.get(name) or "").strip()
    if not text:
        return None
    if len(text) > 64 or not all(c.isalnum() or c in "_-" for c in text) or not text.isascii():
        raise BadRequest(N_("{field}：{value} 不是代码"), field=name, value=text[:40])
    return text
