"""Complaints that a clerk puts under a community by hand, and takes back again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, literal, select, update
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.communities.aliases import is_known
from portal.actions.communities.changes import lock
from portal.actions.communities.register_rows import add_aliases
from portal.actions.places import complaint_places
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.upserts import rows_of
from portal.community_names import call
from portal.errors import N_, P_, BadRequest, Conflict, NotFound
from portal.models import Community, CommunityAlias, Complaint, Neighbourhood
from portal.personal_numbers import mask_numbers
from portal.privacy import Cipher
from portal.store.complaints.unplaced import LEVELS, waiting
from portal.store.places.known import Communities
from portal.terms import PlaceHow, PlaceLevel, Subject

MOST_AT_ONCE = 200
MOST_NAMED = 20  # complaints whose numbers the audit keeps


@dataclass(frozen=True)
class Assigned:
    """What an assignment did.

    Parameters
    ----------
    community
        Name of the community.
    n
        Complaints put under it.
    moved
        Those of them that the source reports from another street.
    aliases
        Names learnt.
    followed
        Further complaints that waited under one of these names and now have their place.
    """

    community: str
    n: int
    moved: int
    aliases: tuple[str, ...]
    followed: int


def assign(
    session: Session,
    viewer: Viewer,
    complaint_ids: Collection[int],
    community_id: int,
    *,
    remember: bool,
    cipher: Cipher,
    whole_group: bool = False,
) -> Assigned:
    """Put waiting complaints under a community: place level community, found by hand.

    Parameters
    ----------
    complaint_ids
        At most `MOST_AT_ONCE`, unless they are a ``whole_group`` that words its place alike.
    remember
        Whether the name that the complaints give becomes an alias of the community, by
        which others on its street find their place, now and in later imports.
    cipher
        Opens the addresses of those others.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    BadRequest
        Nothing is chosen, or too much.
    NotFound
        There is no such community or complaint.
    Conflict
        Another person has placed one of them, the community was merged or split, or the
        name belongs to another community of the street. Nothing is written then.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    _check_number(complaint_ids, None if whole_group else MOST_AT_ONCE)
    with committed(session):
        community = _community(session, community_id)
        complaints = _waiting(session, complaint_ids)
        _place(session, complaint_ids, community)
        aliases = _learn(session, community, complaints) if remember else ()
        followed = _follow(session, community, aliases, cipher) if aliases else 0
        touch(session, _subjects(aliases))
        detail = {**_told(complaints), "aliases": len(aliases), "followed": followed}
        audit(session, viewer.user_id, "assign", Subject.COMMUNITIES, community_id, detail)
    return Assigned(
        community=call(community.name, community.key),
        n=len(complaints),
        moved=sum(row.street_id not in (None, community.street_id) for row in complaints),
        aliases=aliases,
        followed=followed,
    )


def give_back(
    session: Session,
    viewer: Viewer,
    complaint_ids: Collection[int],
    *,
    cipher: Cipher,
    community_id: int | None = None,
    aliases: Sequence[str] = (),
    whole_group: bool = False,
) -> int:
    """Undo `assign`: find the place of complaints by what their source says; return how many wait again.

    Parameters
    ----------
    community_id, aliases
        The community that they were put under, and the names that it learnt with them: these
        are forgotten too, with all that followed.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    BadRequest
        Nothing is chosen, or too much, or a name that none of these complaints gives.
    Conflict
        One of them was not placed by hand, or is under another community now. Nothing is written then.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    _check_number(complaint_ids, None if whole_group else MOST_AT_ONCE)
    with committed(session):
        complaints = _placed_by_hand(session, complaint_ids, community_id)
        ids = [row.id for row in complaints]
        forgotten = _forget(session, community_id, aliases, complaints)
        followed = (Complaint.community_id == community_id, Complaint.place_how == PlaceHow.ALIAS)
        ids += session.scalars(select(Complaint.id).where(*followed)).all() if forgotten else []
        nowhere = {"place_level": PlaceLevel.NONE, "place_how": PlaceHow.NOT_FOUND, "community_id": None}
        session.execute(update(Complaint).values(**nowhere).where(Complaint.id.in_(ids)))
        complaint_places.replace(session, select(Complaint.id).where(Complaint.id.in_(ids)), cipher)
        touch(session, _subjects(forgotten))
        detail = {**_told(complaints), "aliases": forgotten}
        concerned = Subject.COMPLAINTS if community_id is None else Subject.COMMUNITIES
        audit(session, viewer.user_id, "give_back", concerned, community_id or "", detail)
        waits = select(func.count()).select_from(Complaint).where(Complaint.id.in_(ids), *waiting())
        return session.scalar(waits) or 0


def _told(complaints: Sequence[Row[Any]]) -> dict[str, Any]:
    """Return what the audit says of complaints: how many, and the numbers of the first of them."""
    return {"complaints": len(complaints), "numbers": [row.source_key for row in complaints[:MOST_NAMED]]}


def _subjects(names_changed: object) -> list[Subject]:
    # Always in this order: two writes that raise both versions must not wait for each other.
    return [Subject.COMMUNITIES, Subject.COMPLAINTS] if names_changed else [Subject.COMPLAINTS]


def _placed_by_hand(
    session: Session, complaint_ids: Collection[int], community_id: int | None
) -> Sequence[Row[Any]]:
    """Return complaints placed by hand, under that community where one is given."""
    rows = session.execute(
        select(Complaint.id, Complaint.community_id, Complaint.reported_community, Complaint.source_key)
        .where(Complaint.id.in_(complaint_ids), Complaint.place_how == PlaceHow.MANUAL)
        .order_by(Complaint.id)
        .with_for_update()
    ).all()
    refresh = N_("请刷新列表再试")
    missing = len(set(complaint_ids)) - len(rows)
    if missing:
        raise Conflict(P_("其中 {n} 件不是人工指派的"), remedy=refresh, n=missing)
    moved = sum(row.community_id != community_id for row in rows) if community_id is not None else 0
    if moved:
        raise Conflict(P_("其中 {n} 件现在不在这个小区，没有写入任何内容"), remedy=refresh, n=moved)
    return rows


def _forget(
    session: Session, community_id: int | None, aliases: Sequence[str], complaints: Sequence[Row[Any]]
) -> int:
    """Take names away that a community learnt from these complaints; return how many."""
    if community_id is None or not aliases:
        return 0
    foreign = sorted(set(aliases) - _names_given(complaints))
    if foreign:
        raise BadRequest(
            N_("这些投诉没有登记过小区“{alias}”，不能一并撤销"),
            remedy=N_("别名请在小区页面增减"),
            alias=foreign[0],
        )
    mine = (CommunityAlias.community_id == community_id, CommunityAlias.alias.in_(aliases))
    return rows_of(session, delete(CommunityAlias).where(*mine, ~CommunityAlias.former))


def _check_number(complaint_ids: Collection[int], most: int | None) -> None:
    if not complaint_ids:
        raise BadRequest(N_("没有选中投诉"), remedy=N_("请先在列表中勾选"))
    if most is not None and len(complaint_ids) > most:
        raise BadRequest(
            N_("选中了 {n} 件，一次最多 {most} 件"),
            remedy=N_("请分几次指派"),
            n=len(complaint_ids),
            most=most,
        )


def _community(session: Session, community_id: int) -> Row[Any]:
    columns = (Community.id, Community.street_id, Community.neighbourhood_id)
    (community,) = lock(session, [community_id], *columns, share=True)
    return community


def _waiting(session: Session, complaint_ids: Collection[int]) -> Sequence[Row[Any]]:
    rows = session.execute(
        select(
            Complaint.id,
            Complaint.street_id,
            Complaint.community_id,
            Complaint.place_level,
            Complaint.reported_community,
            Complaint.source_key,
        )
        .where(Complaint.id.in_(complaint_ids))
        .order_by(Complaint.id)
        .with_for_update()
    ).all()
    if len(rows) != len(set(complaint_ids)):
        raise NotFound(N_("选中的投诉有的已不存在"), remedy=N_("请刷新列表再试"))
    placed = sum(row.community_id is not None or row.place_level not in LEVELS for row in rows)
    if placed:
        raise Conflict(
            P_("选中的投诉中有 {n} 件刚刚有了小区，没有写入任何内容"),
            remedy=N_("列表已更新，请核对后再指派"),
            n=placed,
        )
    return rows


def _place(session: Session, complaint_ids: Collection[int], community: Row[Any]) -> None:
    street_id = func.coalesce(literal(community.street_id, Complaint.street_id.type), Complaint.street_id)
    # The neighbourhood that the complaint names counts only where it is one of that street.
    reported = (
        select(Neighbourhood.id)
        .where(Neighbourhood.id == Complaint.neighbourhood_id, Neighbourhood.street_id == street_id)
        .correlate(Complaint)
        .scalar_subquery()
    )
    known = community.neighbourhood_id is not None
    session.execute(
        update(Complaint)
        .values(
            place_level=PlaceLevel.COMMUNITY,
            place_how=PlaceHow.MANUAL,
            community_id=community.id,
            street_id=street_id,
            neighbourhood_id=community.neighbourhood_id if known else reported,
        )
        .where(Complaint.id.in_(complaint_ids))
    )


def _learn(session: Session, community: Row[Any], complaints: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Add the names that complaints give the community; return those it did not have."""
    names = Communities.known(session)
    # A number beside a name is somebody's, and would be shown with the community's names.
    given = sorted(name for name in _names_given(complaints) if mask_numbers(name, telephone=True) == name)
    fresh = [alias for alias in given if not is_known(names, alias, community.id, community.street_id)]
    add_aliases(session, [(community.id, alias) for alias in fresh])
    return tuple(fresh)


def _names_given(complaints: Sequence[Row[Any]]) -> set[str]:
    """Return how complaints name their community."""
    return {(row.reported_community or "").strip() for row in complaints} - {""}


def _follow(session: Session, community: Row[Any], aliases: Sequence[str], cipher: Cipher) -> int:
    """Place the complaints that wait under one of the new names; return how many are now the community's."""
    ids = session.scalars(
        select(Complaint.id).where(*waiting(), func.trim(Complaint.reported_community).in_(aliases))
    ).all()
    complaint_places.replace(session, select(Complaint.id).where(Complaint.id.in_(ids)), cipher)
    mine = (Complaint.id.in_(ids), Complaint.community_id == community.id)
    return session.scalar(select(func.count()).select_from(Complaint).where(*mine)) or 0
