"""A community leaves the queues, with who and why, and comes back when somebody says so."""

from __future__ import annotations

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.upserts import rows_of
from portal.errors import N_, BadRequest, NotFound
from portal.models import Community, SetAside
from portal.terms import Subject

REASON_CHARACTERS = 200


def set_community_aside(
    session: Session, viewer: Viewer, community_id: int, reason: str, *, other_id: int | None = None
) -> None:
    """Take a community out of the queues; with ``other_id``, say that the two are no duplicates.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    NotFound
        One of them does not exist.
    BadRequest
        No reason is given, or one too long.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    said = clean_reason(reason)
    first, second = _ordered(community_id, other_id)
    with committed(session):
        for one in filter(None, (first, second)):
            if session.get(Community, one) is None:
                raise NotFound(N_("没有这个小区"))
        row = {"community_id": first, "other_id": second, "user_id": viewer.user_id, "reason": said}
        session.execute(insert(SetAside).values(row).on_conflict_do_nothing())
        touch(session, [Subject.COMMUNITIES])
        audit(session, viewer.user_id, "set_aside", Subject.COMMUNITIES, community_id)


def bring_back(session: Session, viewer: Viewer, community_id: int, *, other_id: int | None = None) -> int:
    """Let a community wait again; with ``other_id``, propose the two as duplicates again.

    Return how many rows came back.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    first, second = _ordered(community_id, other_id)
    mine = (SetAside.community_id == first) & SetAside.other_id.is_not_distinct_from(second)
    with committed(session):
        n = rows_of(session, delete(SetAside).where(mine))
        touch(session, [Subject.COMMUNITIES])
        audit(session, viewer.user_id, "bring_back", Subject.COMMUNITIES, community_id)
    return n


def clean_reason(reason: str) -> str:
    """Return a reason as it is kept; `BadRequest` where there is none, or one too long."""
    said = " ".join(reason.split())
    if not said or len(said) > REASON_CHARACTERS:
        raise BadRequest(N_("reason：请写明原因（{most} 字以内）"), most=REASON_CHARACTERS)
    return said


def _ordered(community_id: int, other_id: int | None) -> tuple[int, int | None]:
    """Return a pair as it is kept: the smaller number first."""
    if other_id is None:
        return community_id, None
    return min(community_id, other_id), max(community_id, other_id)
