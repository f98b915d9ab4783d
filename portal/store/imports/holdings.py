"""Reads of what the database holds: how many of each, and what waits for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from portal.models import Base, Community, Complaint, Contract, DataVersion, Firm
from portal.store.communities.unlocated import Lack, lacking
from portal.store.communities.unnamed import unnamed
from portal.store.complaints import doubtful
from portal.store.complaints.unplaced import waiting
from portal.terms import CommunityStatus, PlaceLevel


@dataclass(frozen=True)
class Holdings:
    """How many of each: of the city, or of one street.

    Parameters
    ----------
    rows
        By subject; a street's hold only what belongs to one.
    located, unlocated
        Active communities with and without a place on the map.
    unnamed
        Located ones that have an outline and no name.
    nameless_street
        Active communities under no street.
    """

    rows: dict[str, int]
    located: int
    unlocated: int
    unnamed: int
    nameless_street: int


@dataclass(frozen=True)
class LevelLine:
    """Complaints whose place is known to one level.

    All, those about property service, those of them that wait for a community, and all that wait for a
    ruling on their place.
    """

    level: PlaceLevel
    n: int
    property_related: int
    waiting: int
    doubtful: int = 0


def count(session: Session, street_id: int | None, models: Mapping[str, type[Base]]) -> Holdings:
    """Return how many of each there are; of one street where ``street_id`` is given.

    Parameters
    ----------
    models
        By subject, the tables whose rows are counted.
    """
    of_each = {subject: _rows_of(model, street_id) for subject, model in models.items()}
    counted = {subject: rows for subject, rows in of_each.items() if rows is not None}
    active = _active(street_id)
    own = [] if street_id is None else [Community.street_id == street_id]
    parts = (
        select(Community.id).where(*active, Community.location.is_not(None)),
        select(Community.id).where(*own, *lacking(Lack.LOCATION)),
        select(Community.id).where(*own, *unnamed()),
        select(Community.id).where(*active, Community.street_id.is_(None)),
    )
    found = session.execute(select(*map(_number, (*parts, *counted.values())))).one()
    return Holdings(dict(zip(counted, found[len(parts) :], strict=True)), *found[: len(parts)])


def _rows_of(model: type[Base], street_id: int | None) -> Select[Any] | None:
    """Return the rows that count; None where they belong to no street and one is asked for."""
    if model is Community:
        return select(Community.id).where(*_active(street_id))
    of_street = select(Contract.firm_id).join(Community, Community.id == Contract.community_id)
    of_street = of_street.where(Community.street_id == street_id)
    if street_id is not None and model in (Firm, Contract):
        return of_street.distinct() if model is Firm else of_street
    if street_id is None:
        return select(model.__table__)
    column = model.__table__.c.get("street_id")
    return None if column is None else select(model.__table__).where(column == street_id)


def _active(street_id: int | None) -> tuple[ColumnElement[bool], ...]:
    return (Community.status == CommunityStatus.ACTIVE, *_of(Community.street_id, street_id))


def complaint_levels(session: Session, street_id: int | None) -> list[LevelLine]:
    """Return the complaints of each place level, from exact to vague; a level without any has zeros."""
    rows = session.execute(
        select(
            Complaint.place_level,
            func.count(),
            func.count().filter(Complaint.property_related),
            func.count().filter(*waiting(), Complaint.property_related),
            func.count().filter(*doubtful.waiting()),
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
