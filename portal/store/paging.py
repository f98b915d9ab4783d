"""One page of a long list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Row, Select

Listed = TypeVar("Listed", bound=Select[Any])


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many rows all pages have."""

    rows: Sequence[Row[Any]]
    total: int


def page_of(listed: Listed, page: int, rows: int) -> Listed:
    """Return the SELECT of one page, counted from 1, of ``rows`` rows."""
    return listed.limit(rows).offset((page - 1) * rows)
