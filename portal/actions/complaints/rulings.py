"""A clerk rules on complaints whose places contradict: the coordinate holds, or the names do."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.communities.changes import PATIENCE_S
from portal.actions.complaints.placing_by_hand import MOST_NAMED
from portal.actions.places import complaint_places
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.deed_rows import count_written
from portal.actions.transactions.import_run import lock_imports
from portal.actions.transactions.undo import begin_deed, end_deed, take_back
from portal.errors import N_, P_, BadRequest, Conflict, NotFound
from portal.models import Complaint, Deed
from portal.privacy import Cipher
from portal.store.complaints.doubtful import waiting
from portal.terms import PlaceLevel, Ruling, Subject

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Ruled:
    """What a ruling did: how many complaints, and the deed by which it is taken back."""

    n: int
    deed_id: UUID


def rule(
    session: Session,
    viewer: Viewer,
    complaint_ids: Collection[int],
    ruling: Ruling,
    *,
    cipher: Cipher,
    whole_group: bool = False,
) -> Ruled:
    """Decide for waiting complaints which of the two places holds, and place them by it.

    Later imports keep the ruling as long as the record gives the same coordinate and names.

    Parameters
    ----------
    complaint_ids
        At most `MOST_AT_ONCE`, unless they are a ``whole_group`` at one coordinate.
    cipher
        Opens their addresses.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    BadRequest
        Nothing is chosen, or too much.
    Conflict
        One of them does not wait any more, its coordinate lies in no street, its names tell no
        place, or an import is running. Nothing is written then.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    chosen = set(complaint_ids)
    if not chosen:
        raise BadRequest(N_("没有选中投诉"), remedy=N_("请先在列表中勾选"))
    if not whole_group and len(chosen) > MOST_AT_ONCE:
        raise BadRequest(
            N_("选中了 {n} 件，一次最多 {most} 件"),
            remedy=N_("请分几次核定"),
            n=len(chosen),
            most=MOST_AT_ONCE,
        )
    with committed(session):
        lock_imports(session, patience_s=PATIENCE_S)
        open_ = session.scalars(
            select(Complaint.source_key)
            .where(Complaint.id.in_(chosen), *waiting())
            .order_by(Complaint.id)
            .with_for_update()
        ).all()
        if len(open_) != len(chosen):
            raise Conflict(
                P_("其中 {n} 件刚刚有了结论，没有写入任何内容"),
                remedy=N_("列表已更新，请核对后再试"),
                n=len(chosen) - len(open_),
            )
        deed_id = uuid4()
        begin_deed(session, deed_id, viewer.user_id)
        ids = select(Complaint.id).where(Complaint.id.in_(chosen))
        session.execute(update(Complaint).values(ruling=ruling).where(Complaint.id.in_(chosen)))
        complaint_places.replace(session, ids, cipher)
        _check_placed(session, chosen, ruling)
        end_deed(session, deed_id, {Subject.COMPLAINTS})
        touch(session, [Subject.COMPLAINTS])
        detail = {
            "complaints": len(chosen),
            "numbers": list(open_[:MOST_NAMED]),
            "ruling": str(ruling),
            "deed": str(deed_id),
        }
        audit(session, viewer.user_id, "rule_on_doubts", Subject.COMPLAINTS, "", detail)
    return Ruled(len(chosen), deed_id)


def take_ruling_back(session: Session, viewer: Viewer, deed_id: UUID) -> int:
    """Take a ruling back: its complaints wait again; return how many.

    Raises
    ------
    NotAllowed
        The viewer may not edit communities.
    NotFound
        There is no such ruling.
    Conflict
        The complaints were written since.
    """
    require(viewer, Permission.EDIT_COMMUNITIES)
    with committed(session):
        lock_imports(session, patience_s=PATIENCE_S)
        deed, written = session.get(Deed, deed_id), count_written(session, deed_id)
        if deed is None or (deed.undone_at is None and set(written) != {"complaint"}):
            raise NotFound(N_("没有这次核定，或已无法撤销"))
        taken = take_back(session, deed_id)
        session.flush()
        session.expire_all()
        touch(session, taken.subjects)
        audit(session, viewer.user_id, "undo", Subject.COMPLAINTS, deed_id, dict(taken.rows))
    return written["complaint"]


def _check_placed(session: Session, chosen: Collection[int], ruling: Ruling) -> None:
    """Raise where what should hold tells no place: that would settle nothing."""
    placed: ColumnElement[bool] = (
        Complaint.place_level == PlaceLevel.POINT
        if ruling is Ruling.COORDINATE
        else Complaint.place_level != PlaceLevel.NONE
    )
    missing = select(func.count()).select_from(Complaint).where(Complaint.id.in_(chosen), ~placed)
    n = session.scalar(missing) or 0
    if not n:
        return
    if ruling is Ruling.COORDINATE:
        raise Conflict(
            P_("其中 {n} 件的坐标不在本市任何街道内，没有写入任何内容"),
            remedy=N_("请取消勾选这些，改为采用登记的位置，或搁置"),
            n=n,
        )
    raise Conflict(
        P_("其中 {n} 件没有登记认得的街道、社区或小区，没有写入任何内容"),
        remedy=N_("请取消勾选这些，指派到小区，或搁置"),
        n=n,
    )
