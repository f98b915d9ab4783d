"""What another policy would do, before anybody keeps it: what changes, what is computed and measured anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import pandas as pd
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import FrameError, PolicyError
from geo.policy.catalogue import KEYS, key_of
from geo.policy.city import City, parse_city
from geo.policy.differences import Difference, differences
from geo.scores import score_communities
from portal.actions.policy.versions import Why, put
from portal.actions.transactions.rehearsal import rehearse
from portal.errors import N_, BadRequest
from portal.models import Community, Complaint, Road, Route, Street
from portal.scope import parse_period
from portal.store import policy as policy_store
from portal.store.communities import unnamed_keys
from portal.store.scores import evidence


class Effect(StrEnum):
    """What hangs on a key."""

    NAMES = "names"
    CLOCK = "clock"
    SCORES = "scores"
    LAYERS = "layers"
    AREAS = "areas"
    GAPS = "gaps"
    COMPLAINTS = "complaints"
    FEES = "fees"
    ROUTES = "routes"
    ROADS = "roads"
    IMPORTS = "imports"
    AUDIT = "audit"
    LATER = "later"


# By where a key stands: the longest path that is its beginning counts.
EFFECTS: dict[str, tuple[Effect, ...]] = {
    "city": (Effect.NAMES,),
    "city.code": (Effect.AUDIT,),
    "city.timezone": (Effect.CLOCK, Effect.SCORES),
    "city.metric_epsg": (Effect.AREAS, Effect.GAPS, Effect.LAYERS, Effect.ROUTES, Effect.IMPORTS),
    "scores": (Effect.SCORES,),
    "scores.bands": (Effect.SCORES, Effect.LAYERS),
    "scores.finding_deductions": (Effect.LATER,),
    "complaints": (Effect.LAYERS,),
    "complaint_category": (Effect.NAMES, Effect.COMPLAINTS),
    "complaint_cause": (Effect.NAMES,),
    "fees": (Effect.FEES,),
    "fees.allowed_float": (Effect.LATER,),
    "fees.minimum_score": (Effect.LATER,),
    "routes": (Effect.ROUTES,),
    "routes.class_speed_kmh": (Effect.ROADS,),
    "datum": (Effect.IMPORTS,),
    "coordinates": (Effect.IMPORTS,),
    "shapes": (Effect.GAPS, Effect.IMPORTS),
    "shapes.largest_community_m2": (Effect.IMPORTS,),
    "shapes.gap_width_m": (Effect.GAPS,),
}
EXAMPLES = 20


@dataclass(frozen=True)
class Regraded:
    """A community whose grade would be another: codes of bands, None for no score."""

    name: str | None
    key: str | None
    period: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Consequences:
    """What a policy would do.

    Parameters
    ----------
    day
        From which it would be in force.
    changes
        What it says otherwise than the version in force on that day.
    effects
        What hangs on that, each once.
    periods
        Quarters with evidence that would be graded by it: those that end on its day or later.
    regraded, better, worse
        Examples of communities that would change their grade, and how many would, upwards and else.
    streets, was_km2, becomes_km2
        How many streets have an area, and their sum as measured in either CRS.
    complaints, roads, routes
        How many there are that stay as they are.
    """

    day: date
    changes: Sequence[Difference]
    effects: Sequence[Effect]
    periods: Sequence[str]
    regraded: Sequence[Regraded]
    better: int
    worse: int
    streets: int
    was_km2: float
    becomes_km2: float
    complaints: int
    roads: int
    routes: int


def foresee(session: Session, document: Mapping[str, Any], day: date, why: Why) -> Consequences:
    """Return what a document would do as the policy from a day on; nothing of it stays.

    Parameters
    ----------
    session
        Without pending changes.

    Raises
    ------
    BadRequest
        It says nothing else than the version in force on that day.
    PolicyError
        It is not a valid policy, or no score could follow it; names the key.
    Conflict
        A newer version was kept meanwhile.
    """
    before = policy_store.in_force(policy_store.policies(session), day).document
    was_km2 = _total_km2(session)

    def measure(rehearsing: Session) -> float:
        put(rehearsing, dict(document), day, why)
        return _total_km2(rehearsing)

    becomes_km2 = rehearse(session, measure)
    changes = sorted(differences(before, document), key=place_of)
    if not changes:
        raise BadRequest(N_("没有改动任何一项"), remedy=N_("请修改后再查看后果"))
    effects = _effects(changes)
    periods, moved = _regraded(session, before, document, day) if Effect.SCORES in effects else ([], None)
    order = [band.code for band in parse_city(document).scores.bands]
    better = sum(_rank(order, row.band_after) < _rank(order, row.band_before) for row in _rows(moved))
    return Consequences(
        day=day,
        changes=changes,
        effects=effects,
        periods=periods,
        regraded=_named(session, _rows(moved)[:EXAMPLES]),
        better=better,
        worse=len(_rows(moved)) - better,
        streets=_count(session, Street),
        was_km2=was_km2,
        becomes_km2=becomes_km2,
        complaints=_count(session, Complaint),
        roads=_count(session, Road),
        routes=_count(session, Route),
    )


def effects_of(path: str) -> tuple[Effect, ...]:
    """Return what hangs on a place of the document; on one that is no key, nothing."""
    parts = path.split(".")
    tried = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next((EFFECTS[name] for name in tried if name in EFFECTS), (Effect.LATER,))


def _effects(changes: Sequence[Difference]) -> list[Effect]:
    found = {effect for change in changes for effect in effects_of(change.path)}
    return [effect for effect in Effect if effect in found]


def place_of(change: Difference) -> int:
    """Return where a change stands among all keys, as the page lists them."""
    key = key_of(change.path)
    return list(KEYS).index(key.path) if key else len(KEYS)


def _regraded(
    session: Session, before: Mapping[str, Any], after: Mapping[str, Any], day: date
) -> tuple[list[str], pd.DataFrame]:
    """Return the quarters that a policy would grade, and the communities whose grade would be another."""
    city = parse_city(after)
    found = evidence.load(session, city.zone)
    periods = [period for period in found.periods if parse_period(period).last_day >= day]
    concerned = found.within(periods)
    was, becomes = (_bands(concerned, one) for one in (parse_city(before), city))
    both = was.merge(becomes, on=["community", "period"], how="outer", suffixes=("_before", "_after"))
    moved = both["band_before"].fillna("") != both["band_after"].fillna("")
    both = both[moved].astype(object)
    return periods, both.where(both.notna(), None)


def _bands(found: Any, city: City) -> pd.DataFrame:
    try:
        return score_communities(found, city)[["community", "period", "band"]]
    except FrameError as error:
        raise PolicyError(
            N_("按这样的指标不能评分：{error}"),
            remedy=N_("已有检查记录的指标请保留，或先更正检查记录"),
            field="scores.inspection_indicators",
            error=error.message,
        ) from error


def _rows(moved: pd.DataFrame | None) -> list[Any]:
    return [] if moved is None else list(moved.itertuples(index=False))


def _rank(order: Sequence[str], band: str | None) -> int:
    return order.index(band) if band in order else len(order)


def _named(session: Session, rows: Sequence[Any]) -> list[Regraded]:
    wanted = select(Community.id, Community.name, unnamed_keys.key().label("key"))
    ids = [int(row.community) for row in rows]
    called = {row.id: row for row in session.execute(wanted.where(Community.id.in_(ids)))}
    return [
        Regraded(
            called[row.community].name,
            called[row.community].key,
            row.period,
            row.band_before,
            row.band_after,
        )
        for row in rows
    ]


def _total_km2(session: Session) -> float:
    return float(session.scalar(select(func.sum(Street.area_m2))) or 0) / 1e6


def _count(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0
