"""Scores: computed anew from the evidence, written where they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import Text, cast, delete, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geo.city import City
from geo.scores import DIMENSIONS, score_communities
from portal.actions import staging
from portal.actions.transaction import audit, committed, touch
from portal.models import ServiceScore
from portal.store import evidence
from portal.terms import Subject


@dataclass(frozen=True)
class Scored:
    """What a scoring run wrote."""

    new: int
    changed: int
    removed: int
    unchanged: int

    @property
    def written(self) -> int:
        """Rows that differ from before."""
        return self.new + self.changed + self.removed


def score(session: Session, city: City, *, user_id: int | None = None) -> Scored:
    """Score every community in every quarter with evidence; one without points or veto has no row."""
    with committed(session):
        scored = write(session, score_communities(evidence.load(session, city.timezone), city))
        if scored.written:
            touch(session, [Subject.SCORES])
            audit(session, user_id, "score", Subject.SCORES, detail={"written": scored.written})
    return scored


def write(session: Session, table: pd.DataFrame) -> Scored:
    """Bring the stored scores to ``table`` (see `geo.scores.score_communities`)."""
    given = table[table["points"].notna() | table["veto"]]
    staged = staging.stage(
        session,
        {
            "community_id": (staging.WHOLE, given["community"]),
            "period": (staging.TEXT, given["period"]),
            "points": (staging.NUMBER, given["points"]),
            "band": (staging.TEXT, given["band"]),
            "veto": (staging.FLAG, given["veto"]),
            "dimensions": (staging.TEXT, [_explain(row) for row in given.to_dict("records")]),
            "missing": (staging.TEXTS, [names.split("|") if names else [] for names in given["missing"]]),
        },
    )
    columns = [column for column in staged.c if column.name != "dimensions"]
    rows = select(*columns, cast(staged.c.dimensions, JSONB).label("dimensions")).subquery()
    written = staging.upsert(session, ServiceScore, rows, ("community_id", "period"))
    kept = select(staged.c.community_id, staged.c.period)
    gone = delete(ServiceScore).where(
        tuple_(ServiceScore.community_id, cast(ServiceScore.period, Text)).not_in(kept)
    )
    removed = staging.rows_of(session, gone)
    return Scored(written.new, written.changed, removed, len(given) - written.rows)


def _explain(row: Mapping[Any, Any]) -> str:
    """Return the dimensions' points as JSON: points (null where missing), maximum, flag; and the bonus."""
    parts: dict[str, Any] = {
        name: {
            "points": None if pd.isna(row[f"{name}_points"]) else round(float(row[f"{name}_points"]), 2),
            "maximum": float(row[f"{name}_maximum"]),
            "flag": row[f"{name}_flag"],
        }
        for name in DIMENSIONS
    }
    return orjson.dumps(parts | {"bonus": {"points": float(row["bonus_points"])}}).decode()
