"""What a change of a community would do, before anybody saves it: it is done, looked at, and undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session, aliased

from portal.actions.communities.changes import Changed
from portal.actions.transactions.deed_rows import count_moved
from portal.actions.transactions.rehearsal import rehearse
from portal.models import (
    Community,
    Complaint,
    Inspection,
    Penalty,
    Route,
    RouteStop,
    ServiceScore,
    Street,
    StreetEvaluation,
    Survey,
)
from portal.place_names import district_key
from portal.store.communities import unnamed_keys
from portal.store.places.known import Streets
from portal.terms import PlaceHow

# What scores are computed from.
_EVIDENCE = (Complaint, Inspection, Penalty, StreetEvaluation, Survey)
_PLACED_ANEW = ("pin", "outline")


class Doubt(StrEnum):
    """What speaks against a change, so that a person is asked."""

    STREET = "street"
    DISTRICT = "district"
    NO_STREET = "no_street"
    OUTLINE = "outline"
    COMPLAINTS = "complaints"


@dataclass(frozen=True)
class Called:
    """A community by its name, or the key of one without a name; both None for no community."""

    name: str | None = None
    key: str | None = None

    @property
    def known(self) -> bool:
        """Whether it is a community."""
        return self.name is not None or self.key is not None


@dataclass(frozen=True)
class Move:
    """Complaints that go from one community to another."""

    source: Called
    target: Called
    n: int


@dataclass(frozen=True)
class Consequences:
    """What a change would do.

    Parameters
    ----------
    changed
        As the change itself would tell; its deed is gone.
    street_was, street_becomes
        Names of the community's street.
    street_there, district_there, registered
        Where the new pin or outline lies, and what the register says of it.
    moves
        Of complaints, most first.
    scores, scored
        How many service scores, of how many communities, are to be computed anew.
    routes, stops
        Planned routes of today and later that visit the communities, and their stops.
    doubts
        What speaks against it.
    """

    changed: Changed
    street_was: str | None
    street_becomes: str | None
    street_there: str | None
    district_there: str | None
    registered: str
    moves: Sequence[Move]
    scores: int
    scored: int
    routes: int
    stops: int
    doubts: Sequence[Doubt]

    @property
    def moves_street(self) -> bool:
        """Whether a community that has a street gets another one, or none."""
        return self.street_was is not None and self.street_was != self.street_becomes

    @property
    def worth_showing(self) -> bool:
        """Whether anything follows beyond what was asked for."""
        return bool(self.doubts or self.moves or self.moves_street or self.scores or self.stops)


@dataclass(frozen=True)
class _Place:
    """Where a community stands: by its record, and where its shape lies.

    ``covered`` is None where it lacks outline or pin, ``there_id`` where its shape lies in no street.
    """

    street: str | None
    registered_street: str | None
    registered_district: str | None
    covered: bool | None
    there_id: int | None
    there: str | None
    district_there: str | None


def foresee(
    session: Session, task: str, community_ids: Collection[int], act: Callable[[Session], Changed]
) -> Consequences:
    """Return what a change would do; nothing of it stays.

    Parameters
    ----------
    session
        Without pending changes.
    task
        What kind of change it is: ``pin`` and ``outline`` can be doubtful.
    community_ids
        The communities that it is about: the routes that visit them are counted.
    act
        Makes the change in the session that it is given; raises as it would in earnest.
    """

    def look(rehearsing: Session) -> Consequences:
        changed = act(rehearsing)
        now = _place_of(rehearsing, changed.community_id, task)
        pairs = count_moved(rehearsing, changed.deed_id, Complaint, "community_id")
        scores, scored = _scores(rehearsing, changed)
        routes, stops = _routes(rehearsing, {*community_ids, changed.community_id})
        called = _names(rehearsing, {one for pair in pairs for one in pair if one is not None})
        nobody = Called()
        return Consequences(
            changed=changed,
            street_was=was.get(changed.community_id),
            street_becomes=now.street,
            street_there=now.there,
            district_there=now.district_there,
            registered=" ".join(filter(None, (now.registered_district, now.registered_street))),
            moves=[
                Move(called.get(source, nobody), called.get(target, nobody), n)
                for (source, target), n in pairs.items()
            ],
            scores=scores,
            scored=scored,
            routes=routes,
            stops=stops,
            doubts=_doubts(rehearsing, now, changed) if task in _PLACED_ANEW else (),
        )

    was = _streets_of(session, community_ids)
    return rehearse(session, look)


def _streets_of(session: Session, community_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(
        select(Community.id, Street.name)
        .join(Street, Street.id == Community.street_id)
        .where(Community.id.in_(community_ids))
    )
    return dict(rows.tuples().all())


def _place_of(session: Session, community_id: int, task: str) -> _Place:
    """Return where a community stands; with an outline it lies in the street that has most of it."""
    by_name, around = aliased(Street), aliased(Street)
    covering = func.ST_Covers(around.outline, Community.pin)
    pinned = (
        select(around.id)
        .where(around.outline.op("&&")(Community.pin), covering)
        .order_by(around.source_key)
        .limit(1)
        .correlate(Community)
        .scalar_subquery()
    )
    overlapping = case((Community.street_how == PlaceHow.OVERLAP, Community.street_id))
    there = aliased(Street)
    row = session.execute(
        select(
            by_name.name,
            Community.registered_street,
            Community.registered_district,
            func.ST_Covers(Community.outline, Community.pin),
            there.id,
            there.name,
            there.district,
        )
        .select_from(Community)
        .outerjoin(by_name, by_name.id == Community.street_id)
        .outerjoin(there, there.id == (pinned if task == "pin" else overlapping))
        .where(Community.id == community_id)
    ).one()
    return _Place(*row)


def _doubts(session: Session, now: _Place, changed: Changed) -> list[Doubt]:
    streets = Streets.known(session)
    registered = streets.find(now.registered_street, now.registered_district)
    found = {
        Doubt.NO_STREET: now.there_id is None and len(streets) > 0,
        Doubt.STREET: None not in (registered, now.there_id) and registered != now.there_id,
        Doubt.DISTRICT: registered is None and _is_elsewhere(now.district_there, now.registered_district),
        Doubt.OUTLINE: now.covered is False,
        Doubt.COMPLAINTS: changed.left > 0,
    }
    return [doubt for doubt, holds in found.items() if holds]


def _is_elsewhere(district: str | None, registered: str | None) -> bool:
    return bool(district and registered) and district_key(district or "") != district_key(registered or "")


def _scores(session: Session, changed: Changed) -> tuple[int, int]:
    """Return how many scores the change makes old, and of how many communities."""
    concerned: set[int | None] = set()
    for model in _EVIDENCE:
        for pair in count_moved(session, changed.deed_id, model, "community_id"):
            concerned |= set(pair)
    row = session.execute(
        select(func.count(), func.count(ServiceScore.community_id.distinct())).where(
            ServiceScore.community_id.in_(concerned - {None})
        )
    ).one()
    return row[0], row[1]


def _routes(session: Session, community_ids: Collection[int]) -> tuple[int, int]:
    row = session.execute(
        select(func.count(RouteStop.route_id.distinct()), func.count())
        .join(Route, Route.id == RouteStop.route_id)
        .where(RouteStop.community_id.in_(community_ids), Route.finishes_at >= func.now())
    ).one()
    return row[0], row[1]


def _names(session: Session, community_ids: Collection[int]) -> dict[int | None, Called]:
    rows = session.execute(
        select(Community.id, Community.name, unnamed_keys.key()).where(Community.id.in_(community_ids))
    )
    return {community_id: Called(name, key) for community_id, name, key in rows}
