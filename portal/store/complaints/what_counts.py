"""Which complaints count, and where anything is known of them: the same in every figure of the portal."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, exists

from portal.models import Complaint

ENQUIRY = "咨询"  # a request kind that is no complaint


def counts() -> list[ColumnElement[bool]]:
    """Return the conditions of a complaint that counts: about property service, no enquiry, no repeat."""
    return [
        Complaint.property_related.expression,
        Complaint.request_kind.is_distinct_from(ENQUIRY),
        Complaint.repeat_of_id.is_(None),
    ]


def between(first: date, after: date, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    """Return the conditions of a record received from ``first`` on, before ``after``."""
    return [Complaint.received_at >= _start(first, zone), Complaint.received_at < _start(after, zone)]


def spoken_of(street_id: Any, first: date, after: date, zone: ZoneInfo) -> ColumnElement[bool]:
    """Return whether any record of that time, on whatever matter, is of the street.

    Where none is, no source has spoken of the street: its communities have no known number
    of complaints, which is not the same as none.
    """
    return exists().where(Complaint.street_id == street_id, *between(first, after, zone))


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)
