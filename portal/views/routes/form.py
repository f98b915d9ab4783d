"""The form of a new route: what was chosen and typed, as a request, with errors that name the field."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from geo.roads.network import Place
from portal.actions.routes import RouteRequest
from portal.errors import N_, BadRequest
from portal.query.rings import read_lonlat
from portal.scope import parse_ids
from portal.store.routes import records as store
from portal.store.routes.records import Candidate
from portal.web import context
from portal.web.forms import Form

LABELS = {
    "stops": N_("小区"),
    "day": N_("日期"),
    "start": N_("起点"),
    "start_at": N_("起点坐标"),
    "end": N_("终点"),
    "visit_minutes": N_("每站现场时间"),
}
# The field that a person changes to mend an error of another one.
SHOWN_AT = {"end": "start"}
IDS = {
    "stops": "route-chosen-title",
    "start_name": "route-start-name",
    "start_at": "route-start-at",
    "visit_minutes": "route-visit",
}
POINT = "point"  # value of `start` where it is no community of the list
NAME_CHARACTERS = 60


@dataclass(frozen=True, kw_only=True)
class RouteForm(Form):
    """Everything the form's template needs.

    Parameters
    ----------
    values
        What is in the fields, as typed: ``stops`` (ids), ``day``, ``start`` (``point``
        or an id), ``start_name``, ``start_at``, ``back`` (1 or 0), ``visit_minutes``.
    chosen
        The communities of ``stops`` that exist.
    vanished
        How many of ``stops`` do not.
    """

    chosen: tuple[Candidate, ...]
    vanished: int

    name: ClassVar[str] = "route"
    prefix: ClassVar[str] = "route-"
    labels: ClassVar[Mapping[str, str]] = LABELS
    ids: ClassVar[Mapping[str, str]] = IDS
    shown_at: ClassVar[Mapping[str, str]] = SHOWN_AT

    @classmethod
    def from_link(cls, arguments: Mapping[str, str]) -> RouteForm:
        """Return the form that a link opens; what it does not say has its default.

        The default start is where the viewer's newest route started, else the first
        community that is located; the default day is tomorrow.
        """
        error = None
        try:
            ids = _ids(arguments.get("stops", ""))
        except BadRequest as wrong:
            ids, error = [], wrong
        chosen = tuple(store.candidates(context.session(), ids, context.say))
        first = next((item.place.key for item in chosen if item.located), POINT)
        last = store.last_start(context.session(), context.viewer().user_id)
        values = {
            "stops": ",".join(item.place.key for item in chosen),
            "day": (context.today() + timedelta(days=1)).isoformat(),
            "start": POINT if last else first,
            "start_name": last.name if last else "",
            "start_at": f"{last.lon:.6f},{last.lat:.6f}" if last else "",
            "back": "1",
            "visit_minutes": str(context.city().routes.visit_minutes),
        }
        values |= {name: text for name, text in arguments.items() if name in values and name != "stops"}
        form = cls(values=values, chosen=chosen, vanished=len(ids) - len(chosen))
        return form if error is None else form.with_mistake(error)

    @classmethod
    def from_post(cls, posted: Mapping[str, str]) -> RouteForm:
        """Return the form as sent; a box that is not ticked is not sent."""
        return cls.from_link({"back": "0", "start": POINT, "start_name": "", "start_at": "", **posted})

    def to_request(self) -> RouteRequest:
        """Read the fields.

        Raises
        ------
        BadRequest
            ``params["field"]`` names the field that cannot be read.
        """
        start = self._start()
        return RouteRequest(
            day=_day(self.values["day"]),
            community_ids=tuple(int(item.place.key) for item in self.chosen),
            start=start,
            end=start if self.goes_back else None,
            visit_minutes=_minutes(self.values["visit_minutes"], self.most_minutes),
        )

    def address_of_rest(self, without: Candidate) -> str:
        """Return the arguments of this form without one of its communities."""
        left = [item.place.key for item in self.chosen if item is not without]
        return urlencode({**self.values, "stops": ",".join(left)}, safe=",")

    @property
    def starts(self) -> list[tuple[Candidate, str]]:
        """The communities that the day can start from, each as `called`, numbered where need be."""
        called = [(item, self.called(item)) for item in self.chosen if item.located]
        alike, seen = Counter(name for _, name in called), Counter[str]()
        starts = []
        for item, name in called:
            seen[name] += 1
            text = N_("{name} · 第 {n} 个")
            own = name if alike[name] == 1 else context.say(text, name=name, n=seen[name])
            starts.append((item, own))
        return starts

    def called(self, item: Candidate) -> str:
        """Return a community's name, with its street where another of the list is called the same."""
        name = item.place.name
        if sum(other.place.name == name for other in self.chosen) == 1:
            return name
        street = item.street or context.say(N_("街道未知"))
        return context.say(N_("{name}（{street}）"), name=name, street=street)

    @property
    def goes_back(self) -> bool:
        """Whether the day ends where it starts."""
        return self.values["back"] == "1"

    @property
    def starts_at_point(self) -> bool:
        """Whether the start is a point rather than a community of the list."""
        return self.values["start"] not in {item.place.key for item in self.chosen if item.located}

    @property
    def most_minutes(self) -> int:
        """The longest visit that any part of the shift can hold."""
        return max(part.minutes for part in context.city().routes.shift)

    @property
    def most_stops(self) -> int:
        """How many stops a day may have."""
        return context.city().routes.max_stops

    @property
    def first_day(self) -> str:
        """The first day that can be planned."""
        return context.today().isoformat()

    def _start(self) -> Place:
        if not self.starts_at_point:
            item = next(item for item in self.chosen if item.place.key == self.values["start"])
            return Place("start", self.called(item), item.place.lon, item.place.lat)
        if not self.values["start_at"].strip():
            raise BadRequest(
                N_("{field}：还没有选择起点"),
                remedy=N_("请在地图上选点、使用我的位置，或填写坐标"),
                field="start_at",
            )
        lon, lat = read_lonlat(self.values["start_at"], "start_at")
        name = self.values["start_name"].replace("\x00", "").strip()[:NAME_CHARACTERS]
        return Place("start", name or context.say(N_("所选位置")), lon, lat)


def _ids(text: str) -> list[int]:
    """Read ids in the order given, each once."""
    known = parse_ids(text, "stops") or frozenset()
    parts = [int(part) for part in text.split(",") if part.strip()] if known else []
    return list(dict.fromkeys(parts))


def _day(text: str) -> date:
    if not text.strip():
        raise BadRequest(N_("{field}：没有填写"), remedy=N_("请选择要去的日期"), field="day")
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise BadRequest(
            N_("{field}：{value} 不是日期"), remedy=N_("请写成 2025-06-03"), field="day", value=text[:20]
        ) from None
    if day < context.today():
        raise BadRequest(N_("{field}：{value} 已经过去"), field="day", value=day.isoformat())
    return day


def _minutes(text: str, most: int) -> int:
    digits = text.strip()
    if not digits:
        raise BadRequest(N_("{field}：没有填写"), remedy=N_("请填写每站需要多少分钟"), field="visit_minutes")
    if not (re.fullmatch(r"[0-9]{1,4}", digits) and 1 <= int(digits) <= most):
        raise BadRequest(
            N_("{field}：应为 1 到 {most} 之间的整数分钟"),
            remedy=N_("上限是一个时段的长度"),
            field="visit_minutes",
            most=most,
        )
    return int(digits)
