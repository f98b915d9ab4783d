"""Route sheets: the lines that page and print show, and the same lines as CSV, xlsx and GeoJSON."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson
import shapely

from geo.policy.city import City
from geo.roads.network import Place, TravelPath
from geo.routes.itinerary import round_times
from geo.routes.plans import DayPlan, Pause, PlannedStop
from geo.routes.sheet import RowKind, SheetRow, list_roads, list_rows
from geo.texts import Say
from portal.errors import N_
from portal.spreadsheets import write_csv, write_xlsx
from portal.store.routes.records import StopFacts, StoredRoute

KINDS = {
    RowKind.START: N_("起点"),
    RowKind.STOP: N_("检查站点"),
    RowKind.PAUSE: N_("休息"),
    RowKind.END: N_("终点"),
}
# {note} is the label that must stand beside every time of arrival.
COLUMNS = (
    ("day", N_("日期")),
    ("order", N_("顺序")),
    ("kind", N_("类别")),
    ("name", N_("小区")),
    ("street", N_("街道")),
    ("gate", N_("出入口")),
    ("arrives", N_("预计到达（{note}）")),
    ("window", N_("检查时段")),
    ("begins", N_("开始检查")),
    ("leaves", N_("离开")),
    ("visit_minutes", N_("现场（分钟）")),
    ("travel_minutes", N_("行车（分钟）")),
    ("travel_km", N_("行车（公里）")),
    ("via", N_("途经道路")),
    ("lon", N_("经度（WGS 84）")),
    ("lat", N_("纬度（WGS 84）")),
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


def headings(sheet: Sheet, language: str, say: Say) -> list[tuple[str, str]]:
    """Return key and title of each column."""
    note = sheet.plan.note.text(language)
    return [(key, say(title, note=note) if "{note}" in title else say(title)) for key, title in COLUMNS]


def to_csv(sheet: Sheet, language: str, say: Say) -> bytes:
    """Return the sheet as CSV: one heading, then rows, so that programs can read it."""
    stream = io.BytesIO()
    write_csv(stream, _table(sheet, say), headings(sheet, language, say))
    return stream.getvalue()


def to_xlsx(sheet: Sheet, language: str, say: Say) -> bytes:
    """Return the sheet as a workbook, with a second sheet that says what it is and what was left out."""
    stream = io.BytesIO()
    write_xlsx(
        stream,
        _table(sheet, say),
        headings(sheet, language, say),
        sheet=say(N_("路线单")),
        notes_sheet=say(N_("说明")),
        notes=notes(sheet, language, say),
    )
    return stream.getvalue()


def _table(sheet: Sheet, say: Say) -> list[dict[str, Any]]:
    return [cells(sheet, line, say) for line in sheet.lines]


def notes(sheet: Sheet, language: str, say: Say) -> list[tuple[str, object]]:
    """Return what a file is, as pairs of a label and a value."""
    route, plan = sheet.route, sheet.plan
    nature = N_("虚构示例数据") if sheet.city.fictional else N_("实际数据")
    head: list[tuple[str, object]] = [
        (say(N_("路线编号")), route.number),
        (say(N_("城市")), sheet.city.name_en if language == "en" else sheet.city.name),
        (say(N_("数据性质")), say(nature)),
        (say(N_("日期")), plan.day),
        (say(N_("检查人员")), route.owner),
        (say(N_("时间与路线")), plan.note.text(language)),
        (say(N_("站点数")), plan.totals.stops),
        (say(N_("行车（公里）")), round(plan.totals.travel_m / 1000, 1)),
        (say(N_("行车（分钟）")), round(sheet.travel_minutes)),
        (say(N_("规划时间")), route.planned_at.isoformat(timespec="seconds")),
        (say(N_("坐标系")), "WGS 84 (EPSG:4326)"),
    ]
    reason = N_("{name}：{reason}")
    left_out = [
        (say(N_("未排入")), say(reason, name=d.stop.name, reason=d.text(language))) for d in plan.dropped
    ]
    return [*head, *left_out]


def to_geojson(sheet: Sheet, language: str) -> bytes:
    """Return ways and stops as GeoJSON in WGS 84; every feature carries the label of its times.

    Features are ``kind`` leg (LineString, null where both ends are one place), start,
    stop and end (Point); foreign members say what the whole is.
    """
    route, plan = sheet.route, sheet.plan
    note = plan.note.text(language)
    features = [*_leg_features(sheet), *_place_features(sheet)]
    for feature in features:
        feature["properties"]["note"] = note
    return orjson.dumps(
        {
            "type": "FeatureCollection",
            "number": route.number,
            "city": sheet.city.name_en if language == "en" else sheet.city.name,
            "fictional": sheet.city.fictional,
            "day": plan.day,
            "inspector": route.owner,
            "note": note,
            "approximate": plan.approximate,
            "planned_at": route.planned_at.isoformat(timespec="seconds"),
            "dropped": [{"name": d.stop.name, "reason": d.text(language)} for d in plan.dropped],
            "features": features,
        }
    )


def _leg_features(sheet: Sheet) -> Iterator[dict[str, Any]]:
    plan = sheet.plan
    driven = [line.row for line in sheet.lines if line.row.kind in (RowKind.STOP, RowKind.END)]
    for number, (leg, row) in enumerate(zip(plan.legs, driven, strict=True), start=1):
        yield {
            "type": "Feature",
            "id": f"leg-{number}",
            "geometry": _line(leg),
            "properties": {
                "kind": "leg",
                "to": number if number <= len(plan.stops) else None,
                "minutes": round(row.travel_minutes, 1),
                "metres": round(leg.metres),
                "via": list_roads(leg),
            },
        }


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
    return {
        "type": "Feature",
        "id": identifier,
        "geometry": {"type": "Point", "coordinates": [round(place.lon, 6), round(place.lat, 6)]},
        "properties": {"kind": identifier.partition("-")[0], **properties},
    }


def _line(leg: TravelPath) -> Any:
    if leg.line.is_empty:
        return None
    return orjson.Fragment(shapely.to_geojson(shapely.set_precision(leg.line, 1e-6, mode="pointwise")))


def file_name(sheet: Sheet, suffix: str, say: Say) -> str:
    """Return a file name that says which route it is, and whether its city is invented."""
    words = N_("巡查路线_{number}（虚构示例）") if sheet.city.fictional else N_("巡查路线_{number}")
    return f"{say(words, number=sheet.route.number)}.{suffix}"
