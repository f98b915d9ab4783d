"""Records of communities are absorbed by others: what is theirs goes over, what the others lack they get.

For many pairs at once, in statements over the whole set.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Table,
    Text,
    and_,
    any_,
    case,
    delete,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session, aliased

from portal.actions.communities.register_ownership import SUPPLIED
from portal.actions.communities.register_rows import add_aliases
from portal.actions.transactions.staging import WHOLE, materialise, stage
from portal.actions.transactions.upserts import rows_of, table_of, term
from portal.models import (
    Base,
    Community,
    CommunityAlias,
    CommunityGate,
    CommunityIdentity,
    Complaint,
    Contract,
    FourPartyMeeting,
    Inspection,
    OwnersCommittee,
    PartyOrganisation,
    Penalty,
    StreetEvaluation,
    Survey,
)
from portal.terms import CommunityStatus, Subject

# What belongs to a community, and the columns that tell its rows apart within it. A row whose like
# the kept record has already stays with the record that is merged away.
_BELONGINGS: tuple[tuple[type[Base], tuple[str, ...], Subject], ...] = (
    (Complaint, (), Subject.COMPLAINTS),
    (Contract, (), Subject.CONTRACTS),
    (Inspection, (), Subject.EVIDENCE),
    (Penalty, (), Subject.EVIDENCE),
    (Survey, ("period",), Subject.EVIDENCE),
    (StreetEvaluation, ("period",), Subject.EVIDENCE),
    (OwnersCommittee, ("term",), Subject.EVIDENCE),
    (PartyOrganisation, ("community_id",), Subject.EVIDENCE),
    (FourPartyMeeting, ("held_on",), Subject.EVIDENCE),
    (CommunityGate, ("name",), Subject.COMMUNITIES),
)
_FILLED = (*SUPPLIED, "neighbourhood_id")


def absorb(session: Session, pairs: Sequence[tuple[int, int]]) -> set[Subject]:
    """Move everything of the second of each pair to the first, and leave the second merged.

    Parameters
    ----------
    session
        Inside a transaction; what it knows of the communities is forgotten.
    pairs
        Ids: of the record that is kept, and of the one that goes. No id stands twice.

    Returns
    -------
    set
        Subjects of what was moved.
    """
    session.flush()
    staged = stage(
        session,
        {"kept_id": (WHOLE, [kept for kept, _ in pairs]), "gone_id": (WHOLE, [gone for _, gone in pairs])},
    )
    known = materialise(session, _filled(staged))
    touched = {
        subject
        for model, tells_apart, subject in _BELONGINGS
        if rows_of(session, _moving(model, tells_apart, known))
    }
    _hand_names(session, known)
    _fill(session, known)
    _hand_identities(session, known)
    gone = update(Community).values(status=CommunityStatus.MERGED, merged_into_id=known.c.kept_id)
    session.execute(gone.where(Community.id == known.c.gone_id))
    session.expire_all()
    return touched


def _filled(staged: Table) -> Any:
    """Return the pairs with the columns that the kept record lacks and the other has."""
    kept, gone = aliased(Community), aliased(Community)
    names = [
        case((and_(getattr(kept, name).is_(None), getattr(gone, name).is_not(None)), term(name)))
        for name in _FILLED
    ]
    filled = func.array_remove(array(names), null(), type_=ARRAY(Text()))
    return (
        select(staged.c.kept_id, staged.c.gone_id, filled.label("filled"))
        .join(kept, kept.id == staged.c.kept_id)
        .join(gone, gone.id == staged.c.gone_id)
    )


def _moving(model: type[Base], tells_apart: tuple[str, ...], pairs: Table) -> Any:
    """Return the UPDATE that moves the rows of ``model``, but those whose like is there already."""
    table = table_of(model)
    there = table.alias("there")
    like = and_(
        there.c.community_id == pairs.c.kept_id,
        *(there.c[name] == table.c[name] for name in tells_apart if name != "community_id"),
    )
    statement = update(table).values(community_id=pairs.c.kept_id)
    statement = statement.where(table.c.community_id == pairs.c.gone_id)
    return statement.where(~exists().where(like)) if tells_apart else statement


def _hand_names(session: Session, pairs: Table) -> None:
    """Give the names of what goes to what is kept, as other names of it."""
    kept, gone = aliased(Community), aliased(Community)
    aliases = select(pairs.c.kept_id, CommunityAlias.alias, CommunityAlias.former).join(
        pairs, pairs.c.gone_id == CommunityAlias.community_id
    )
    rows = session.execute(aliases).all()
    for former in (False, True):
        named = [(row.kept_id, row.alias) for row in rows if row.former is former]
        add_aliases(session, named, former=former)
    if rows:
        of_gone = CommunityAlias.community_id.in_(select(pairs.c.gone_id))
        session.execute(delete(CommunityAlias).where(of_gone))
    both = (
        select(pairs.c.kept_id, gone.name)
        .join(kept, kept.id == pairs.c.kept_id)
        .join(gone, gone.id == pairs.c.gone_id)
        .where(kept.name.is_not(None), gone.name.is_not(None))
    )
    add_aliases(session, session.execute(both).tuples().all())


def _fill(session: Session, pairs: Table) -> None:
    """Give the kept records what they lack; with a shape goes how it was read."""
    gone = aliased(Community)
    shape = or_(
        term("outline") == any_(pairs.c.filled),
        and_(term("pin") == any_(pairs.c.filled), Community.outline.is_(None)),
    )
    named = term("name") == any_(pairs.c.filled)
    values: dict[str, Any] = {
        name: func.coalesce(getattr(Community, name), getattr(gone, name)) for name in _FILLED
    }
    values |= {
        name: case((named, getattr(gone, name)), else_=getattr(Community, name))
        for name in ("pinyin", "pinyin_initials")
    }
    values |= {
        name: case((shape, getattr(gone, name)), else_=getattr(Community, name))
        for name in ("raw_geometry", "source_datum")
    }
    session.execute(
        update(Community)
        .values(values)
        .where(
            Community.id == pairs.c.kept_id,
            gone.id == pairs.c.gone_id,
            func.cardinality(pairs.c.filled) > 0,
        ),
        execution_options={"synchronize_session": False},
    )


def _hand_identities(session: Session, pairs: Table) -> None:
    """Give the keys of sources to what is kept, of which they go on supplying what it got from them."""
    supplied = CommunityIdentity.supplied
    still = select(func.unnest(supplied)).intersect(select(func.unnest(pairs.c.filled))).subquery()
    kept = select(func.coalesce(func.array_agg(still.c[0]), literal([], ARRAY(Text()))))
    session.execute(
        update(CommunityIdentity)
        .values(community_id=pairs.c.kept_id, matched_by="manual", supplied=kept.scalar_subquery())
        .where(CommunityIdentity.community_id == pairs.c.gone_id),
        execution_options={"synchronize_session": False},
    )
