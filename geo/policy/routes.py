"""The part of a city's policy that inspection routes are planned by: shifts, stops, speeds of roads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

from geo.errors import PolicyError
from geo.texts import N_


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
        raise PolicyError(N_("每一类道路都要有大于 0 的车速"))
    ends = [time.min, *(moment for part in policy.shift for moment in (part.start, part.end))]
    if ends != sorted(ends):
        raise PolicyError(N_("班次的各时段须先后排列、互不重叠"))
