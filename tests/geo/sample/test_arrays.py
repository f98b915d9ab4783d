"""Cells of which some are empty."""

from __future__ import annotations

from datetime import date

import numpy as np

from geo.sample.arrays import keep_where, to_dates


def test_unknown_cells_are_none() -> None:
    kept = keep_where(np.array([True, False, True]), np.array([1.5, 2.5, 3.5]))
    assert kept.tolist() == [1.5, None, 3.5]


def test_days_become_plain_dates() -> None:
    assert to_dates(np.array(["2025-12-31"], dtype="datetime64[s]")) == [date(2025, 12, 31)]
