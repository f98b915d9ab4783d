"""A change of communities or a ruling on complaints is taken back whole, while nothing builds on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select, text
from sqlalchemy.orm import Session

from portal.access import Permission, Viewer, require
from portal.actions.communities.changes import PATIENCE_S
from portal.actions.places import complaint_places
from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.import_run import lock_imports
from portal.actions.transactions.undo import TakenBack, take_back
from portal.errors import N_, NotFound
from portal.models import Community, Complaint, Deed, ImportRun
from portal.privacy import Cipher
from portal.terms import CommunityStatus, Subject


def undo_change(session: Session, viewer: Viewer, deed_id: UUID, *, cipher: Cipher) -> TakenBack:
    """Put every row that a change wrote back as it was; complaints that came since find their place anew.

    Parameters
    ----------
    cipher
        Opens the addresses of those complaints.

    Raises
    ------
    NotAllowed
        The viewer may not take changes back.
    NotFound
        There is no such change; an import is none.
    Conflict
        Something builds on it; the remedy says what to do.
    """
    require(viewer, Permission.UNDO_CHANGES)
    with committed(session):
        lock_imports(session, patience_s=PATIENCE_S)
        if session.get(Deed, deed_id) is None or session.get(ImportRun, deed_id) is not None:
            raise NotFound(N_("没有这次改动，或已无法撤销"))
        concerned = _written(session, deed_id, "community")
        complaints = _written(session, deed_id, "complaint")
        taken = take_back(session, deed_id)
        session.flush()
        # What the session knows of these rows is what they no longer are.
        session.expire_all()
        moved = complaint_places.replace(session, _astray(concerned, complaints), cipher)
        touch(session, sorted({*taken.subjects, *([Subject.COMPLAINTS] if moved else [])}))
        # A clerk's ruling on complaints is a change like others, but of no community.
        subject = Subject.COMPLAINTS if set(taken.rows) == {"complaint"} else Subject.COMMUNITIES
        audit(session, viewer.user_id, "undo", subject, deed_id, dict(taken.rows))
    return taken


def _written(session: Session, deed_id: UUID, table: str) -> Sequence[int]:
    rows = session.scalars(
        text(
            "SELECT DISTINCT (key->>'id')::bigint FROM undo_step, jsonb_array_elements(keys) AS key "
            "WHERE deed_id = :deed AND table_name = :table"
        ),
        {"deed": deed_id, "table": table},
    )
    return rows.all()


def _astray(community_ids: Sequence[int], complaint_ids: Sequence[int]) -> Select[Any]:
    """Return the complaints that are not in the outline around their point.

    It has come back, or they went back themselves and it was drawn meanwhile.
    """
    covered = Complaint.point.op("&&")(Community.outline) & func.ST_Covers(Community.outline, Complaint.point)
    return (
        select(Complaint.id)
        .join(Community, covered)
        .where(
            or_(Community.id.in_(community_ids), Complaint.id.in_(complaint_ids)),
            Community.status == CommunityStatus.ACTIVE,
            Complaint.community_id.is_distinct_from(Community.id),
        )
    )
