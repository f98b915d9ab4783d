"""Who supplies which column of a community, and so how it should stand after an import."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, any_, case, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from sqlalchemy.orm import aliased
from sqlalchemy.types import Text

from geo.datums.crs import Datum
from portal.actions.transactions.upserts import term
from portal.models import Community, CommunityIdentity

# Columns of which one source at a time is in charge.
SUPPLIED = (
    "name",
    "registered_district",
    "registered_street",
    "address",
    "kind",
    "built_year",
    "households",
    "floor_area_m2",
    "lifts",
    "reference_price_yuan_m2",
    "outline",
    "pin",
    "doubtful_pin",
)
_BESIDE_NAME = ("pinyin", "pinyin_initials")


@dataclass(frozen=True)
class _Sides:
    """What meets in one statement: a staged row, its community as it stands, the source's identity of it."""

    staged: Table
    known: Any
    identity: Any

    def current(self, name: str) -> Any:
        return getattr(self.known, name)

    def supplies(self, name: str, value: Any) -> ColumnElement[bool]:
        """Whether the row gives the column, and the source is, or now becomes, the one in charge of it."""
        in_charge = or_(self.current(name).is_(None), term(name) == any_(self.identity.supplied))
        return and_(value.is_not(None), in_charge)


def propose(staged: Table, targets: Table, source: str, datum: Datum | None) -> Select[Any]:
    """Return each community as it should stand, and which columns the source is in charge of.

    Parameters
    ----------
    staged
        Rows of the file.
    targets
        ``id`` of a row and its ``community_id``.
    source
        Of the file.
    datum
        Of its coordinates.
    """
    sides = _Sides(staged, aliased(Community), aliased(CommunityIdentity))
    known, identity = sides.known, sides.identity
    return (
        select(
            targets.c.community_id.label("id"),
            *_values(sides),
            *_origin_of_shape(sides, datum),
            _attributes(sides, source).label("attributes"),
            _supplied(sides).label("supplied"),
            known.id.is_(None).label("is_new"),
            staged.c.id.label("staged_id"),
        )
        .select_from(staged)
        .join(targets, targets.c.id == staged.c.id)
        .outerjoin(known, known.id == targets.c.community_id)
        .outerjoin(identity, and_(identity.source == source, identity.source_key == staged.c.source_key))
        # Where two rows of a source came to be one community, the one that supplies more speaks for it.
        .distinct(targets.c.community_id)
        .order_by(
            targets.c.community_id, func.cardinality(identity.supplied).desc().nulls_last(), staged.c.id
        )
    )


def _values(sides: _Sides) -> list[ColumnElement[Any]]:
    """Return each column: as the row gives it where it supplies it, else as it stands."""
    given = sides.staged.c
    values: list[ColumnElement[Any]] = []
    for name in SUPPLIED:
        value = func.ST_Multi(given.outline) if name == "outline" else given[name]
        chosen = case(
            *((gone, null()) for gone in _withdrawn(sides, name)),
            (sides.supplies(name, given[name]), value),
            else_=sides.current(name),
        )
        values.append(chosen.label(name))
    values += _doubt(sides)
    named = sides.supplies("name", given.name)
    for name in _BESIDE_NAME:
        chosen = case((named, given[name]), else_=sides.current(name))
        values.append(func.coalesce(chosen, "").label(name))
    return values


def _withdrawn(sides: _Sides, name: str) -> list[ColumnElement[bool]]:
    """Return when a value goes: a point that its source now gives as doubtful, or no longer does."""
    given, supplied = sides.staged.c, sides.identity.supplied
    if name == "pin":
        return [and_(given.doubtful_pin.is_not(None), term("pin") == any_(supplied))]
    if name == "doubtful_pin":
        return [and_(given.pin.is_not(None), term("doubtful_pin") == any_(supplied))]
    return []


def _doubt(sides: _Sides) -> list[ColumnElement[Any]]:
    """Return ``doubt`` and ``ruling``: of a doubtful point, as long as it is the same."""
    given, current = sides.staged.c, sides.current
    supplies = sides.supplies("doubtful_pin", given.doubtful_pin)
    (gone,) = _withdrawn(sides, "doubtful_pin")
    doubt = case((gone, null()), (supplies, given.doubt), else_=current("doubt"))
    other = or_(current("doubtful_pin").is_(None), ~given.doubtful_pin.op("~=")(current("doubtful_pin")))
    ruling = case((gone, null()), (and_(supplies, other), null()), else_=current("ruling"))
    return [doubt.label("doubt"), ruling.label("ruling")]


def _origin_of_shape(sides: _Sides, datum: Datum | None) -> list[ColumnElement[Any]]:
    """Return the geometry as it was read, and its datum: a pin's only where there is no outline."""
    given = sides.staged.c
    shape_given = or_(
        sides.supplies("outline", given.outline),
        and_(sides.supplies("pin", given.pin), sides.current("outline").is_(None)),
    )
    raw = case((shape_given, given.raw_geometry), else_=sides.current("raw_geometry"))
    of_datum = case((shape_given, literal(datum, Text())), else_=sides.current("source_datum"))
    return [raw.label("raw_geometry"), of_datum.label("source_datum")]


def _attributes(sides: _Sides, source: str) -> ColumnElement[Any]:
    """Return the columns that are no field, by source: the row's beside those of other sources."""
    given = sides.staged.c.attributes
    mine = func.jsonb_build_object(literal(source, Text()), cast(given, JSONB))
    before = func.coalesce(sides.current("attributes"), cast(literal("{}", Text()), JSONB))
    return case((given.is_not(None), before.op("||")(mine)), else_=before)


def _supplied(sides: _Sides) -> ColumnElement[Any]:
    """Return the names of the columns that the source is in charge of from now on."""
    given = sides.staged.c
    claims = [(name, given[name]) for name in SUPPLIED] + [("neighbourhood_id", given.neighbourhood)]
    names = [
        case((or_(sides.supplies(name, value), term(name) == any_(sides.identity.supplied)), term(name)))
        for name, value in claims
    ]
    return func.array_remove(array(names), null(), type_=ARRAY(Text()))
