"""The order of stops, solved by VROOM in a child process that is killed when it takes too long."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.errors import PlanError
from geo.texts import N_

_CHILD = Path(__file__).with_name("vroom_child.py")


@dataclass(frozen=True)
class Problem:
    """One inspector's day, in whole seconds.

    Parameters
    ----------
    travel_s
        (n, n) driving time between places; place 0 is the start.
    visits
        (place, time on site) of each stop.
    end
        The place where the day ends, None for the last stop.
    windows
        Begin and end of each part of the shift, since midnight.
    max_stops
        The most stops a day may have.
    """

    travel_s: NDArray[np.int64]
    visits: tuple[tuple[int, int], ...]
    end: int | None
    windows: tuple[tuple[int, int], ...]
    max_stops: int


def order_stops(problem: Problem, *, limit_s: float) -> list[int]:
    """Return the places to visit, in order: as many as fit, in the least driving time.

    The same problem gives the same order. Solver: VROOM (Coupey et al.,
    https://github.com/VROOM-Project/vroom), most thorough exploration.

    Parameters
    ----------
    limit_s
        Wall-clock time after which the solver is killed.

    Raises
    ------
    PlanError
        The time ran out, or the solver failed.
    """
    document = json.dumps(
        {
            "travel_s": problem.travel_s.tolist(),
            "visits": problem.visits,
            "end": problem.end,
            "windows": problem.windows,
            "max_stops": problem.max_stops,
            "cpu_limit_s": math.ceil(limit_s) + 1,
        }
    )
    try:
        # Isolated mode: neither this folder nor the environment decides what the child imports.
        done = subprocess.run(  # noqa: S603
            [sys.executable, "-I", str(_CHILD)],
            input=document,
            capture_output=True,
            text=True,
            timeout=limit_s,
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise PlanError(
            N_("{stops} 个站点的路线在 {seconds} 秒内没有排出来"),
            remedy=N_("请减少小区，或分成几天"),
            stops=len(problem.visits),
            seconds=f"{limit_s:g}",
        ) from error
    except (subprocess.CalledProcessError, OSError) as error:
        raise PlanError(N_("排路线的程序出错了"), remedy=N_("请再试一次；再次出现请告诉管理员")) from error
    return [int(place) for place in json.loads(done.stdout)]
