"""Search by name, key, pinyin initials, alias or firm: two statements at most."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import Double, Text

from portal.community_names import key_sought
from portal.models import Community, Contract, Firm, Street
from portal.place_names import street_name
from portal.store import firms
from portal.store.communities import names as community_names
from portal.store.communities import unnamed_keys
from portal.store.names import best_first, by_letters
from portal.terms import CommunityStatus

COMMUNITIES, STREETS, FIRMS, SERVED = 12, 5, 4, 6


@dataclass(frozen=True)
class Match:
    """One result: what it is, where it is.

    Parameters
    ----------
    kind
        ``community``, ``street`` or ``firm``.
    key
        Tells a community without a name from the others; None for what has a name.
    matched
        The alias that matched, where the name did not.
    street, district
        Where it belongs.
    lon, lat
        WGS 84 degrees; None for what is not located, and for firms.
    firm_id
        The firm that serves it, where it was found by its firm.
    """

    kind: str
    id: int
    name: str | None
    key: str | None
    matched: str | None
    street: str | None
    district: str | None
    lon: float | None
    lat: float | None
    firm_id: int | None = None


def find(session: Session, text: str, day: date, details_street_id: int | None) -> list[Match]:
    """Return what is called ``text``: communities, streets, firms, each firm followed by what it serves.

    Parameters
    ----------
    text
        Part of a name or alias, the first letters of its pinyin, or the key of a community
        without a name; see `portal.store.communities.unnamed_keys`.
    day
        Firms serve what their contracts cover on this day.
    details_street_id
        Contracts of communities outside this street are not told; None for all.
    """
    parts = (_communities(text), _streets(text), _firms(text))
    numbered = [select(literal(at).label("part"), part.subquery()) for at, part in enumerate(parts)]
    listed = union_all(*numbered).subquery("listed")
    rows = session.execute(select(listed).order_by(listed.c.part, listed.c.place))
    found = [Match(*row[1:-1]) for row in rows]
    firm_ids = [match.id for match in found if match.kind == "firm"]
    served = _served(session, firm_ids, day, details_street_id) if firm_ids else []
    ordered: list[Match] = []
    for match in found:
        ordered.append(match)
        if match.kind == "firm":
            ordered += [community for community in served if community.firm_id == match.id]
    return ordered


def _communities(text: str) -> Select[Any]:
    """Return what is called so first, then what begins so, aliases that are it, other names, other aliases.

    Communities without a name that are not meant by their whole key come last: keys are short and many.
    """
    alias, key, sought = community_names.alias(text), unnamed_keys.key(), key_sought(text)
    rank = case(
        (or_(Community.name == text, func.lower(key) == sought), 0),
        (Community.name.istartswith(text, autoescape=True), 1),
        (alias == text, 2),
        (community_names.by_name(text), 3),
        (alias.is_not(None), 4),
        else_=5,
    )
    called = func.coalesce(Community.name, key)
    return (
        _places("community", Community, community_names.matched(text), Community.location)
        .add_columns(_place(rank, func.length(called), called, Community.id))
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.status == CommunityStatus.ACTIVE, community_names.is_called(text))
        .order_by("place")
        .limit(COMMUNITIES)
    )


def _streets(text: str) -> Select[Any]:
    name = street_name(text)
    by_name = or_(Street.name.icontains(name, autoescape=True), *by_letters(text, Street.pinyin_initials))
    return (
        _places("street", Street, cast(null(), Text), func.ST_PointOnSurface(Street.outline))
        .add_columns(_place(*best_first(Street.name, name), Street.id))
        .where(by_name)
        .order_by("place")
        .limit(STREETS)
    )


def _firms(text: str) -> Select[Any]:
    nothing = [
        *(cast(null(), Text).label(name) for name in ("key", "matched", "street", "district")),
        *(cast(null(), Double).label(name) for name in ("lon", "lat")),
    ]
    place = _place(*best_first(Firm.name, text), Firm.id)
    return (
        select(literal("firm").label("kind"), Firm.id, Firm.name, *nothing, place)
        .where(firms.is_called(text))
        .order_by("place")
        .limit(FIRMS)
    )


def _served(session: Session, firm_ids: list[int], day: date, details_street_id: int | None) -> list[Match]:
    order = _place(Community.name, unnamed_keys.key(), Community.id, group=Contract.firm_id)
    rows = (
        _places("community", Community, cast(null(), Text), Community.location)
        .add_columns(Contract.firm_id.label("firm_id"), order)
        .join(Contract, firms.serving(day))
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Contract.firm_id.in_(firm_ids), Community.status == CommunityStatus.ACTIVE)
    )
    if details_street_id is not None:
        rows = rows.where(Community.street_id == details_street_id)
    listed = rows.subquery()
    first = select(listed).where(listed.c.place <= SERVED).order_by(listed.c.firm_id, listed.c.place)
    return [Match(*row[:-1]) for row in session.execute(first)]


def _places(kind: str, table: Any, matched: ColumnElement[Any], point: Any) -> Select[Any]:
    street = cast(null(), Text) if table is Street else Street.name
    key = unnamed_keys.key() if table is Community else cast(null(), Text)
    return select(
        literal(kind).label("kind"),
        table.id,
        table.name,
        key.label("key"),
        matched.label("matched"),
        street.label("street"),
        Street.district.label("district"),
        func.ST_X(point).label("lon"),
        func.ST_Y(point).label("lat"),
    ).select_from(table)


def _place(*order: Any, group: Any = None) -> ColumnElement[int]:
    """Return the number of a row in an order, which joined lists keep."""
    return func.row_number().over(partition_by=group, order_by=order).label("place")
