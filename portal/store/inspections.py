"""What is known of inspections and rectifications as of a day: later visits, later reports do not count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from portal import rectification
from portal.as_of import AsOf
from portal.models import Community, Finding, Inspection, Rectification
from portal.terms import RectificationState


def visited_at(as_of: AsOf) -> ColumnElement[datetime]:
    """Return the time of a community's last inspection up to the day, null without any."""
    return _last(Inspection.inspected_at < as_of.ends)


def visited_later_at(as_of: AsOf) -> ColumnElement[datetime]:
    """Return the time of its last inspection after the day, null without any."""
    return _last(Inspection.inspected_at >= as_of.ends)


def state(as_of: AsOf) -> ColumnElement[str]:
    """Return the state of a rectification as known on the day.

    What was reported or closed later was not yet. When a re-check failed or somebody was told above
    is not kept: such a state holds since the report.
    """
    open_, reported = RectificationState.OPEN, RectificationState.REPORTED
    later, closed = Rectification.reported_at >= as_of.ends, Rectification.closed_at >= as_of.ends
    unreported = Rectification.reported_at.is_(None)
    return case(
        (or_(later, and_(closed, unreported)), open_.value),
        (closed, reported.value),
        else_=Rectification.state,
    )


def is_open(as_of: AsOf) -> ColumnElement[bool]:
    """Return whether a rectification is open as known on the day."""
    return and_(Inspection.inspected_at < as_of.ends, state(as_of).in_(rectification.OPEN))


def is_late(as_of: AsOf) -> ColumnElement[bool]:
    """Return whether a rectification is overdue as known on the day, see `portal.rectification`."""
    due_before = rectification.late_before(as_of.begins, func.least(func.now(), as_of.ends))
    return and_(
        Inspection.inspected_at < as_of.ends,
        state(as_of).in_(rectification.OWED),
        or_(
            *(
                and_(Finding.severity == severity, Rectification.due_at < moment)
                for severity, moment in due_before.items()
            )
        ),
    )


def _last(condition: ColumnElement[bool]) -> ColumnElement[datetime]:
    newest = select(func.max(Inspection.inspected_at)).where(
        Inspection.community_id == Community.id, condition
    )
    return newest.correlate(Community).scalar_subquery()
