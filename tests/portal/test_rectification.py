"""Which rectifications are open, and when one is late."""

from __future__ import annotations

from datetime import datetime

import pytest

from portal import rectification
from portal.terms import RectificationState, Severity

DAY = datetime.fromisoformat("2025-06-03T00:00+08:00")
NOW = datetime.fromisoformat("2025-06-03T15:00+08:00")


def test_a_rectification_is_open_until_it_has_passed() -> None:
    assert set(rectification.OPEN) == set(RectificationState) - {RectificationState.PASSED}


def test_what_is_reported_is_open_but_not_owed() -> None:
    assert set(rectification.OPEN) - set(rectification.OWED) == {RectificationState.REPORTED}


@pytest.mark.parametrize(
    ("severity", "due", "late"),
    [
        (Severity.CRITICAL, "2025-06-03T14:59+08:00", True),
        (Severity.CRITICAL, "2025-06-03T15:00+08:00", False),
        (Severity.SERIOUS, "2025-06-03T00:00+08:00", False),
        (Severity.SERIOUS, "2025-06-02T23:59+08:00", True),
        (Severity.MINOR, "2025-06-03T14:59+08:00", False),
    ],
)
def test_what_is_critical_is_late_from_its_hour_all_else_from_the_next_day(
    severity: Severity, due: str, late: bool
) -> None:
    assert (datetime.fromisoformat(due) < rectification.late_before(DAY, NOW)[severity]) is late
