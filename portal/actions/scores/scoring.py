"""Scores: computed anew from the evidence, written where they differ."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import pandas as pd
from sqlalchemy import Text, cast, delete, func, select, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from geo.policy.city import parse_city
from geo.scores import DIMENSIONS, score_communities
from portal.actions.transactions import staging, upserts
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.import_run import lock_imports
from portal.errors import N_
from portal.models import CityPolicy, DataVersion, ServiceScore
from portal.scope import parse_period
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.store.scores import evidence
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


Step = Callable[[str, int, int], None]


def score(
    session: Session,
    zone: ZoneInfo,
    *,
    user_id: int | None = None,
    wait: Callable[[], None] = lambda: None,
    step: Step = lambda name, done, total: None,
) -> Scored:
    """Score every community in every quarter with evidence; one without points or veto has no row.

    Parameters
    ----------
    zone
        The quarter of a record is that of its local time there.
    wait
        Called when an import or another scoring has to finish first.
    step
        Called with what begins, a marked text, and how many steps of how many are done.
    """
    with committed(session):
        lock_imports(session, wait)
        begun = session.scalars(select(func.clock_timestamp())).one()
        _await_writes(session)
        news = bool(data_versions.scores_outdated(session)) or Subject.SCORES not in data_versions.current(
            session
        )
        table = compute(session, zone, step)
        step(N_("写入评分"), 1, 1)
        scored = write(session, table)
        if scored.written or news:
            # As of before the evidence was read: what is written meanwhile is newer than the scores.
            touch(session, [Subject.SCORES], begun)
            audit(session, user_id, "score", Subject.SCORES, detail={"written": scored.written})
    return scored


def _await_writes(session: Session) -> None:
    """Wait until what was written before now is committed: what comes later is newer than the scores."""
    for subject in data_versions.SCORED:
        # Let go of at once: two held together could keep two writes waiting for each other.
        with session.begin_nested() as savepoint:
            version = select(DataVersion.subject).where(DataVersion.subject == subject)
            session.execute(version.with_for_update(read=True))
            savepoint.rollback()


def compute(session: Session, zone: ZoneInfo, step: Step = lambda name, done, total: None) -> pd.DataFrame:
    """Score the evidence, each quarter with the policy in force on its last day; see `score`.

    Returns
    -------
    pandas.DataFrame
        As `geo.scores.score_communities` returns it, and ``policy_version``.

    Raises
    ------
    Unavailable
        The database holds no policy yet.
    """
    step(N_("读取评分依据"), 0, 1)
    found = evidence.load(session, zone)
    versions = policy_store.policies(session)
    quarters: dict[CityPolicy, list[str]] = {}
    for quarter in found.periods:
        policy = policy_store.in_force(versions, parse_period(quarter).last_day)
        quarters.setdefault(policy, []).append(quarter)
    tables = []
    for done, (policy, named) in enumerate(
        (quarters or {policy_store.in_force(versions, date.max): []}).items()
    ):
        step(N_("按城市政策计算评分"), done, len(quarters) or 1)
        scored = score_communities(found.within(named), parse_city(policy.document))
        tables.append(scored.assign(policy_version=policy.version))
    return pd.concat(tables, ignore_index=True)


def write(session: Session, table: pd.DataFrame) -> Scored:
    """Bring the stored scores to ``table`` (see `compute`)."""
    given = table[table["points"].notna() | table["veto"]]
    staged = staging.stage(
        session,
        {
            "community_id": (staging.WHOLE, given["community"]),
            "period": (staging.TEXT, given["period"]),
            "points": (staging.NUMBER, given["points"]),
            "band": (staging.TEXT, given["band"]),
            "veto": (staging.FLAG, given["veto"]),
            "policy_version": (staging.SMALL, given["policy_version"]),
            "dimensions": (staging.TEXT, [_explain(row) for row in given.to_dict("records")]),
            "missing": (staging.TEXTS, [names.split("|") if names else [] for names in given["missing"]]),
        },
    )
    columns = [column for column in staged.c if column.name != "dimensions"]
    rows = select(*columns, cast(staged.c.dimensions, JSONB).label("dimensions")).subquery()
    written = upserts.upsert(session, ServiceScore, rows, ("community_id", "period"))
    kept = select(staged.c.community_id, staged.c.period)
    gone = delete(ServiceScore).where(
        tuple_(ServiceScore.community_id, cast(ServiceScore.period, Text)).not_in(kept)
    )
    removed = upserts.rows_of(session, gone)
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
