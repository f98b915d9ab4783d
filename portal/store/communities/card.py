"""Reads of one community: what everyone may see, and what only those who see its street's details may."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, select
from sqlalchemy.orm import Session

from portal.as_of import AsOf
from portal.errors import N_, NotFound
from portal.models import (
    Community,
    CommunityAlias,
    CommunityGate,
    CommunityHistory,
    CommunityIdentity,
    Contract,
    Finding,
    Firm,
    FourPartyMeeting,
    GuidePrice,
    Inspection,
    Neighbourhood,
    OwnersCommittee,
    OwnersCommitteeMember,
    PartyOrganisation,
    Rectification,
    ServiceScore,
    Street,
)
from portal.scope import Period
from portal.store import firms
from portal.store import inspections as inspected
from portal.store.communities.names import Named, named
from portal.store.communities.scores import scored
from portal.store.places.streets import box_of

INSPECTIONS, SCORES, EVENTS = 5, 8, 10


@dataclass(frozen=True)
class Seen:
    """A community whose details are asked for, and the only street whose details the viewer sees.

    ``details_street_id`` None sees all. Every statement about details carries `only`,
    so that what a viewer may not see never leaves the database.
    """

    community_id: int
    details_street_id: int | None

    def only(self, column: Any) -> ColumnElement[bool]:
        """Return the condition: ``column`` is this community, and its details may be seen."""
        mine: ColumnElement[bool] = column == self.community_id
        if self.details_street_id is None:
            return mine
        inside = exists().where(
            Community.id == self.community_id, Community.street_id == self.details_street_id
        )
        return and_(mine, inside)


@dataclass(frozen=True)
class Head(Named):
    """What everyone may see of a community: its names, where it is, its band.

    ``box`` is west, south, east, north of its outline, else of its point; None without either.
    """

    neighbourhood: str | None
    band: str | None
    lon: float | None
    lat: float | None
    box: tuple[float, ...] | None
    outlined: bool
    aliases: tuple[str, ...]


def head(session: Session, community_id: int, period: Period) -> Head:
    """Return the head of a community's card.

    Raises
    ------
    NotFound
        There is no such community.
    """
    aliases = (
        select(func.array_agg(CommunityAlias.alias))
        .where(CommunityAlias.community_id == Community.id)
        .scalar_subquery()
    )
    row = session.execute(
        select(
            *named(),
            Neighbourhood.name.label("neighbourhood"),
            ServiceScore.band,
            func.ST_X(Community.location).label("lon"),
            func.ST_Y(Community.location).label("lat"),
            box_of(func.coalesce(Community.outline, Community.location)).label("box"),
            Community.outline.is_not(None).label("outlined"),
            aliases.label("aliases"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Community.neighbourhood_id)
        .outerjoin(ServiceScore, scored(period))
        .where(Community.id == community_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("没有这个小区"))
    box = None if row.lon is None else tuple(row.box)
    return Head(**{**row._mapping, "box": box, "aliases": tuple(sorted(row.aliases or ()))})


def facts(session: Session, seen: Seen) -> Row[Any] | None:
    """Return what the register says of a community, its gates and sources; None if not to be seen."""
    gates = _listed(CommunityGate.name, CommunityGate)
    sources = _listed(CommunityIdentity.source, CommunityIdentity)
    return session.execute(
        select(
            Community.address,
            Community.kind,
            Community.built_year,
            Community.households,
            Community.floor_area_m2,
            Community.lifts,
            Community.reference_price_yuan_m2,
            Community.registered_street,
            Community.street_how,
            Community.street_share,
            Community.source_datum,
            func.ST_Area(func.geography(Community.outline)).label("area_m2"),
            gates.label("gates"),
            sources.label("sources"),
        ).where(seen.only(Community.id))
    ).one_or_none()


def scores(session: Session, seen: Seen, period: Period) -> Sequence[ServiceScore]:
    """Return the newest scores up to ``period``, newest first."""
    return session.scalars(
        select(ServiceScore)
        .where(seen.only(ServiceScore.community_id), ServiceScore.period <= str(period))
        .order_by(ServiceScore.period.desc())
        .limit(SCORES)
    ).all()


def contract(session: Session, seen: Seen, day: date) -> Row[Any] | None:
    """Return the contract that covers ``day`` with its firm and its grade's guide price, None without.

    ``ends_on`` is the contract's last day, None where it is open; ``fee_high`` the upper end of a fee
    that is a range, whose lower end ``fee`` is then.
    """
    return session.execute(
        select(
            Firm.id.label("firm_id"),
            Firm.name.label("firm"),
            func.lower(Contract.period).label("starts_on"),
            (func.upper(Contract.period) - 1).label("ends_on"),
            Contract.grade,
            Contract.fee_yuan_m2_month.label("fee"),
            Contract.fee_high_yuan_m2_month.label("fee_high"),
            Contract.posted_fee_yuan_m2_month.label("posted_fee"),
            Contract.posted_fee_high_yuan_m2_month.label("posted_fee_high"),
            GuidePrice.yuan_m2_month.label("guide"),
            GuidePrice.lift_yuan_m2_month.label("guide_lift"),
            GuidePrice.fire_yuan_m2_month.label("guide_fire"),
        )
        .join_from(Community, Contract, firms.serving(day))
        .join(Firm, Firm.id == Contract.firm_id)
        .outerjoin(GuidePrice, and_(GuidePrice.grade == Contract.grade, GuidePrice.period.contains(day)))
        .where(seen.only(Community.id))
    ).one_or_none()


def inspections(session: Session, seen: Seen, as_of: AsOf) -> Sequence[Row[Any]]:
    """Return the newest inspections up to the day, and the newest after it (``later``), newest first.

    Of each when it was, and how many findings it had.
    """
    later = (Inspection.inspected_at >= as_of.ends).label("later")
    place = func.row_number().over(partition_by=later, order_by=Inspection.inspected_at.desc())
    numbered = (
        select(Inspection.id, Inspection.inspected_at, later, place.label("place"))
        .where(seen.only(Inspection.community_id))
        .subquery()
    )
    return session.execute(
        select(numbered.c.inspected_at, numbered.c.later, func.count(Finding.id).label("findings"))
        .outerjoin(Finding, Finding.inspection_id == numbered.c.id)
        .where(numbered.c.place <= INSPECTIONS)
        .group_by(numbered.c.id, numbered.c.inspected_at, numbered.c.later)
        .order_by(numbered.c.inspected_at.desc())
    ).all()


def open_findings(session: Session, seen: Seen, as_of: AsOf) -> Sequence[Row[Any]]:
    """Return the findings whose rectification is open as known on the day, the one due first first.

    ``state`` is as known then too; ``late`` is whether it was overdue.
    """
    return session.execute(
        select(
            Finding.clause,
            Finding.severity,
            Finding.indicator,
            inspected.state(as_of).label("state"),
            Rectification.due_at,
            inspected.is_late(as_of).label("late"),
        )
        .join(Inspection, Inspection.id == Finding.inspection_id)
        .join(Rectification, Rectification.finding_id == Finding.id)
        .where(seen.only(Inspection.community_id), inspected.is_open(as_of))
        .order_by(Rectification.due_at)
    ).all()


@dataclass(frozen=True)
class Governance:
    """Who works together in a community, as far as there are records of it.

    ``term`` and ``ends_on`` (the last day) are None without a record of a committee in office,
    ``party`` is False without one of a party organisation: neither says that there is none.
    """

    term: int | None
    ends_on: date | None
    members: int
    concurrent: bool
    party: bool
    party_acts: bool
    meetings: int
    minuted: int
    issues_raised: int
    issues_closed: int


def governance(session: Session, seen: Seen, day: date, period: Period) -> Governance:
    """Return the owners' committee and party organisation of ``day``, the meetings of ``period``."""
    committee = session.execute(
        select(
            OwnersCommittee.term,
            func.upper(OwnersCommittee.period) - 1,
            func.count(OwnersCommitteeMember.id),
            func.coalesce(func.bool_or(OwnersCommitteeMember.concurrent_post), False),
        )
        .outerjoin(OwnersCommitteeMember, OwnersCommitteeMember.owners_committee_id == OwnersCommittee.id)
        .where(seen.only(OwnersCommittee.community_id), OwnersCommittee.period.contains(day))
        .group_by(OwnersCommittee.id)
        .order_by(OwnersCommittee.term.desc())
        .limit(1)
    ).one_or_none()
    acts = select(PartyOrganisation.acts_for_committee).where(seen.only(PartyOrganisation.community_id))
    meetings = session.execute(
        select(
            acts.scalar_subquery(),
            func.count(),
            func.count().filter(FourPartyMeeting.minuted),
            func.coalesce(func.sum(FourPartyMeeting.issues_raised), 0),
            func.coalesce(func.sum(FourPartyMeeting.issues_closed), 0),
        ).where(
            seen.only(FourPartyMeeting.community_id),
            FourPartyMeeting.held_on.between(period.first_day, period.last_day),
        )
    ).one()
    term, ends_on, members, concurrent = committee or (None, None, 0, False)
    return Governance(
        term, ends_on, members, concurrent, meetings[0] is not None, bool(meetings[0]), *meetings[1:]
    )


def history(session: Session, seen: Seen) -> Sequence[Row[tuple[str, datetime, dict[str, Any]]]]:
    """Return what happened to the record, newest first."""
    return session.execute(
        select(CommunityHistory.kind, CommunityHistory.at, CommunityHistory.detail)
        .where(seen.only(CommunityHistory.community_id))
        .order_by(CommunityHistory.at.desc(), CommunityHistory.id.desc())
        .limit(EVENTS)
    ).all()


def _listed(column: Any, table: Any) -> Any:
    found: Select[Any] = select(func.array_agg(column.distinct())).where(table.community_id == Community.id)
    return found.scalar_subquery()
