"""Points of a register's communities that cannot be true as they stand: kept, but not on the map."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sqlalchemy import Table, func, null, select, update
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Text

from geo.outlines.doubts import find_shared
from geo.policy.city import City
from portal.actions.places import doubts
from portal.actions.transactions.staging import TEXT, WHOLE, materialise, stage
from portal.models import Community
from portal.place_names import name_key
from portal.store.places.territory import Place, streets_at
from portal.terms import CommunityStatus, Doubt, PlaceHow, Ruling

Point = tuple[float, float]


@dataclass(frozen=True)
class Withheld:
    """A point that is not taken for true, why, and the street where it lies."""

    doubt: Doubt
    lon: float
    lat: float
    around: Place | None


def withhold(session: Session, staged: Table, streets: Table, city: City) -> dict[int, Withheld]:
    """Move doubtful points of named rows from ``pin`` to ``doubtful_pin``; return them by the row's ``id``.

    Parameters
    ----------
    staged
        ``id``, ``name``, ``pin``, ``doubtful_pin``, ``doubt``, and ``district`` as registered, "" without.
    streets
        Of `portal.actions.places.community_streets.find_streets` for them.
    """
    named = (
        select(
            staged.c.id.label("n"),
            staged.c.pin.label("point"),
            streets.c.named_id.label("street_id"),
            func.nullif(staged.c.district, "", type_=Text()).label("district"),
            null().cast(BigInteger).label("elsewhere_id"),
        )
        .join(streets, streets.c.id == staged.c.id)
        .where(staged.c.pin.is_not(None), staged.c.name.is_not(None))
    )
    around = (
        select(streets.c.id.label("n"), streets.c.street_id)
        .join(staged, staged.c.id == streets.c.id)
        .where(streets.c.street_how == PlaceHow.COORDINATE, staged.c.name.is_not(None))
    )
    points = materialise(session, named)
    shared: dict[int, Ruling | None] = dict.fromkeys(_shared(session, staged, city))
    found = doubts.find(session, points, materialise(session, around), city, shared)
    if not found:
        return {}
    judged = stage(session, {"id": (WHOLE, found), "doubt": (TEXT, [one.doubt for one in found.values()])})
    session.execute(
        update(staged)
        .values(doubtful_pin=staged.c.pin, pin=None, doubt=judged.c.doubt)
        .where(staged.c.id == judged.c.id)
    )
    at = (staged.c.id, func.ST_X(staged.c.doubtful_pin), func.ST_Y(staged.c.doubtful_pin))
    rows = (
        session.execute(select(*at).where(staged.c.doubt.is_not(None)).order_by(staged.c.id)).tuples().all()
    )
    lying = streets_at(session, [(lon, lat) for _, lon, lat in rows])
    return {
        n: Withheld(found[n].doubt, lon, lat, street)
        for (n, lon, lat), street in zip(rows, lying, strict=True)
    }


def _shared(session: Session, staged: Table, city: City) -> list[int]:
    """Return the rows whose point is that of many communities, in the file or known."""
    own = session.execute(
        select(staged.c.id, func.ST_X(staged.c.pin), func.ST_Y(staged.c.pin), staged.c.name).where(
            staged.c.pin.is_not(None), staged.c.name.is_not(None)
        )
    ).all()
    given = func.coalesce(Community.pin, Community.doubtful_pin)
    known = session.execute(
        select(func.ST_X(given), func.ST_Y(given), Community.name)
        .join(staged, staged.c.pin.op("~=")(given))
        .where(Community.status == CommunityStatus.ACTIVE, Community.name.is_not(None))
        .distinct()
    ).all()
    at: list[Point] = [(lon, lat) for _, lon, lat, _ in own] + [(lon, lat) for lon, lat, _ in known]
    names: Sequence[Hashable] = [name_key(row[-1]) for row in (*own, *known)]
    shared = find_shared(at, names, city.coordinates.shared_by)
    return [row.id for row, point in zip(own, at, strict=False) if point in shared]
