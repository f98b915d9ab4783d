"""The score of a community in one quarter, as every list, map and card joins it."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, literal

from portal.labels import NO_BAND
from portal.models import Community, ServiceScore
from portal.scope import Period


def scored(period: Period) -> ColumnElement[bool]:
    """Return the condition that joins a community to its score of ``period``."""
    return and_(ServiceScore.community_id == Community.id, ServiceScore.period == str(period))


def band() -> ColumnElement[str]:
    """Return the band's code, `NO_BAND` where no record gives a score."""
    return func.coalesce(ServiceScore.band, literal(NO_BAND))
