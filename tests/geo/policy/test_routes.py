"""The policy that routes are planned by: what is read, and what no plan could keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from geo.errors import PolicyError
from geo.policy.city import City
from geo.policy.routes import Shift, check_route_policy, read_route_policy

MORNING, AFTERNOON = Shift(time(9), time(12)), Shift(time(14), time(17, 30))


def test_a_shift_knows_its_length() -> None:
    assert (MORNING.minutes, AFTERNOON.minutes) == (180, 210)


def test_the_table_of_a_document_is_read(city: City) -> None:
    table = {
        "snap_limit_m": 300,
        "straight_line_factor": 1.4,
        "straight_line_kmh": 30,
        "straight_line_round_minutes": 5,
        "visit_minutes": 40,
        "shift": [{"start": "09:00", "end": "12:00"}, {"start": "14:00", "end": "17:30"}],
        "max_stops": 12,
        "solve_limit_s": 20,
        "class_speed_kmh": {"primary": 45},
    }
    read = read_route_policy(table)
    assert (read.shift, read.class_speed_kmh, read.max_stops) == ((MORNING, AFTERNOON), {"primary": 45.0}, 12)
    check_route_policy(read)
    with pytest.raises(KeyError, match="max_stops"):
        read_route_policy({name: value for name, value in table.items() if name != "max_stops"})


@pytest.mark.parametrize("shift", [(AFTERNOON, MORNING), (Shift(time(12), time(9)),), (MORNING, MORNING)])
def test_windows_out_of_order_are_refused(city: City, shift: tuple[Shift, ...]) -> None:
    with pytest.raises(PolicyError, match="先后排列"):
        check_route_policy(replace(city.routes, shift=shift))


@pytest.mark.parametrize("speeds", [{}, {"primary": 0.0}, {"primary": 45.0, "service": -1.0}])
def test_roads_need_a_speed(city: City, speeds: dict[str, float]) -> None:
    with pytest.raises(PolicyError, match="车速"):
        check_route_policy(replace(city.routes, class_speed_kmh=speeds))
