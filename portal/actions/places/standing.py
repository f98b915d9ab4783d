"""Where complaints stand already: by a name as long as it is one, and as clerks have ruled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.models import Community, Complaint


def standing() -> ColumnElement[Any]:
    """Return the community of a complaint; of one that was merged, what it was merged into."""
    merged = select(Community.merged_into_id).where(Community.id == Complaint.community_id)
    return func.coalesce(merged.correlate(Complaint).scalar_subquery(), Complaint.community_id)


def where_they_stay(
    session: Session, source: str, records: pd.DataFrame, names: Sequence[str]
) -> pd.Series[Any]:
    """Return the communities under which records of ``source`` stand that word their place as before.

    Parameters
    ----------
    records
        ``source_key`` and ``names``.
    names
        The columns that word a place.
    """
    worded = (getattr(Complaint, f"reported_{name}") for name in names)
    rows = session.execute(
        select(Complaint.source_key, standing(), *worded).where(
            Complaint.source == source, Complaint.community_id.is_not(None)
        )
    )
    known = {key: (community_id, tuple(words)) for key, community_id, *words in rows}
    nowhere: tuple[None, tuple[Any, ...]] = (None, ())
    found = []
    for key, *words in records[["source_key", *names]].itertuples(index=False, name=None):
        community_id, before = known.get(key, nowhere)
        same = before == tuple(word if isinstance(word, str) else None for word in words)
        found.append(community_id if same else None)
    return pd.Series(found, index=records.index, dtype=object)


def what_was_ruled(
    session: Session, source: str, records: pd.DataFrame, names: Sequence[str]
) -> pd.Series[Any]:
    """Return what clerks have ruled of records of ``source`` that give the same place as before.

    Parameters
    ----------
    records
        ``source_key``, ``raw_lon``, ``raw_lat``, ``source_datum`` and ``names``.
    names
        The columns that word a place.
    """
    given = ("raw_lon", "raw_lat", "source_datum")
    worded = (getattr(Complaint, name) for name in (*given, *(f"reported_{name}" for name in names)))
    rows = session.execute(
        select(Complaint.source_key, Complaint.ruling, *worded).where(
            Complaint.source == source, Complaint.ruling.is_not(None)
        )
    )
    known = {key: (ruling, tuple(place)) for key, ruling, *place in rows}
    if not known:
        return pd.Series(None, index=records.index, dtype=object)
    found = []
    for key, *place in records[["source_key", *given, *names]].itertuples(index=False, name=None):
        ruling, before = known.get(key, (None, None))
        same = before == tuple(None if pd.isna(part) else part for part in place)
        found.append(ruling if same else None)
    return pd.Series(found, index=records.index, dtype=object)
