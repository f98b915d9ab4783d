"""Reads of service scores."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import ServiceScore
from portal.scope import Period, parse_period


def newest_period(session: Session) -> Period | None:
    """Return the newest quarter that has any score, None without scores."""
    period = session.scalar(select(ServiceScore.period).order_by(ServiceScore.period.desc()).limit(1))
    return None if period is None else parse_period(period)


def periods(session: Session) -> list[Period]:
    """Return the quarters that have scores, newest first."""
    found = session.scalars(select(ServiceScore.period).distinct().order_by(ServiceScore.period.desc()))
    return [parse_period(period) for period in found]
