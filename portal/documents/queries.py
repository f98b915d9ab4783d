"""Query results as the table on the screen, and the same table as CSV, xlsx and GeoJSON."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from geo.policy.city import City
from geo.texts import Say
from portal.community_names import call
from portal.errors import N_
from portal.labels import band_name, category_name, kind_name
from portal.query import CommunityQuery
from portal.spreadsheets import write_csv, write_xlsx
from portal.store.queries.facts import AsOf

_NAME_BYTES = 180  # a file name holds 255 bytes, three for each Chinese character


@dataclass(frozen=True)
class Column:
    """One column of the table, the same on the screen and in every file.

    Parameters
    ----------
    key
        Key of the cells; the property's name in GeoJSON.
    title, params
        Marked text of the heading, and what fills its placeholders.
    digits
        Decimals of a number; None for texts and days.
    sort
        Order that the heading asks for, see `portal.query.SORTS`.
    missing
        Marked text: why there may be no value.
    """

    key: str
    title: str
    sort: str
    digits: int | None = None
    missing: str = N_("资料缺失")
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class About:
    """What every file says of itself.

    Parameters
    ----------
    city, fictional
        Name of the city, and whether it is invented.
    words
        The query as a sentence.
    period
        Quarter of the scores.
    complaints_until, made_at
        Newest complaint day counted; when the file was made; both ISO.
    n
        Communities in the file.
    untold, elsewhere
        What the complaints do not say, see `portal.store.queries.results.Coverage`.
    address
        Path and arguments of the query.
    """

    city: str
    fictional: bool
    words: str
    period: str
    complaints_until: str
    made_at: str
    n: int
    untold: int
    elsewhere: int
    address: str


def columns_of(query: CommunityQuery, city: City, language: str) -> tuple[Column, ...]:
    """Return the columns of a result; the distance only where there is a point."""
    counted: dict[str, object] = {"days": query.complaint_days}
    title = N_("投诉（近 {days} 天，件）")
    if query.category is not None:
        title = N_("投诉（{category}，近 {days} 天，件）")
        counted["category"] = category_name(query.category, city, language)
    columns = (
        Column("name", N_("小区"), "name"),
        Column("district", N_("区"), "street", missing=N_("未归属街道")),
        Column("street", N_("街道"), "street", missing=N_("未归属街道")),
        Column("points", N_("服务评分"), "points", 1, N_("该季度无评分")),
        Column("band", N_("等级"), "points"),
        Column("complaints", title, "complaints", 0, N_("所在街道这一时段没有投诉数据"), counted),
        Column("inspected", N_("最近巡查"), "inspected", missing=N_("没有巡查记录")),
        Column("overdue", N_("逾期整改（项）"), "overdue", 0, N_("没有巡查记录")),
        Column("firm", N_("物业服务企业"), "firm", missing=N_("没有在期的物业服务合同")),
        Column("kind", N_("类型"), "kind"),
        Column("households", N_("户数"), "households", 0),
    )
    if query.near is None:
        return columns
    return (columns[0], Column("distance", N_("距离（米）"), "distance", 0, N_("未定位")), *columns[1:])


def cells(row: Mapping[str, Any], city: City, as_of: AsOf, language: str, say: Say) -> dict[str, Any]:
    """Return the cells of a row of `portal.store.queries.results.Page`, rounded as they are shown."""
    inspected = row["inspected_at"]
    return {
        "name": call(row["name"], row["key"], say),
        "distance": _rounded(row["distance_m"], 0),
        "district": row["district"] or None,
        "street": row["street"],
        "points": _rounded(row["points"], 1),
        "band": band_name(row["band"], city, language, say),
        "complaints": row["complaints"],
        "inspected": inspected.astimezone(as_of.zone).date() if inspected else None,
        "overdue": row["overdue"],
        "firm": row["firm"],
        "kind": kind_name(row["kind"], say),
        "households": row["households"],
    }


def to_csv(table: Sequence[Mapping[str, Any]], columns: Iterable[Column], say: Say) -> bytes:
    """Return the table as CSV: one heading, then rows, nothing else, so that programs can read it."""
    stream = io.BytesIO()
    write_csv(stream, table, _headings(columns, say))
    return stream.getvalue()


def to_xlsx(table: Sequence[Mapping[str, Any]], columns: Iterable[Column], about: About, say: Say) -> bytes:
    """Return the table as a workbook, with a second sheet that says what it is."""
    stream = io.BytesIO()
    write_xlsx(
        stream,
        table,
        _headings(columns, say),
        sheet=say(N_("小区")),
        notes_sheet=say(N_("说明")),
        notes=notes(about, say),
    )
    return stream.getvalue()


def to_geojson(
    table: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    columns: Iterable[Column],
    about: About,
    say: Say,
) -> bytes:
    """Return the table as GeoJSON in WGS 84; foreign members say what it is.

    Parameters
    ----------
    rows
        The rows behind the table's cells, for ``id`` and ``geometry``; a community
        without location has a null geometry.
    """
    headings = _headings(columns, say)
    features = [
        {
            "type": "Feature",
            "id": row["id"],
            "geometry": orjson.Fragment(row["geometry"]) if row["geometry"] else None,
            "properties": {key: line[key] for key, _ in headings},
        }
        for row, line in zip(rows, table, strict=True)
    ]
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "city": about.city,
            "fictional": about.fictional,
            "query": about.words,
            "address": about.address,
            "period": about.period,
            "complaints_until": about.complaints_until,
            "made_at": about.made_at,
            "n": about.n,
            "complaints_in_no_community": about.elsewhere,
            "communities_without_complaint_data": about.untold,
            "columns": dict(headings),
            "features": features,
        }
    )


def notes(about: About, say: Say) -> list[tuple[str, object]]:
    """Return what a file is, as pairs of a label and a value."""
    return [
        (say(N_("城市")), about.city),
        (say(N_("数据性质")), say(N_("虚构示例数据")) if about.fictional else say(N_("实际数据"))),
        (say(N_("查询条件")), about.words),
        (say(N_("小区数")), about.n),
        (say(N_("评分季度")), about.period),
        (say(N_("投诉截至")), about.complaints_until),
        (say(N_("所涉街道未落到小区的投诉，不计入")), about.elsewhere),
        (say(N_("所在街道没有投诉数据的小区")), about.untold),
        (say(N_("导出时间")), about.made_at),
        (say(N_("坐标系")), "WGS 84 (EPSG:4326)"),
        (say(N_("查询地址")), about.address),
    ]


def file_name(about: About, suffix: str, say: Say) -> str:
    """Return a file name that says what the file is: a CSV has no other place for it."""
    city = mark_city(about.city, about.fictional, say)
    end = say(N_("{n}个小区_截至{day}"), n=about.n, day=about.complaints_until)
    words = re.sub(r"""[\s\\/:*?"<>|]+""", " ", about.words).strip()
    room = _NAME_BYTES - len(f"{city}__{end}".encode())
    words = words.encode()[: max(room, 0)].decode(errors="ignore")
    return re.sub(r"""[\\/:*?"<>|]""", "", f"{city}_{words}_{end}.{suffix}")


def mark_city(name: str, fictional: bool, say: Say) -> str:
    """Return a city's name for the name of a file, which says so where the city is invented."""
    return say(N_("{city}（虚构）"), city=name) if fictional else name


def _headings(columns: Iterable[Column], say: Say) -> list[tuple[str, str]]:
    return [(column.key, say(column.title, **column.params)) for column in columns]


def _rounded(value: float | None, digits: int) -> float | int | None:
    if value is None:
        return None
    return round(value) if digits == 0 else round(value, digits)
