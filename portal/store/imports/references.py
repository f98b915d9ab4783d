"""What rows refer to by number, in words: for those who look at examples of an import."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import (
    Community,
    Finding,
    Firm,
    Inspection,
    Neighbourhood,
    OwnersCommittee,
    Street,
)

# Column of a table to the column that names what it refers to.
_NAMED_BY: dict[str, Any] = {
    "community_id": Community.name,
    "firm_id": Firm.name,
    "street_id": Street.name,
    "neighbourhood_id": Neighbourhood.name,
    "owners_committee_id": OwnersCommittee.source_key,
    "inspection_id": Inspection.source_key,
    "finding_id": Finding.source_key,
}


def field_of(column: str) -> str:
    """Return what files call a column: ``community`` for ``community_id``."""
    return column.removesuffix("_id") if column in _NAMED_BY else column


def names(session: Session, column: str, ids: Collection[int]) -> dict[int, str]:
    """Return the names of what ``column`` refers to; empty where it refers to nothing that has one."""
    name = _NAMED_BY.get(column)
    if name is None or not ids:
        return {}
    rows = session.execute(select(name.class_.id, name).where(name.class_.id.in_(set(ids)))).tuples()
    return {row_id: called for row_id, called in rows if called}
