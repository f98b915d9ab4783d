"""The rows of an import of communities: written, with their identities, aliases and history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    Table,
    any_,
    case,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.datums.crs import Datum
from portal.actions.communities.register_ownership import propose
from portal.actions.transactions.staging import TEXT, WHOLE, materialise, stage
from portal.actions.transactions.upserts import differing, insert_missing, term, update_differing
from portal.models import Community, CommunityAlias, CommunityHistory, CommunityIdentity
from portal.place_names import pinyin_initials
from portal.terms import HistoryKind, PlaceHow


@dataclass(frozen=True)
class Targets:
    """The community of each staged row.

    Parameters
    ----------
    table
        Temporary table: ``id`` of the row and ``community_id``.
    ids
        The same, by row.
    linked
        Rows that joined a community of another source, and which.
    created
        Rows whose community is new.
    ambiguous
        Rows whose name and street fit several, so that they were not linked.
    """

    table: Table
    ids: list[int]
    linked: dict[int, int]
    created: set[int]
    ambiguous: list[int]


def write_rows(
    session: Session,
    staged: Table,
    targets: Targets,
    source: str,
    datum: Datum | None,
    user_id: int | None,
) -> set[int]:
    """Write communities, identities, aliases and history; return the communities that were written.

    Streets of new communities are left to `portal.actions.places.community_streets`.
    """
    rows = materialise(session, propose(staged, targets.table, source, datum))
    renamed = _renamed(session, rows)
    changed = differing(Community, select(*_own(rows)).subquery(), ("id",))
    written = set(session.scalars(changed.returning(Community.id)))
    _keep_former_names(session, renamed, source, user_id)
    written |= _create(session, rows)
    _write_identities(session, staged, rows, source)
    _record_links(session, targets, source, user_id)
    return written | _add_aliases(session, staged, targets.table)


def write_neighbourhoods(session: Session, staged: Table, source: str) -> set[int]:
    """Set the neighbourhoods of the communities that ``source`` is in charge of; return those that changed.

    ``staged`` has ``source_key`` and ``neighbourhood_id``, NULL where it is not known.
    """
    in_charge = or_(
        Community.neighbourhood_id.is_(None), term("neighbourhood_id") == any_(CommunityIdentity.supplied)
    )
    changed = session.scalars(
        update(Community)
        .values(neighbourhood_id=staged.c.neighbourhood_id)
        .where(
            CommunityIdentity.source == source,
            CommunityIdentity.source_key == staged.c.source_key,
            CommunityIdentity.community_id == Community.id,
            staged.c.neighbourhood_id.is_not(None),
            Community.neighbourhood_id.is_distinct_from(staged.c.neighbourhood_id),
            in_charge,
        )
        .returning(Community.id)
    )
    return set(changed)


def _own(rows: Table) -> list[Column[Any]]:
    """Return the columns that are the community's own."""
    return [column for column in rows.c if column.name not in ("supplied", "is_new", "staged_id")]


def _create(session: Session, rows: Table) -> set[int]:
    fresh = select(*_own(rows), term(PlaceHow.NOT_FOUND).label("street_how")).where(rows.c.is_new)
    columns = [column.name for column in fresh.selected_columns]
    statement = insert(Community).from_select(columns, fresh.order_by(rows.c.id)).returning(Community.id)
    return set(session.scalars(statement))


def _renamed(session: Session, rows: Table) -> Sequence[tuple[int, str, str]]:
    """Return id, old and new name of the communities that get another one."""
    names = select(Community.id, Community.name, rows.c.name).join(rows, rows.c.id == Community.id)
    return session.execute(names.where(Community.name != rows.c.name)).tuples().all()


def _keep_former_names(
    session: Session, renamed: Sequence[tuple[int, str, str]], source: str, user_id: int | None
) -> None:
    """Keep the old name of a renamed community as a former name, and say so in its history."""
    if not renamed:
        return
    history = [
        {
            "community_id": community_id,
            "kind": HistoryKind.RENAMED,
            "user_id": user_id,
            "detail": {"from": old, "to": new, "source": source},
        }
        for community_id, old, new in renamed
    ]
    session.execute(insert(CommunityHistory), history)
    add_aliases(session, [(community_id, old) for community_id, old, _ in renamed], former=True)


def _write_identities(session: Session, staged: Table, rows: Table, source: str) -> None:
    """Keep the keys of the rows that speak for their community, and what these supply.

    Where rows share a community, their keys are known and the others go on supplying what they did.
    """
    matched_by = case((rows.c.is_new, term("created")), else_=term("name_and_street"))
    given = (
        select(
            literal(source, Text()).label("source"),
            staged.c.source_key,
            rows.c.id.label("community_id"),
            matched_by.label("matched_by"),
            rows.c.supplied,
        )
        .join(rows, rows.c.staged_id == staged.c.id)
        .subquery()
    )
    key = ("source", "source_key")
    claims = select(given.c.source, given.c.source_key, given.c.community_id, given.c.supplied).subquery()
    update_differing(session, CommunityIdentity, claims, key)
    insert_missing(session, CommunityIdentity, given, key)


def _record_links(session: Session, targets: Targets, source: str, user_id: int | None) -> None:
    if targets.linked:
        session.execute(
            insert(CommunityHistory),
            [
                {
                    "community_id": community_id,
                    "kind": HistoryKind.LINKED,
                    "user_id": user_id,
                    "detail": {"source": source, "matched_by": "name_and_street"},
                }
                for community_id in targets.linked.values()
            ],
        )


def _add_aliases(session: Session, staged: Table, targets: Table) -> set[int]:
    rows = session.execute(
        select(targets.c.community_id, func.unnest(staged.c.aliases)).join(
            staged, staged.c.id == targets.c.id
        )
    )
    return add_aliases(session, rows.tuples().all())


def add_aliases(session: Session, pairs: Iterable[tuple[int, str]], *, former: bool = False) -> set[int]:
    """Add other names of communities that are not known yet; return the communities concerned."""
    unique = dict.fromkeys(pairs)
    if not unique:
        return set()
    staged = stage(
        session,
        {
            "community_id": (WHOLE, [community_id for community_id, _ in unique]),
            "alias": (TEXT, [alias for _, alias in unique]),
            "pinyin_initials": (TEXT, [pinyin_initials(alias) for _, alias in unique]),
        },
    )
    fresh = (
        select(*staged.c, literal(former).label("former"))
        .join(Community, Community.id == staged.c.community_id)
        .where(
            Community.name.is_distinct_from(staged.c.alias),
            ~select(CommunityAlias)
            .where(
                CommunityAlias.community_id == staged.c.community_id, CommunityAlias.alias == staged.c.alias
            )
            .exists(),
        )
    )
    columns = [column.name for column in fresh.selected_columns]
    statement = insert(CommunityAlias).from_select(columns, fresh)
    # Two clerks may teach the same name at the same time.
    unknown = statement.on_conflict_do_nothing().returning(CommunityAlias.community_id)
    return set(session.scalars(unknown))
