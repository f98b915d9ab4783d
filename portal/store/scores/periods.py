"""Which quarters there is something to see of."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session

from portal.models import Complaint, ServiceScore
from portal.scope import Period, parse_period

MOST = 40  # quarters offered; a stray date of long ago must not make the list endless


def known(session: Session, latest: Period, zone: ZoneInfo) -> list[Period]:
    """Return the quarters that have scores or complaints, newest first.

    Parameters
    ----------
    latest
        The last quarter that is over: what is later is of an incomplete quarter, or of
        a mistaken date.
    zone
        Of the city, in which a complaint's quarter is told.
    """
    scored = select(ServiceScore.period.label("period")).where(ServiceScore.period <= str(latest))
    both = union(scored, _complained(latest, zone)).subquery()
    found = session.scalars(select(both.c.period).order_by(both.c.period.desc()).limit(MOST))
    return [parse_period(period) for period in found]


def newest(session: Session, latest: Period, zone: ZoneInfo) -> Period:
    """Return the quarter to begin with: the newest with scores, else with complaints, else ``latest``.

    Parameters
    ----------
    latest, zone
        As for `known`.
    """
    scored = session.scalar(select(func.max(ServiceScore.period)).where(ServiceScore.period <= str(latest)))
    if scored is not None:
        return parse_period(scored)
    complained = session.scalar(select(_quarter(_last_complaint(_end(latest, zone)), zone)))
    return parse_period(complained) if complained else latest


def _complained(latest: Period, zone: ZoneInfo) -> Select[Any]:
    """Return the quarters of complaints, each found by one step down the index on their time."""
    walk = select(_last_complaint(_end(latest, zone)).label("at")).cte("walk", recursive=True)
    begin = func.timezone(zone.key, func.date_trunc("quarter", func.timezone(zone.key, walk.c.at)))
    before = select(_last_complaint(begin)).where(walk.c.at.is_not(None))
    walk = walk.union_all(before)
    return select(_quarter(walk.c.at, zone)).where(walk.c.at.is_not(None))


def _last_complaint(before: Any) -> Any:
    return select(func.max(Complaint.received_at)).where(Complaint.received_at < before).scalar_subquery()


def _end(period: Period, zone: ZoneInfo) -> datetime:
    return datetime.combine(period.next.first_day, time.min, zone)


def _quarter(at: Any, zone: ZoneInfo) -> ColumnElement[str]:
    return func.to_char(func.timezone(zone.key, at), 'YYYY-"Q"Q')
