"""Route sheets: the lines that page and print show, and the same lines to take along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import shapely

from geo.policy.city import City
from geo.roads.network import Place, TravelPath
from geo.routes.itinerary import round_times
from geo.routes.plans import DayPlan, Pause, PlannedStop
from geo.routes.sheet import RowKind, SheetRow, list_roads, list_rows
from geo.texts import Say
from portal.documents import tables
from portal.documents.tables import Column, Table
from portal.errors import N_
from portal.labels import account_name, city_name
from portal.store.routes.records import StopFacts, StoredRoute

KINDS = {
    RowKind.START: N_("起点"),
    RowKind.STOP: N_("检查站点"),
    RowKind.PAUSE: N_("休息"),
    RowKind.END: N_("终点"),
}
# {note} is the label that must stand beside every time of arrival.
COLUMNS = (
    Column("day", N_("日期")),
    Column("order", N_("顺序")),
    Column("kind", N_("类别")),
    Column("name", N_("小区")),
    Column("street", N_("街道")),
    Column("gate", N_("出入口")),
    Column("arrives", N_("预计到达（{note}）")),
    Column("window", N_("检查时段")),
    Column("begins", N_("开始检查")),
    Column("leaves", N_("离开")),
    Column("visit_minutes", N_("现场（分钟）")),
    Column("travel_minutes", N_("行车（分钟）")),
    Column("travel_km", N_("行车（公里）")),
    Column("via", N_("途经道路")),
    Column("lon", N_("经度（WGS 84）")),
    Column("lat", N_("纬度（WGS 84）")),
)
_NOTHING_KNOWN = StopFacts(None, None)


@dataclass(frozen=True)
class SheetLine:
    """One line of a sheet: the row, when the visit begins, what is known of the community.

    ``rest`` is the break between arrival and visit.
    """

    row: SheetRow
    begins: datetime | None
    facts: StopFacts
    rest: Pause | None = None

    @property
    def community_id(self) -> int | None:
        """The community of a stop, None for other lines."""
        return int(self.row.place.key) if self.row.kind is RowKind.STOP and self.row.place else None


@dataclass(frozen=True)
class Sheet:
    """A stored route with everything that is printed, exported or drawn of it."""

    route: StoredRoute
    lines: tuple[SheetLine, ...]
    city: City

    @property
    def plan(self) -> DayPlan:
        """The day as planned, to the minute."""
        return self.route.plan

    @property
    def travel_minutes(self) -> float:
        """Driving time of the day: the sum of the lines."""
        return sum(line.row.travel_minutes for line in self.lines)


def make_sheet(route: StoredRoute, facts: Mapping[int, StopFacts], city: City) -> Sheet:
    """Return the sheet of a route; ``facts`` are those of its stops, by number.

    The day is planned to the second. A sheet gives every time to the nearest minute,
    and what lies between two times is taken from these.
    """
    plan = round_times(route.plan, 1)
    stops = {stop.order: stop for stop in plan.stops}
    lines = tuple(
        _line_of(row, stops.get(row.order or 0), facts.get(row.order or 0, _NOTHING_KNOWN), plan)
        for row in list_rows(plan, city)
    )
    return Sheet(replace(route, plan=plan), lines, city)


def _line_of(row: SheetRow, stop: PlannedStop | None, facts: StopFacts, plan: DayPlan) -> SheetLine:
    if stop is None:
        return SheetLine(row, None, facts)
    rests = (pause for pause in plan.pauses if stop.arrive <= pause.start and pause.end <= stop.begin)
    return SheetLine(row, stop.begin, facts, next(rests, None))


def cells(sheet: Sheet, line: SheetLine, say: Say) -> dict[str, Any]:
    """Return the cells of a line by the keys of `COLUMNS`; what does not apply is None."""
    row = line.row
    drives = row.kind in (RowKind.STOP, RowKind.END)
    place: dict[str, Any] = {}
    if row.place is not None:
        place = {"name": row.place.name, "lon": round(row.place.lon, 6), "lat": round(row.place.lat, 6)}
    return {
        "day": sheet.plan.day,
        "order": row.order,
        "kind": say(KINDS[row.kind]),
        "street": line.facts.street,
        "gate": line.facts.gate,
        "arrives": f"{row.eta:%H:%M}",
        "window": f"{row.window[0]:%H:%M}–{row.window[1]:%H:%M}" if row.window else None,
        "begins": f"{line.begins:%H:%M}" if line.begins else None,
        "leaves": None if row.kind is RowKind.END else f"{row.leaves:%H:%M}",
        "visit_minutes": row.visit_minutes if row.kind is RowKind.STOP else None,
        "travel_minutes": round(row.travel_minutes) if drives else None,
        "travel_km": round(row.travel_m / 1000, 1) if drives else None,
        "via": say(N_("、")).join(row.via) or None,
    } | place


def make_table(sheet: Sheet, language: str, say: Say) -> Table:
    """Return the sheet to take along: lines as rows, ways and stops as features.

    Features are ``kind`` leg (LineString, null where both ends are one place), start,
    stop and end (Point); every one carries the label of its times.
    """
    route, plan = sheet.route, sheet.plan
    note = say(plan.note.text)
    features = [*_leg_features(sheet), *_place_features(sheet)]
    for feature in features:
        feature["properties"]["note"] = note
    return Table(
        city=sheet.city,
        name=(say(N_("巡查路线_{number}"), number=route.number),),
        title=N_("路线单"),
        columns=[replace(column, params={"note": note}) for column in COLUMNS],
        rows=[cells(sheet, line, say) for line in sheet.lines],
        notes=_notes(sheet, language, say),
        members={
            "number": route.number,
            "city": city_name(sheet.city, language),
            "fictional": sheet.city.fictional,
            "day": plan.day,
            "inspector": route.owner,
            "note": note,
            "approximate": plan.approximate,
            "planned_at": route.planned_at.isoformat(timespec="seconds"),
            "dropped": [{"name": d.stop.name, "reason": say(d.text)} for d in plan.dropped],
        },
        features=features,
    )


def _notes(sheet: Sheet, language: str, say: Say) -> list[tuple[str, object]]:
    route, plan = sheet.route, sheet.plan
    label, datum = tables.DATUM
    head: list[tuple[str, object]] = [
        (say(N_("路线编号")), route.number),
        *tables.describe_city(sheet.city, language, say),
        (say(N_("日期")), plan.day),
        (say(N_("检查人员")), account_name(route.owner, say)),
        (say(N_("时间与路线")), say(plan.note.text)),
        (say(N_("站点数")), plan.totals.stops),
        (say(N_("行车（公里）")), round(plan.totals.travel_m / 1000, 1)),
        (say(N_("行车（分钟）")), round(sheet.travel_minutes)),
        (say(N_("规划时间")), route.planned_at.isoformat(timespec="seconds")),
        (say(label), datum),
    ]
    reason = N_("{name}：{reason}")
    left_out = [(say(N_("未排入")), say(reason, name=d.stop.name, reason=d.text)) for d in plan.dropped]
    return [*head, *left_out]


def _leg_features(sheet: Sheet) -> Iterator[dict[str, Any]]:
    plan = sheet.plan
    driven = [line.row for line in sheet.lines if line.row.kind in (RowKind.STOP, RowKind.END)]
    for number, (leg, row) in enumerate(zip(plan.legs, driven, strict=True), start=1):
        driven_along = {
            "kind": "leg",
            "to": number if number <= len(plan.stops) else None,
            "minutes": round(row.travel_minutes, 1),
            "metres": round(leg.metres),
            "via": list_roads(leg),
        }
        yield tables.feature(f"leg-{number}", _line(leg), driven_along)


def _place_features(sheet: Sheet) -> Iterator[dict[str, Any]]:
    plan = sheet.plan
    yield _point("start", plan.start, name=plan.start.name, leaves=f"{plan.departs:%H:%M}")
    known = {line.row.order: line.facts for line in sheet.lines}
    for stop in plan.stops:
        yield _point(f"stop-{stop.order}", stop.stop, **_stop_properties(stop, known[stop.order]))
    if plan.end is not None and plan.end_leg is not None:
        yield _point("end", plan.end, name=plan.end.name, arrives=f"{plan.finishes:%H:%M}")


def _stop_properties(stop: PlannedStop, facts: StopFacts) -> dict[str, Any]:
    return {
        "order": stop.order,
        "name": stop.stop.name,
        "community_id": int(stop.stop.key),
        "street": facts.street,
        "gate": facts.gate,
        "arrives": f"{stop.arrive:%H:%M}",
        "begins": f"{stop.begin:%H:%M}",
        "leaves": f"{stop.depart:%H:%M}",
        "visit_minutes": stop.stop.visit_minutes,
    }


def _point(identifier: str, place: Place, **properties: Any) -> dict[str, Any]:
    point = {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]}
    return tables.feature(identifier, point, {"kind": identifier.partition("-")[0], **properties})


def _line(leg: TravelPath) -> str | None:
    if leg.line.is_empty:
        return None
    return shapely.to_geojson(shapely.set_precision(leg.line, 1e-6, mode="pointwise"))
