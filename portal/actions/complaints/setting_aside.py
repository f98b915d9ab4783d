"""Complaints that cannot be placed leave the queue, with who and why, and come back when somebody says so."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.communities.setting_aside import clean_reason
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.upserts import rows_of
from portal.errors import N_, BadRequest
from portal.models import Complaint, SetAside
from portal.store.complaints.doubtful import is_open
from portal.terms import Subject


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
    _check_chosen(complaint_ids)
    said = clean_reason(reason)
    with committed(session):
        given = select(Complaint.id, literal(viewer.user_id), literal(said)).where(
            Complaint.id.in_(complaint_ids), Complaint.community_id.is_(None) | and_(*is_open(Complaint))
        )
        columns = ["complaint_id", "user_id", "reason"]
        n = rows_of(session, insert(SetAside).from_select(columns, given).on_conflict_do_nothing())
        touch(session, [Subject.COMPLAINTS])
        audit(session, viewer.user_id, "set_aside", Subject.COMPLAINTS, "", {"complaints": n})
    return n


def bring_complaints_back(session: Session, viewer: Viewer, complaint_ids: Collection[int]) -> int:
    """Let complaints that were set aside wait again; return how many came back.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    BadRequest
        Nothing is chosen.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    _check_chosen(complaint_ids)
    with committed(session):
        n = rows_of(session, delete(SetAside).where(SetAside.complaint_id.in_(complaint_ids)))
        touch(session, [Subject.COMPLAINTS])
        audit(session, viewer.user_id, "bring_back", Subject.COMPLAINTS, "", {"complaints": n})
    return n


def _check_chosen(complaint_ids: Collection[int]) -> None:
    if not complaint_ids:
        raise BadRequest(N_("没有选中投诉"), remedy=N_("请先在列表中勾选"))
