"""The part of a city's policy that inspection routes are planned by: shifts, stops, speeds of roads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from geo.errors import PolicyError
from geo.policy.keys import Column, Group, Key, Number, Rows, Table, Text
from geo.texts import N_

_CLOCK = Text(5, 5, r"([01][0-9]|2[0-3]):[0-5][0-9]", N_("时:分，例如 09:00"))
_SPEED = Number(1, 150)
_KMH = N_("公里/小时")
_MINUTES = N_("分钟")
GROUP = Group(
    "routes",
    N_("巡查路线"),
    (
        Key(
            "routes.shift",
            N_("班次"),
            N_("一天里可以走访的时段，先后排列、互不重叠。"),
            Rows((Column("start", N_("开始"), _CLOCK), Column("end", N_("结束"), _CLOCK)), most=6),
        ),
        Key(
            "routes.visit_minutes",
            N_("每站停留"),
            N_("新建路线时每站停留多久的初值。"),
            Number(1, 480, whole=True),
            _MINUTES,
        ),
        Key(
            "routes.max_stops",
            N_("最多站数"),
            N_("一天的路线最多排多少站。"),
            Number(1, 200, whole=True),
            N_("站"),
        ),
        Key(
            "routes.solve_limit_s",
            N_("计算时限"),
            N_("排一条路线最多算多久，超过就放弃。"),
            Number(1, 300),
            N_("秒"),
        ),
        Key(
            "routes.snap_limit_m",
            N_("离路最远"),
            N_("小区离道路超过这个距离就算到不了。"),
            Number(10, 5_000),
            N_("米"),
        ),
        Key(
            "routes.straight_line_factor",
            N_("直线绕行系数"),
            N_("没有道路数据时，路程按直线距离乘以这个数估计。"),
            Number(1, 5),
        ),
        Key(
            "routes.straight_line_kmh",
            N_("直线车速"),
            N_("没有道路数据时按这个车速估计时间。"),
            _SPEED,
            _KMH,
        ),
        Key(
            "routes.straight_line_round_minutes",
            N_("直线估算取整"),
            N_("没有道路数据时，时刻取整到几分钟。"),
            Number(1, 60, whole=True),
            _MINUTES,
        ),
        Key(
            "routes.class_speed_kmh",
            N_("各类道路的车速"),
            N_("OpenStreetMap 的道路类别及其车速，标注限速更低的按限速；没有列出的类别不进路网。"),
            Table(_SPEED),
            _KMH,
        ),
    ),
)


@dataclass(frozen=True)
class Shift:
    """A working window of one inspection day, local time."""

    start: time
    end: time

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute


@dataclass(frozen=True)
class RoutePolicy:
    """How inspection routes are planned.

    `class_speed_kmh` lists the drivable classes of OpenStreetMap's ``highway``;
    roads of any other class are not part of the network. A plan that takes
    longer than `solve_limit_s` to compute is given up.
    """

    snap_limit_m: float
    straight_line_factor: float
    straight_line_kmh: float
    straight_line_round_minutes: int
    visit_minutes: int
    shift: tuple[Shift, ...]
    max_stops: int
    solve_limit_s: float
    class_speed_kmh: Mapping[str, float]


def read_route_policy(table: Mapping[str, Any]) -> RoutePolicy:
    """Read ``routes`` of a policy document; KeyError, TypeError or ValueError where it is faulty."""
    return RoutePolicy(
        snap_limit_m=float(table["snap_limit_m"]),
        straight_line_factor=float(table["straight_line_factor"]),
        straight_line_kmh=float(table["straight_line_kmh"]),
        straight_line_round_minutes=int(table["straight_line_round_minutes"]),
        visit_minutes=int(table["visit_minutes"]),
        shift=tuple(
            Shift(time.fromisoformat(part["start"]), time.fromisoformat(part["end"]))
            for part in table["shift"]
        ),
        max_stops=int(table["max_stops"]),
        solve_limit_s=float(table["solve_limit_s"]),
        class_speed_kmh={name: float(speed) for name, speed in table["class_speed_kmh"].items()},
    )


def check_route_policy(policy: RoutePolicy) -> None:
    """Refuse what no route could be planned by.

    Raises
    ------
    PolicyError
        No class of road has a speed, one has none above 0, or the windows of the shift are
        out of order or overlap.
    """
    if min(policy.class_speed_kmh.values(), default=0.0) <= 0:
        raise PolicyError(
            N_("每一类道路都要有大于 0 的车速"),
            remedy=N_("不许行车的类别请删去"),
            field="routes.class_speed_kmh",
        )
    ends = [time.min, *(moment for part in policy.shift for moment in (part.start, part.end))]
    if ends != sorted(ends):
        raise PolicyError(
            N_("班次的各时段须先后排列、互不重叠"),
            remedy=N_("请核对各时段的开始和结束"),
            field="routes.shift",
        )
