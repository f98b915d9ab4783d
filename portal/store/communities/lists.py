"""Lists of communities: those of a street, those that a firm serves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.models import Community, Contract, ServiceScore, Street
from portal.scope import Period
from portal.store import firms
from portal.store.communities import unnamed_keys
from portal.store.communities.scores import band, scored
from portal.terms import CommunityStatus


def of_street(
    session: Session, period: Period, *, street_id: int, located: bool | None = None
) -> Sequence[Row[Any]]:
    """Return a street's active communities by name: id, name, key, band, whether located; those asked for."""
    rows = (
        select(*_line())
        .outerjoin(ServiceScore, scored(period))
        .where(Community.status == CommunityStatus.ACTIVE, Community.street_id == street_id)
        .order_by(Community.name, Community.id)
    )
    if located is not None:
        rows = rows.where(Community.location.is_not(None) == located)
    return session.execute(rows).all()


def of_firm(
    session: Session, period: Period, day: date, *, firm_id: int, details_street_id: int | None
) -> Sequence[Row[Any]]:
    """Return what a firm serves on ``day``, within the street whose details may be seen."""
    rows = (
        select(*_line(), Street.name.label("street"))
        .join(Contract, firms.serving(day))
        .outerjoin(Street, Street.id == Community.street_id)
        .outerjoin(ServiceScore, scored(period))
        .where(Community.status == CommunityStatus.ACTIVE, Contract.firm_id == firm_id)
        .order_by(Street.name, Community.name, Community.id)
    )
    if details_street_id is not None:
        rows = rows.where(Community.street_id == details_street_id)
    return session.execute(rows).all()


def _line() -> tuple[Any, ...]:
    """Return the columns of a community in a list."""
    return (
        Community.id,
        Community.name,
        unnamed_keys.key().label("key"),
        band().label("band"),
        Community.location.is_not(None).label("located"),
    )
