"""Reads of what the database holds: how many of each, and what waits for a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.models import (
    Community,
    Complaint,
    Contract,
    DataVersion,
    Firm,
    Neighbourhood,
    Road,
    Street,
)
from portal.store.complaints.unplaced import waiting
from portal.terms import CommunityStatus, PlaceLevel


@dataclass(frozen=True)
class Holdings:
    """How many of each: of the city, or of one street.

    Parameters
    ----------
    located, unlocated
        Active communities with and without a place on the map.
    unnamed
        Located ones that have an outline and no name.
    nameless_street
        Active communities under no street.
    """

    streets: int
    neighbourhoods: int
    located: int
    unlocated: int
    unnamed: int
    nameless_street: int
    firms: int
    contracts: int
    roads: int


@dataclass(frozen=True)
class LevelLine:
    """Complaints whose place is known to one level: all, those about property service, those that wait."""

    level: PlaceLevel
    n: int
    property_related: int
    waiting: int


def count(session: Session, street_id: int | None) -> Holdings:
    """Return how many of each there are; of one street where ``street_id`` is given."""
    active = (Community.status == CommunityStatus.ACTIVE, *_of(Community.street_id, street_id))
    contracts = select(Contract.firm_id).join(Community, Community.id == Contract.community_id)
    contracts = contracts.where(*_of(Community.street_id, street_id)) if street_id else contracts
    firms = select(Firm.id) if street_id is None else contracts.distinct()
    parts = (
        select(Street.id).where(*_of(Street.id, street_id)),
        select(Neighbourhood.id).where(*_of(Neighbourhood.street_id, street_id)),
        select(Community.id).where(*active, Community.location.is_not(None)),
        select(Community.id).where(*active, Community.location.is_(None)),
        select(Community.id).where(*active, Community.name.is_(None)),
        select(Community.id).where(*active, Community.street_id.is_(None)),
        firms,
        contracts,
        select(Road.id),
    )
    return Holdings(*session.execute(select(*map(_number, parts))).one())


def complaint_levels(session: Session, street_id: int | None) -> list[LevelLine]:
    """Return the complaints of each place level, from exact to vague; a level without any has zeros."""
    rows = session.execute(
        select(
            Complaint.place_level,
            func.count(),
            func.count().filter(Complaint.property_related),
            func.count().filter(*waiting(), Complaint.property_related),
        )
        .where(*_of(Complaint.street_id, street_id))
        .group_by(Complaint.place_level)
    )
    found = {row[0]: row[1:] for row in rows}
    return [LevelLine(level, *found.get(level, (0, 0, 0))) for level in PlaceLevel]


def changes(session: Session) -> dict[str, datetime]:
    """Return when each subject was last written."""
    rows = session.execute(select(DataVersion.subject, DataVersion.changed_at)).tuples()
    return dict(iter(rows))


def _of(column: Any, street_id: int | None) -> list[ColumnElement[bool]]:
    return [] if street_id is None else [column == street_id]


def _number(rows: Select[Any]) -> Any:
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
