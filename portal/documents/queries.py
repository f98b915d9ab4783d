"""Query results as the table on the screen, and the same table to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from geo.policy.city import City
from geo.texts import Say
from portal.as_of import AsOf
from portal.community_names import call
from portal.documents import tables
from portal.documents.tables import Table
from portal.errors import N_, P_
from portal.labels import band_name, category_name, city_name, kind_name
from portal.query import CommunityQuery


@dataclass(frozen=True)
class Column(tables.Column):
    """One column of the table, the same on the screen and in every file.

    Parameters
    ----------
    sort
        Order that the heading asks for, see `portal.query.value.SORTS`.
    missing
        Marked text: why there may be no value.
    """

    sort: str = "name"
    missing: str = N_("资料缺失")


@dataclass(frozen=True)
class About:
    """What every file says of itself.

    Parameters
    ----------
    words
        The query as a sentence.
    period
        Quarter of the scores.
    as_of
        The day that everything counts to.
    made_at
        When the file was made, ISO.
    n
        Communities in the file.
    untold, elsewhere
        What the complaints do not say, see `portal.store.queries.results.Coverage`.
    address
        Of the query, with the host.
    """

    words: str
    period: str
    as_of: AsOf
    made_at: str
    n: int
    untold: int
    elsewhere: int
    address: str


# What a file says of each community, and the screen beside a value, by a mark and by a link.
LATER = tables.Column("later", N_("其后的检查，不计入"))
OF_FILES = (LATER, tables.Column("place", N_("定位")), tables.Column("id", N_("小区编号")))


def columns_of(
    query: CommunityQuery, city: City, as_of: AsOf, language: str, *, streets: bool = True
) -> tuple[Column, ...]:
    """Return the columns of a result: the name, what was asked for, the rest.

    The distance only where there is a point, the street only where the city has ``streets``.
    """
    counted: dict[str, object] = {"n": query.complaint_days}
    title = P_("投诉（近 {n} 天，件）")
    if query.category is not None:
        title = P_("投诉（{category}，近 {n} 天，件）")
        counted["category"] = category_name(query.category, city, language)
    no_inspection = N_("没有巡查记录")
    columns = (
        Column("name", N_("小区")),
        Column("district", N_("区"), sort="street", missing=N_("未归属街道，名册也没有写明区")),
        Column("street", N_("街道"), sort="street", missing=N_("未归属街道")),
        Column("points", N_("服务评分"), 1, sort="points", missing=N_("该季度无评分")),
        Column("band", N_("等级"), sort="points"),
        Column(
            "complaints", title, 0, counted, sort="complaints", missing=N_("所在街道这一时段没有投诉数据")
        ),
        Column("inspected", N_("最近巡查"), sort="inspected", missing=no_inspection),
        Column(
            "overdue",
            N_("逾期整改（项，截至 {day} 所知）"),
            0,
            {"day": as_of.day.isoformat()},
            sort="overdue",
            missing=no_inspection,
        ),
        Column(
            "firm",
            N_("物业服务企业（{day}）"),
            params={"day": as_of.served_on.isoformat()},
            sort="firm",
            missing=N_("没有在期的物业服务合同"),
        ),
        Column("kind", N_("类型"), sort="kind"),
        Column("households", N_("户数"), 0, sort="households"),
    )
    asked = _asked(query)
    name, *others = columns
    if not streets:
        others = [column for column in others if column.key != "street"]
    # The list is wider than the drawer: what was asked for is seen without moving it.
    others.sort(key=lambda column: column.key not in asked)
    if query.near is None:
        return (name, *others)
    distance = Column("distance", N_("距离（米）"), 0, sort="distance", missing=N_("未定位"))
    return (name, distance, *others)


def _asked(query: CommunityQuery) -> set[str]:
    """Return the keys of the columns that the query's conditions are about: a score with its grade."""
    score = (query.points_below, query.points_at_least, query.bands or None)
    conditions = {
        "district": (query.districts or None,),
        "points": score,
        "band": score,
        "complaints": (query.complaints_at_least, query.category),
        "inspected": (query.not_inspected_days,),
        "overdue": (query.overdue or None,),
        "firm": (query.firm, query.firm_id),
        "kind": (query.kind,),
    }
    return {key for key, given in conditions.items() if any(value is not None for value in given)}


def cells(
    row: Mapping[str, Any], columns: Sequence[Column], city: City, as_of: AsOf, language: str, say: Say
) -> dict[str, Any]:
    """Return the cells of a row of `portal.store.queries.results.Matches`, rounded as they are shown."""
    found = {
        "name": call(row["name"], row["key"], say),
        "distance": row["distance_m"],
        "district": row["district"],
        "street": row["street"],
        "points": row["points"],
        "band": band_name(row["band"], city, language, say),
        "complaints": row["complaints"],
        "inspected": _day(row["inspected_at"], as_of),
        "overdue": row["overdue"],
        "firm": row["firm"],
        "kind": kind_name(row["kind"], say),
        "households": row["households"],
    }
    return tables.round_cells({column.key: found[column.key] for column in columns}, columns)


def make_table(
    lines: Sequence[dict[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[Column],
    about: About,
    city: City,
    language: str,
    say: Say,
) -> Table:
    """Return the table of a result.

    Parameters
    ----------
    lines
        The cells of each row, see `cells`.
    rows
        The rows behind them, for ``id``, ``lon`` and, where it was asked for, ``geometry``; a community
        without location has a null geometry.
    """
    return Table(
        city=city,
        name=(about.words, say(N_("{n}个小区_截至{day}"), n=about.n, day=about.as_of.day.isoformat())),
        title=N_("小区"),
        columns=(*columns, *OF_FILES),
        rows=[line | _of_file(row, about.as_of, say) for row, line in zip(rows, lines, strict=True)],
        notes=_notes(about, city, language, say),
        members={
            "city": city_name(city, language),
            "fictional": city.fictional,
            "query": about.words,
            "address": about.address,
            "period": about.period,
            "as_of": about.as_of.day.isoformat(),
            "as_of_reason": about.as_of.why,
            "firms_on": about.as_of.served_on.isoformat(),
            "data_until": {kind.value: day.isoformat() for kind, day in about.as_of.newest.items()},
            "made_at": about.made_at,
            "n": about.n,
            "complaints_in_no_community": about.elsewhere,
            "communities_without_complaint_data": about.untold,
            "columns": dict(tables.headings((*columns, LATER), say)),
        },
        features=(
            tables.feature(row["id"], row.get("geometry"), line | {"later": later_visit(row, about.as_of)})
            for row, line in zip(rows, lines, strict=True)
        ),
    )


def later_visit(row: Mapping[str, Any], as_of: AsOf) -> date | None:
    """Return the day of the community's last inspection after the day, which is not counted."""
    return _day(row["later_at"], as_of)


def _day(moment: datetime | None, as_of: AsOf) -> date | None:
    return moment.astimezone(as_of.zone).date() if moment else None


def _of_file(row: Mapping[str, Any], as_of: AsOf, say: Say) -> dict[str, Any]:
    return {
        "later": later_visit(row, as_of),
        "place": say(N_("未定位") if row["lon"] is None else N_("已定位")),
        "id": row["id"],
    }


def _notes(about: About, city: City, language: str, say: Say) -> list[tuple[str, object]]:
    label, datum = tables.DATUM
    return [
        *tables.describe_city(city, language, say),
        (say(N_("查询条件")), about.words),
        (say(N_("小区数")), about.n),
        (say(N_("评分季度")), about.period),
        (say(N_("截至")), say(N_("{day}（{why}）"), day=about.as_of.day.isoformat(), why=about.as_of.reason)),
        (say(N_("各类数据")), say(N_("，")).join(map(say, about.as_of.reach))),
        (say(N_("所涉街道未落到小区的投诉，不计入")), about.elsewhere),
        (say(N_("所在街道没有投诉数据的小区")), about.untold),
        (say(N_("导出时间")), about.made_at),
        (say(label), datum),
        (say(N_("查询地址")), about.address),
    ]
