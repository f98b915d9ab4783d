"""Which records of communities are plainly the same: a named point in an outline, or one name in one place.

What is not plain stays open, with why. Nothing is written here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import BigInteger, Row, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, aliased

from portal.models import Community, Contract, Street
from portal.place_names import district_key, name_key
from portal.store.communities import unnamed_keys
from portal.store.places.known import Streets
from portal.terms import CommunityStatus


class By(StrEnum):
    """What tells that two records are one community."""

    PLACE = "place"
    NAME = "name"


class Why(StrEnum):
    """Why records are not linked by themselves."""

    SEVERAL_POINTS = "several_points"
    SEVERAL_OUTLINES = "several_outlines"
    REGISTERED_ELSEWHERE = "registered_elsewhere"
    SEVERAL_NAMES = "several_names"
    OTHER_PLACE = "other_place"
    CONTRACTS = "contracts"


@dataclass(frozen=True)
class Pair:
    """A named record and the outline that it is linked with; ``key`` where that has no name."""

    named_id: int
    outlined_id: int
    name: str
    key: str | None
    street: str | None
    by: By


@dataclass(frozen=True)
class Open:
    """A record that stays as it is, and why; ``others`` are the names or keys that stand against it."""

    community_id: int
    name: str | None
    key: str | None
    why: Why
    others: tuple[str, ...]


@dataclass(frozen=True)
class Proposal:
    """What would be linked, and what stays open."""

    pairs: Sequence[Pair]
    opened: Sequence[Open]

    @property
    def digest(self) -> str:
        """A text that is another as soon as another pair would be linked."""
        ids = ",".join(f"{pair.named_id}-{pair.outlined_id}" for pair in self.pairs)
        return sha256(ids.encode()).hexdigest()[:16]


def propose(session: Session, street_id: int | None = None) -> Proposal:
    """Return the links that nobody can doubt, by name of street and community, and what stays open.

    Linked are an outline without a name and the only named point that lies in it, and a named
    record without an outline and the only outline of its name in its street; where one of the
    two has no street, in its district. None where the register names another street or district,
    the point lies elsewhere, or contracts of the two overlap.

    Parameters
    ----------
    street_id
        Only those of this street, None for all.
    """
    by_place, open_places = _by_place(session)
    by_name, open_names = _by_name(session)
    uses = Counter(one for pair in (*by_place, *by_name) for one in (pair.named_id, pair.outlined_id))
    plain, opened = [], [*open_places, *open_names]
    for pair in (*by_place, *by_name):
        if uses[pair.named_id] > 1 or uses[pair.outlined_id] > 1:
            opened.append(Open(pair.named_id, pair.name, None, Why.SEVERAL_OUTLINES, ()))
        else:
            plain.append(pair)
    plain, clashing = _without_clashes(session, plain)
    opened += clashing
    if street_id is not None:
        mine = set(session.scalars(select(Community.id).where(Community.street_id == street_id)))
        plain = [pair for pair in plain if pair.named_id in mine or pair.outlined_id in mine]
        opened = [one for one in opened if one.community_id in mine]
    return Proposal(
        sorted(plain, key=lambda pair: (pair.street or "", pair.name, pair.named_id)),
        sorted(dict.fromkeys(opened), key=lambda one: (one.why, one.name or "", one.community_id)),
    )


def _by_place(session: Session) -> tuple[list[Pair], list[Open]]:
    """Pair outlines without a name with the named points in them."""
    named = aliased(Community)
    rows = session.execute(
        select(
            Community.id.label("outlined_id"),
            Community.name.label("called"),
            unnamed_keys.key().label("key"),
            named.id.label("named_id"),
            named.name,
            named.registered_street,
            named.registered_district,
            Community.street_id,
            Street.name.label("street"),
            Street.district,
        )
        .select_from(Community)
        .join(
            named,
            named.location.op("&&")(Community.outline) & func.ST_Covers(Community.outline, named.location),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(
            Community.status == CommunityStatus.ACTIVE,
            Community.outline.is_not(None),
            named.status == CommunityStatus.ACTIVE,
            named.name.is_not(None),
            named.pin.is_not(None),
            named.outline.is_(None),
        )
        .order_by(Community.id, named.id)
    ).all()
    # A point that lies in a named outline too is not plainly of the one without a name.
    outlines = _grouped(rows, "named_id")
    points = _grouped((row for row in rows if row.called is None), "outlined_id")
    streets, pairs, opened = Streets.known(session), [], []
    for outlined_id, inside in points.items():
        first = inside[0]
        if len(inside) > 1:
            names = tuple(row.name for row in inside)
            opened.append(Open(outlined_id, None, first.key, Why.SEVERAL_POINTS, names))
        elif len(outlines[first.named_id]) > 1:
            keys = tuple(row.called or row.key for row in outlines[first.named_id])
            opened.append(Open(first.named_id, first.name, None, Why.SEVERAL_OUTLINES, keys))
        elif _is_registered_elsewhere(first, streets):
            registered = " ".join(filter(None, (first.registered_district, first.registered_street)))
            opened.append(
                Open(first.named_id, first.name, None, Why.REGISTERED_ELSEWHERE, (registered, first.street))
            )
        else:
            pairs.append(Pair(first.named_id, outlined_id, first.name, first.key, first.street, By.PLACE))
    return pairs, opened


def _is_registered_elsewhere(row: Row[Any], streets: Streets) -> bool:
    if row.street_id is None:
        return False
    registered = streets.find(row.registered_street, row.registered_district)
    if registered is not None:
        return bool(registered != row.street_id)
    return bool(
        row.registered_district
        and row.district
        and district_key(row.registered_district) != district_key(row.district)
    )


def _by_name(session: Session) -> tuple[list[Pair], list[Open]]:
    """Pair named records without an outline with named outlines of the same name in the same place."""
    groups: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_named()):
        groups[name_key(row.name)].append(row)
    pairs, opened, near = [], [], []
    for rows in groups.values():
        bare, outlined = [row for row in rows if not row.outlined], [row for row in rows if row.outlined]
        if not bare or not outlined:
            continue
        for row in bare:
            theirs = [other for other in outlined if _is_same_place(row, other)]
            rivals = [other for other in bare if any(_is_same_place(other, one) for one in theirs)]
            if len(theirs) == 1 and len(rivals) == 1:
                near.append((row, theirs[0]))
            elif theirs:
                others = (other for other in (*theirs, *rivals) if other.id != row.id)
                names = tuple(other.street or other.name for other in others)
                opened.append(Open(row.id, row.name, None, Why.SEVERAL_NAMES, names))
    astray = _astray(session, [(row.id, other.id) for row, other in near])
    for row, other in near:
        if (row.id, other.id) in astray:
            opened.append(Open(row.id, row.name, None, Why.OTHER_PLACE, (other.street or other.name,)))
        else:
            pairs.append(Pair(row.id, other.id, row.name, None, other.street or row.street, By.NAME))
    return pairs, opened


def _named() -> Any:
    district = func.coalesce(Street.district, Community.registered_district, "")
    return (
        select(
            Community.id,
            Community.name,
            Community.street_id,
            Street.name.label("street"),
            district.label("district"),
            Community.outline.is_not(None).label("outlined"),
        )
        .outerjoin(Street, Street.id == Community.street_id)
        .where(Community.status == CommunityStatus.ACTIVE, Community.name.is_not(None))
        .order_by(Community.id)
    )


def _is_same_place(one: Row[Any], other: Row[Any]) -> bool:
    """Whether two records are of one street; where one has none, of one district."""
    if one.street_id is not None and other.street_id is not None:
        return bool(one.street_id == other.street_id)
    return district_key(one.district) == district_key(other.district)


def _astray(session: Session, pairs: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the pairs of which the first has a point that is not in the outline of the second."""
    given, one, other = _pairs(pairs), aliased(Community), aliased(Community)
    rows = session.execute(
        select(one.id, other.id)
        .select_from(given)
        .join(one, one.id == given.c.first)
        .join(other, other.id == given.c.second)
        .where(one.pin.is_not(None), ~func.ST_Covers(other.outline, one.pin))
    )
    return set(rows.tuples())


def _without_clashes(session: Session, pairs: Sequence[Pair]) -> tuple[list[Pair], list[Open]]:
    """Leave out the pairs of which contracts overlap."""
    given = _pairs([(pair.named_id, pair.outlined_id) for pair in pairs])
    one, other = aliased(Contract), aliased(Contract)
    rows = session.execute(
        select(given.c.first, one.source_key, other.source_key)
        .select_from(given)
        .join(one, one.community_id == given.c.first)
        .join(other, (other.community_id == given.c.second) & one.period.op("&&")(other.period))
    )
    clashes = {named_id: keys for named_id, *keys in rows}
    opened = [
        Open(pair.named_id, pair.name, None, Why.CONTRACTS, tuple(clashes[pair.named_id]))
        for pair in pairs
        if pair.named_id in clashes
    ]
    return [pair for pair in pairs if pair.named_id not in clashes], opened


def _pairs(pairs: Sequence[tuple[int, int]]) -> Any:
    firsts, seconds = [one for one, _ in pairs], [other for _, other in pairs]
    whole = ARRAY(BigInteger)
    return (
        func.unnest(cast(firsts, whole), cast(seconds, whole))
        .table_valued("first", "second")
        .render_derived()
    )


def _grouped(rows: Iterable[Row[Any]], column: str) -> dict[int, list[Row[Any]]]:
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found
