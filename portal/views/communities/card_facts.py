"""What a community's card shows, gathered and worded; sections the viewer may not see stay empty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.as_of import AsOf
from portal.errors import N_
from portal.models import ServiceScore
from portal.scope import Period, Scope
from portal.store import data_versions
from portal.store.communities import card as communities
from portal.store.communities.card import Governance, Head, Seen
from portal.store.complaints import figures as complaints
from portal.store.complaints.figures import Tally

MONTHS = 12
DIMENSIONS = {
    "inspection": N_("现场检查"),
    "street": N_("街道社区评价"),
    "residents": N_("业主满意度"),
    "complaints": N_("投诉办理"),
}
# Why a dimension has no points, or not all it is made of, by the flag that the score keeps.
REASONS = {
    "missing": N_("本季度没有记录"),
    "insufficient_sample": N_("样本不足"),
    "partial": N_("部分指标缺失"),
}
PARTIAL_SURVEY = N_("户数未填写，不能核对样本占比")


@dataclass(frozen=True)
class Dimension:
    """Points of one dimension of the score; ``points`` None with the reason."""

    label: str
    points: float | None
    most: float
    reason: str


@dataclass(frozen=True)
class Fee:
    """A contract's fee beside the guide price of its grade, both yuan per m² and month.

    Parameters
    ----------
    guide
        Guide price of the grade, with the part for lifts where the community has any; None without grade.
    over
        Share by which the fee, of a range its upper end, exceeds the guide price; negative below it. None
        where nobody knows
        whether there are lifts: the guide price may lack their part then.
    lift, fire
        The parts for lifts (0 where none is known) and for fire protection, which is not in ``guide``.
    """

    guide: float | None
    over: float | None
    lift: float
    fire: float | None


@dataclass(frozen=True)
class Month:
    """Complaints of one month; ``n`` None where no source speaks of the community's street."""

    first_day: date
    n: int | None


@dataclass(frozen=True)
class Details:
    """What only those see who see the street's details."""

    facts: Any
    scores: Sequence[ServiceScore]
    outdated: str  # the day on which scores were computed, where evidence has changed since
    dimensions: list[Dimension]
    by_category: Sequence[Any]
    complaints: Tally
    months: list[Month]
    contract: Any
    fee: Fee | None
    inspections: Sequence[Any]
    findings: Sequence[Any]
    governance: Governance
    history: Sequence[Any]


@dataclass(frozen=True)
class Card:
    """One community's card; ``details`` None where the viewer may not see them."""

    head: Head
    details: Details | None


def gather(
    session: Session, community_id: int, scope: Scope, viewer: Viewer, city: City, as_of: AsOf
) -> Card:
    """Return the card of a community for a scope, as of a day.

    Raises
    ------
    NotFound
        There is no such community.
    """
    head = communities.head(session, community_id, scope.period)
    seen = Seen(community_id, viewer.street_id)
    facts = communities.facts(session, seen)
    if facts is None:
        return Card(head, None)
    period, zone, day = scope.period, city.zone, as_of.served_on
    scores = communities.scores(session, seen, period)
    current = scores[0] if scores and scores[0].period == str(period) else None
    contract = communities.contract(session, seen, day)
    return Card(
        head,
        Details(
            facts=facts,
            scores=scores,
            outdated=data_versions.scores_outdated(session),
            dimensions=_dimensions(current, city),
            by_category=complaints.by_category(session, scope, zone, seen),
            complaints=complaints.tally(session, scope, zone, seen),
            months=_months(session, seen, period, zone),
            contract=contract,
            fee=None if contract is None else _fee(contract, facts.lifts),
            inspections=communities.inspections(session, seen, as_of),
            findings=communities.open_findings(session, seen, as_of),
            governance=communities.governance(session, seen, day, period),
            history=communities.history(session, seen),
        ),
    )


def _dimensions(score: ServiceScore | None, city: City) -> list[Dimension]:
    if score is None:
        return []
    found = []
    for name, label in DIMENSIONS.items():
        kept = score.dimensions.get(name) or {}
        points = None if name in score.missing else kept.get("points")
        most = float(kept.get("maximum", city.scores.weights[name]))
        flag = str(kept.get("flag") or ("missing" if points is None else ""))
        of_survey = (name, flag) == ("residents", "partial")
        reason = PARTIAL_SURVEY if of_survey else REASONS.get(flag, "")
        found.append(Dimension(label, points, most, reason))
    return found


def _fee(contract: Any, lifts: int | None) -> Fee:
    if contract.guide is None:
        return Fee(None, None, 0.0, None)
    lift = float(contract.guide_lift) if lifts else 0.0
    guide = float(contract.guide) + lift
    most = contract.fee if contract.fee_high is None else contract.fee_high
    over = None if most is None or lifts is None else most / guide - 1
    return Fee(guide, over, lift, contract.guide_fire)


def _months(session: Session, seen: Seen, period: Period, zone: ZoneInfo) -> list[Month]:
    """Return the twelve months that end with the period, also those of which nothing is known."""
    after = period.next.first_day
    firsts = [_month_before(after, back) for back in range(MONTHS, 0, -1)]
    counts = complaints.by_month(session, firsts[0], after, zone, seen)
    return [Month(first, counts.get(first)) for first in firsts]


def _month_before(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 - months
    return date(index // 12, index % 12 + 1, 1)
