"""Reads of districts: a community is of its street's, else of the one that its register names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.models import Community, Street
from portal.terms import CommunityStatus


@dataclass(frozen=True)
class DistrictCount:
    """A district and how many communities it has."""

    name: str
    n: int


def of_community() -> ColumnElement[str | None]:
    """Return the district of a community that is joined to its street, null where none is known."""
    return func.coalesce(func.nullif(Street.district, ""), func.nullif(Community.registered_district, ""))


def is_in(names: Iterable[str]) -> ColumnElement[bool]:
    """Return the condition: the community, joined to its street, lies in one of these districts."""
    return of_community().in_(list(names))


def counts(
    session: Session,
    conditions: Iterable[ColumnElement[bool]] = (Community.status == CommunityStatus.ACTIVE,),
) -> list[DistrictCount]:
    """Count the communities of each district that has any, by name."""
    name = of_community().label("name")
    rows = session.execute(
        select(name, func.count())
        .select_from(Community)
        .outerjoin(Street, Street.id == Community.street_id)
        .where(*conditions, name.is_not(None))
        .group_by(name)
        .order_by(name)
    )
    return [DistrictCount(*row) for row in rows]
