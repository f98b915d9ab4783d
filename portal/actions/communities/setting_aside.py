"""What cannot be placed leaves the queue, with who and why, and comes back when somebody says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.upserts import rows_of
from portal.errors import N_, BadRequest, NotFound
from portal.models import Community, Complaint, SetAside
from portal.terms import Subject

REASON_CHARACTERS = 200


def set_complaints_aside(
    session: Session, viewer: Viewer, complaint_ids: Collection[int], reason: str
) -> int:
    """Take complaints out of the queue; they stay in every count but that of what waits.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    BadRequest
        Nothing is chosen, or no reason is given, or one too long.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    if not complaint_ids:
        raise BadRequest(N_("没有选中投诉"), remedy=N_("请先在列表中勾选"))
    said = _clean(reason)
    with committed(session):
        given = select(Complaint.id, literal(viewer.user_id), literal(said)).where(
            Complaint.id.in_(complaint_ids), Complaint.community_id.is_(None)
        )
        columns = ["complaint_id", "user_id", "reason"]
        n = rows_of(session, insert(SetAside).from_select(columns, given).on_conflict_do_nothing())
        touch(session, [Subject.COMPLAINTS])
        audit(session, viewer.user_id, "set_aside", Subject.COMPLAINTS, "", {"complaints": n})
    return n


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
    said = _clean(reason)
    first, second = sorted((community_id, other_id)) if other_id is not None else (community_id, None)
    with committed(session):
        for one in filter(None, (first, second)):
            if session.get(Community, one) is None:
                raise NotFound(N_("没有这个小区"))
        row = {"community_id": first, "other_id": second, "user_id": viewer.user_id, "reason": said}
        session.execute(insert(SetAside).values(row).on_conflict_do_nothing())
        touch(session, [Subject.COMMUNITIES])
        audit(session, viewer.user_id, "set_aside", Subject.COMMUNITIES, community_id)


def bring_back(
    session: Session,
    viewer: Viewer,
    *,
    complaint_ids: Collection[int] = (),
    community_id: int | None = None,
    other_id: int | None = None,
) -> int:
    """Let what was set aside wait again; return how many rows came back.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    pair = [one for one in (community_id, other_id) if one is not None]
    first, second = (*sorted(pair), None)[:2] if pair else (None, None)
    mine = (
        (SetAside.community_id == first) & SetAside.other_id.is_not_distinct_from(second)
        if first is not None
        else SetAside.complaint_id.in_(complaint_ids)
    )
    with committed(session):
        n = rows_of(session, delete(SetAside).where(mine))
        subject = Subject.COMPLAINTS if first is None else Subject.COMMUNITIES
        touch(session, [subject])
        audit(session, viewer.user_id, "bring_back", subject, first or "", {"n": n})
    return n


def _clean(reason: str) -> str:
    said = " ".join(reason.split())
    if not said or len(said) > REASON_CHARACTERS:
        raise BadRequest(N_("reason：请写明原因（{most} 字以内）"), most=REASON_CHARACTERS)
    return said
