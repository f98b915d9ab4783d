"""The child process that runs VROOM: a problem as JSON on stdin, the order of stops as JSON on stdout.

Started as a script by `geo.routes.solver`, never imported: VROOM holds the interpreter's
lock and cannot be cancelled, so it must run where it can be killed.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

import vroom

_MOST_THOROUGH = 5


def order_stops(problem: dict[str, Any]) -> list[int]:
    """Return the places visited, in order.

    Parameters
    ----------
    problem
        ``travel_s``: whole seconds between places, place 0 is the start;
        ``visits``: [place, seconds] each; ``end``: place or None; ``windows``:
        [begin, end] of each part of the shift; ``max_stops``.
    """
    windows = problem["windows"]
    model = vroom.Input()
    model.set_durations_matrix("car", problem["travel_s"])
    breaks = [
        vroom.Break(number, [vroom.TimeWindow(closes, closes)], service=opens - closes)
        for number, ((_, closes), (opens, _)) in enumerate(zip(windows, windows[1:], strict=False))
        if opens > closes
    ]
    model.add_vehicle(
        vroom.Vehicle(
            0,
            start=0,
            end=problem["end"],
            time_window=vroom.TimeWindow(windows[0][0], windows[-1][1]),
            breaks=breaks,
            max_tasks=problem["max_stops"],
        )
    )
    model.add_job([_job(place, seconds, windows) for place, seconds in problem["visits"]])
    # One thread: the same problem must give the same order.
    routes = model.solve(exploration_level=_MOST_THOROUGH, nb_threads=1).routes
    return [int(place) for place in routes.loc[routes["type"] == "job", "location_index"]]


def _job(place: int, seconds: int, windows: list[list[int]]) -> vroom.Job:
    starts = [
        vroom.TimeWindow(opens, closes - seconds) for opens, closes in windows if closes - opens >= seconds
    ]
    return vroom.Job(place, location=place, default_service=seconds, time_windows=starts)


if __name__ == "__main__":
    given = json.load(sys.stdin)
    # Should the parent die, the child still ends.
    resource.setrlimit(resource.RLIMIT_CPU, (given["cpu_limit_s"], given["cpu_limit_s"]))
    json.dump(order_stops(given), sys.stdout)
