"""Route sheet: rows to print, a GPX file and links into navigation apps, from a day plan."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import quote

from geo.datums.crs import Datum, convert
from geo.policy.city import City
from geo.roads.network import Note, Place, TravelPath
from geo.routes.plans import DayPlan, Pause, PlannedStop
from geo.texts import N_, Say

_CALLER = "wuye-atlas"
_GPX = "http://www.topografix.com/GPX/1/1"
# What XML 1.0 cannot hold even when escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class RowKind(StrEnum):
    """What a row of the sheet is about."""

    START = "start"
    STOP = "stop"
    PAUSE = "pause"
    END = "end"


@dataclass(frozen=True)
class SheetRow:
    """One row of a route sheet.

    Parameters
    ----------
    kind
        Start, stop, pause or end.
    order
        Number of the stop; None for other rows.
    place
        Where; None for a pause.
    eta, leaves
        Arrival and departure; begin and end of a pause.
    window
        The part of the shift in which the visit takes place; None for other rows.
    visit_minutes, wait_minutes
        Time on site, and waiting before it.
    travel_minutes, travel_m
        From the row before. The minutes are what lies between the plan's times less
        breaks, so that they agree however these are rounded; where the times are
        estimates, the minutes are those of the way.
    via
        Names of the roads on the way, in order, each once.
    note
        The label that stands beside `eta`.
    """

    kind: RowKind
    order: int | None
    place: Place | None
    eta: datetime
    leaves: datetime
    window: tuple[datetime, datetime] | None
    visit_minutes: int
    wait_minutes: float
    travel_minutes: float
    travel_m: float
    via: tuple[str, ...]
    note: Note


def list_rows(plan: DayPlan, city: City) -> list[SheetRow]:
    """Return the rows of a plan in the order of the day: start, stops and pauses, end.

    A pause stands after the stop where it is spent, when the inspector arrives
    before it and the visit begins after it.
    """
    pauses = {pause.before_order: pause for pause in plan.pauses}
    rows = [_plain(RowKind.START, plan.start, plan.departs, plan.note)]
    departs = plan.departs
    for stop in plan.stops:
        here = [_stop_row(stop, departs, plan, city)]
        departs = stop.depart
        pause = pauses.get(stop.order)
        if pause is not None:
            here.insert(1 if stop.arrive <= pause.start else 0, _pause_row(pause, plan))
        rows += here
    if None in pauses:
        rows.append(_pause_row(pauses[None], plan))
    if plan.end is not None and plan.end_leg is not None:
        rows.append(_end_row(plan.end, plan.end_leg, departs, plan))
    return rows


def _pause_row(pause: Pause, plan: DayPlan) -> SheetRow:
    return replace(_plain(RowKind.PAUSE, None, pause.start, plan.note), leaves=pause.end)


def _end_row(end: Place, leg: TravelPath, departs: datetime, plan: DayPlan) -> SheetRow:
    return replace(
        _plain(RowKind.END, end, plan.finishes, plan.note),
        travel_minutes=_driven_minutes(leg, departs, plan.finishes, plan),
        travel_m=leg.metres,
        via=list_roads(leg),
    )


def _plain(kind: RowKind, place: Place | None, moment: datetime, note: Note) -> SheetRow:
    return SheetRow(kind, None, place, moment, moment, None, 0, 0.0, 0.0, 0.0, (), note)


def _driven_minutes(leg: TravelPath, departs: datetime, arrives: datetime, plan: DayPlan) -> float:
    return leg.seconds / 60 if plan.approximate else _working_minutes(departs, arrives, plan)


def _working_minutes(begin: datetime, end: datetime, plan: DayPlan) -> float:
    """Return what lies between two moments less the breaks."""
    nothing = timedelta()
    breaks = [min(end, pause.end) - max(begin, pause.start) for pause in plan.pauses]
    return (end - begin - sum((max(rest, nothing) for rest in breaks), nothing)) / timedelta(minutes=1)


def _stop_row(planned: PlannedStop, departs: datetime, plan: DayPlan, city: City) -> SheetRow:
    return SheetRow(
        kind=RowKind.STOP,
        order=planned.order,
        place=planned.stop,
        eta=planned.arrive,
        leaves=planned.depart,
        window=_window(planned, plan, city),
        visit_minutes=planned.stop.visit_minutes,
        wait_minutes=_working_minutes(planned.arrive, planned.begin, plan),
        travel_minutes=_driven_minutes(planned.leg, departs, planned.arrive, plan),
        travel_m=planned.leg.metres,
        via=list_roads(planned.leg),
        note=plan.note,
    )


def _window(planned: PlannedStop, plan: DayPlan, city: City) -> tuple[datetime, datetime]:
    zone = city.zone
    parts = [
        (datetime.combine(plan.day, part.start, zone), datetime.combine(plan.day, part.end, zone))
        for part in city.routes.shift
    ]
    # Rounded estimates may touch the end of a part, so the last one that has begun decides.
    return max((part for part in parts if part[0] <= planned.begin), default=parts[0])


def list_roads(leg: TravelPath) -> tuple[str, ...]:
    """Return the names of the roads of a leg, in order, each once."""
    return tuple(dict.fromkeys(stretch.name for stretch in leg.roads if stretch.name))


@dataclass(frozen=True)
class NavigationLinks:
    """Addresses that open a navigation app with the way to one place."""

    amap: str
    baidu: str
    tencent: str


def link_navigation(place: Place) -> NavigationLinks:
    """Return the links to ``place`` (WGS 84); the apps are given GCJ-02.

    Raises
    ------
    DatumError
        The position is not a number or out of range.
    """
    x, y = convert(place.lon, place.lat, Datum.WGS84, Datum.GCJ02)
    lon, lat = f"{float(x):.6f}", f"{float(y):.6f}"
    # The apps split their parameters at these signs, also when they are escaped.
    name = re.sub(r"[,|:\s]+", " ", place.name).strip()
    text = quote(name, safe="")
    destination = quote(f"name:{name}|latlng:{lat},{lon}", safe="")
    return NavigationLinks(
        amap=f"https://uri.amap.com/navigation?to={lon},{lat},{text}&mode=car&src={_CALLER}&callnative=1",
        baidu=f"baidumap://map/direction?destination={destination}&coord_type=gcj02&mode=driving&src={_CALLER}",
        tencent=f"qqmap://map/routeplan?type=drive&to={text}&tocoord={lat},{lon}&referer={_CALLER}",
    )


def write_gpx(plan: DayPlan, city: City, say: Say) -> str:
    """Return the plan as GPX 1.1: a waypoint and a route point for start, stops and end.

    Positions are WGS 84, times UTC; labels are as ``say`` says them and carry the plan's note.
    """
    labels = [say(plan.note.text)]
    if city.fictional:
        labels.append(say(N_("虚构示例数据")))
    root = ET.Element("gpx", xmlns=_GPX, version="1.1", creator=_CALLER)
    title = say(N_("巡查路线 {day}"), day=plan.day.isoformat())
    _describe(ET.SubElement(root, "metadata"), title, " · ".join(labels))
    points = list(_points(plan, say))
    for place, name, eta in points:
        _add_point(root, "wpt", place, name, eta, labels[0])
    route = ET.SubElement(root, "rte")
    _describe(route, title, " · ".join(labels))
    for place, name, eta in points:
        _add_point(route, "rtept", place, name, eta, labels[0])
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _points(plan: DayPlan, say: Say) -> Iterator[tuple[Place, str, datetime]]:
    yield plan.start, f"{say(N_('起点'))} {plan.start.name}", plan.departs
    for planned in plan.stops:
        yield planned.stop, f"{planned.order} {planned.stop.name}", planned.arrive
    if plan.end is not None and plan.end_leg is not None:
        yield plan.end, f"{say(N_('终点'))} {plan.end.name}", plan.finishes


def _add_point(parent: ET.Element, tag: str, place: Place, name: str, eta: datetime, note: str) -> None:
    position = {"lat": f"{place.lat:.7f}", "lon": f"{place.lon:.7f}"}
    point = ET.SubElement(parent, tag, position)
    ET.SubElement(point, "time").text = eta.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    _describe(point, name, f"{eta:%H:%M} {note}")


def _describe(element: ET.Element, name: str, description: str) -> None:
    ET.SubElement(element, "name").text = _NOT_XML.sub("", name)
    ET.SubElement(element, "desc").text = _NOT_XML.sub("", description)
