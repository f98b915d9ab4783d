"""Reads of evidence: the frames from which `geo.scores` makes scores, keyed by the portal's ids."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Select, Text, and_, cast, extract, func, select
from sqlalchemy.orm import Session

from geo.scores import Evidence
from portal.models import (
    Community,
    Complaint,
    Finding,
    Inspection,
    Penalty,
    StreetEvaluation,
    Survey,
    WorkOrder,
)
from portal.store.complaints.what_counts import counts
from portal.terms import CommunityStatus


def load(session: Session, zone: ZoneInfo) -> Evidence:
    """Return everything that gives points, by community id and quarter of local time."""
    return Evidence(
        communities=_frame(session, _communities()),
        inspections=_frame(session, _inspections(zone)),
        findings=_frame(session, _findings()),
        street_evaluations=_frame(session, _evaluations()),
        surveys=_frame(session, _surveys()),
        penalties=_frame(session, _penalties()),
        complaint_tallies=_frame(session, _tallies(zone)),
        spoken_of=_frame(session, _spoken_of(zone)),
    )


def quarter_of(day: Any) -> Any:
    """Return the quarter of a local date or time as text: ``2025-Q4``."""
    return func.concat(cast(extract("year", day), Text), "-Q", cast(extract("quarter", day), Text))


def _frame(session: Session, rows: Select[Any]) -> pd.DataFrame:
    result = session.execute(rows)
    return pd.DataFrame(result.all(), columns=list(result.keys()))


def _communities() -> Select[Any]:
    return select(Community.id.label("source_key"), Community.households).where(
        Community.status == CommunityStatus.ACTIVE
    )


def _inspections(zone: ZoneInfo) -> Select[Any]:
    local = func.timezone(zone.key, Inspection.inspected_at)
    return select(
        Inspection.id.label("source_key"),
        Inspection.community_id.label("community"),
        quarter_of(local).label("period"),
        Inspection.inspected_at,
    )


def _findings() -> Select[Any]:
    return select(Finding.inspection_id.label("inspection"), Finding.indicator, Finding.deduction)


def _evaluations() -> Select[Any]:
    row = StreetEvaluation
    return select(
        row.community_id.label("community"),
        row.period,
        row.cooperation,
        row.meetings,
        row.rectification,
        row.disclosure,
    )


def _surveys() -> Select[Any]:
    return select(Survey.community_id.label("community"), Survey.period, Survey.responses, Survey.mean_share)


def _penalties() -> Select[Any]:
    return select(
        Penalty.community_id.label("community"),
        quarter_of(Penalty.occurred_on).label("period"),
        Penalty.kind,
        Penalty.points,
    )


def _tallies(zone: ZoneInfo) -> Select[Any]:
    """Return how many complaints each community has a quarter, and how they were handled."""
    period = quarter_of(func.timezone(zone.key, Complaint.received_at)).label("period")
    called = WorkOrder.called_back.is_(True)
    return (
        select(
            Complaint.community_id.label("community"),
            period,
            func.count().label("complaints"),
            func.count(WorkOrder.responded_in_time).label("dispatched"),
            func.count().filter(WorkOrder.responded_in_time.is_(True)).label("contacted_in_time"),
            func.count().filter(called).label("called_back"),
            func.count().filter(and_(called, WorkOrder.resolved.is_(True))).label("resolved"),
            func.count().filter(and_(called, WorkOrder.satisfied.is_(True))).label("satisfied"),
        )
        .outerjoin(WorkOrder, WorkOrder.complaint_id == Complaint.id)
        .where(
            *counts(),
            Complaint.community_id.is_not(None),
            # A mistaken date of years to come makes no quarter.
            Complaint.received_at < func.now(),
        )
        .group_by(Complaint.community_id, period)
    )


def _spoken_of(zone: ZoneInfo) -> Select[Any]:
    """Return the communities and quarters of which the complaints' source speaks.

    A source that has no record of a street in a quarter may not cover it at all:
    that nobody complains there is then not known.
    """
    period = quarter_of(func.timezone(zone.key, Complaint.received_at)).label("period")
    streets = (
        select(Complaint.street_id, period)
        .where(Complaint.street_id.is_not(None), Complaint.received_at < func.now())
        .distinct()
        .subquery()
    )
    return (
        select(Community.id.label("community"), streets.c.period)
        .join(streets, streets.c.street_id == Community.street_id)
        .where(Community.status == CommunityStatus.ACTIVE)
    )
