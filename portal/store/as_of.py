"""How far the city's data reach: the newest day of each kind."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.as_of import Kind
from portal.models import Complaint, Inspection


def newest_days(session: Session, today: date, zone: ZoneInfo) -> dict[Kind, date]:
    """Return the newest day of each kind that there are data of; a mistaken date in the future is none."""
    tomorrow = datetime.combine(today + timedelta(days=1), time(), zone)

    def newest(moment: Any) -> Any:
        return select(func.max(moment)).where(moment < tomorrow).scalar_subquery()

    row = session.execute(
        select(
            newest(Complaint.received_at).label(Kind.COMPLAINTS),
            newest(Inspection.inspected_at).label(Kind.INSPECTIONS),
        )
    ).one()
    return {
        kind: moment.astimezone(zone).date()
        for kind in Kind
        if (moment := row._mapping[kind.value]) is not None
    }
