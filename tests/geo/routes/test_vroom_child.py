"""The child by itself: JSON in, order out, and its own limit on CPU time."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

from geo.routes import solver

CHILD = Path(solver.__file__).with_name("vroom_child.py")
SHIFT = [[32400, 43200], [50400, 63000]]


def run(problem: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", str(CHILD)]
    return subprocess.run(command, input=json.dumps(problem), capture_output=True, text=True, timeout=60)


def test_it_prints_the_order_and_nothing_else() -> None:
    travel = (600 * np.abs(np.subtract.outer([0, 3, 1, 2], [0, 3, 1, 2]))).tolist()
    done = run(
        {
            "travel_s": travel,
            "visits": [[1, 600], [2, 600], [3, 600]],
            "end": None,
            "windows": SHIFT,
            "max_stops": 9,
            "cpu_limit_s": 10,
        }
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == [2, 3, 1]


def test_a_visit_takes_place_within_one_of_all_windows() -> None:
    # Two hours fit only into the last of three windows, half an hour into each.
    problem = {
        "travel_s": np.zeros((5, 5), dtype=int).tolist(),
        "visits": [[1, 7200], [2, 1800], [3, 1800], [4, 7000]],
        "end": None,
        "windows": [[32400, 34200], [36000, 37800], [39600, 54000]],
        "max_stops": 9,
        "cpu_limit_s": 10,
    }
    done = run(problem)
    assert (done.returncode, done.stderr) == (0, "")
    assert sorted(json.loads(done.stdout)) == [1, 2, 3, 4]
    assert {json.loads(done.stdout).index(place) for place in (2, 3)} == {0, 1}


def test_it_ends_by_itself_when_nobody_kills_it() -> None:
    spots = np.random.default_rng(5).uniform(0, 20000, (900, 2))
    metres = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    done = run(
        {
            "travel_s": np.ceil(metres / 8).astype(int).tolist(),
            "visits": [[place, 60] for place in range(1, 900)],
            "end": 0,
            "windows": SHIFT,
            "max_stops": 900,
            "cpu_limit_s": 1,
        }
    )
    assert done.returncode in {-signal.SIGXCPU, -signal.SIGKILL}
    assert done.stdout == ""
