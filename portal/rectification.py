"""How a rectification (整改) goes: which states are still open, and when one is overdue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from portal.terms import RectificationState, Severity

Moment = TypeVar("Moment")

# Not settled: shown until the rectification has passed.
OPEN = tuple(state for state in RectificationState if state is not RectificationState.PASSED)
# What the firm still owes. What it has reported waits for the inspector, and is not late.
OWED = tuple(state for state in OPEN if state is not RectificationState.REPORTED)


def late_before(day_begins: Moment, now: Moment) -> Mapping[Severity, Moment]:
    """Return, for each severity, the moment before which a rectification that is `OWED` was due if late.

    What is critical is due within 24 hours: it is late from its time on. Other deadlines are
    days: what is due on a day is late on the next.

    Parameters
    ----------
    day_begins
        The first moment of the day, in the city.
    now
        A moment of that day.
    """
    return {severity: now if severity is Severity.CRITICAL else day_begins for severity in Severity}
