"""The solver: known best orders, the limits of a day, the same answer twice, and the kill."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import pairwise, permutations
from pathlib import Path

import numpy as np
import pytest

from geo.errors import PlanError
from geo.routes import solver
from geo.routes.solver import Problem, order_stops

SHIFT = ((32400, 43200), (50400, 63000))


def problem(count: int, visit_s: int = 1800, *, seed: int = 1, end: int | None = None) -> Problem:
    spots = np.random.default_rng(seed).uniform(0, 8000, (count + 1, 2))
    metres = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    visits = tuple((place, visit_s) for place in range(1, count + 1))
    return Problem(np.ceil(metres / 8).astype(np.int64), visits, end, SHIFT, 40)


def test_six_stops_are_visited_in_the_best_of_all_orders() -> None:
    given = problem(6, 900)

    def driving(order: tuple[int, ...]) -> int:
        return sum(int(given.travel_s[a, b]) for a, b in pairwise((0, *order)))

    best = min(permutations(range(1, 7)), key=driving)
    assert driving(tuple(order_stops(given, limit_s=30))) == driving(best)


def test_one_way_times_decide_the_direction() -> None:
    travel = np.full((4, 4), 3000)
    np.fill_diagonal(travel, 0)
    travel[0, 3] = travel[3, 2] = travel[2, 1] = travel[1, 0] = 60
    ring = Problem(travel, ((1, 600), (2, 600), (3, 600)), 0, SHIFT, 9)
    assert order_stops(ring, limit_s=30) == [3, 2, 1]


def test_the_shift_and_the_limit_on_stops_are_kept() -> None:
    assert len(order_stops(problem(30, 3600), limit_s=30)) == 5  # two before lunch, three after
    assert len(order_stops(replace(problem(12, 300), max_stops=5), limit_s=30)) == 5


def test_nothing_fits() -> None:
    assert order_stops(replace(problem(2), travel_s=np.full((3, 3), 50000)), limit_s=30) == []


def test_the_same_problem_gives_the_same_order() -> None:
    given = problem(25, 1200, end=0)
    assert order_stops(given, limit_s=30) == order_stops(given, limit_s=30)


def test_a_solver_that_takes_too_long_is_killed_and_leaves_no_child() -> None:
    slow = problem(900, 60)
    before = _children()
    begun = time.monotonic()
    with pytest.raises(PlanError, match="900 个站点的路线在 1 秒内没有排出来") as caught:
        order_stops(slow, limit_s=1)
    assert time.monotonic() - begun < 10
    assert "减少" in caught.value.remedy
    assert _children() <= before


def _children() -> set[str]:
    return {
        child
        for task in Path("/proc/self/task").iterdir()
        for child in (task / "children").read_text().split()
    }


def test_a_solver_that_breaks_is_a_plan_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken.py"
    broken.write_text("raise SystemExit(3)")
    monkeypatch.setattr(solver, "_CHILD", broken)
    with pytest.raises(PlanError, match="程序出错"):
        order_stops(problem(3), limit_s=30)
