"""What reading a cell may come to beside a value: a problem, or a value with something to say about it."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.readers.problems import Problem


class CellError(Exception):
    """A cell cannot be read; holds the `Problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


class Noted(NamedTuple):
    """A value that is taken, and what there is to say about it."""

    value: Any
    problem: Problem
