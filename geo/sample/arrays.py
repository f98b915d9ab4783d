"""The array types of the sample, and arrays of cells of which some are empty."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]
Cells = npt.NDArray[np.object_]
Days = npt.NDArray[np.datetime64]


def keep_where(known: Flags, values: npt.ArrayLike) -> Cells:
    """Return the values as plain objects, None where they are not known."""
    cells = np.full(len(known), None, dtype=object)
    cells[known] = np.asarray(values, dtype=object)[known]
    return cells


def to_dates(days: Days) -> list[date]:
    """Return ``datetime64`` days as plain dates."""
    plain: list[date] = days.astype("datetime64[D]").tolist()
    return plain
