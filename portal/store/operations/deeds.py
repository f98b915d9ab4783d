"""Reads of deeds: which changes could still be taken back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Text, cast, select
from sqlalchemy.orm import Session

from portal.db import newest_schema
from portal.models import Audit, Deed, UserAccount

MOST = 5


def undoable(session: Session, deed_ids: Collection[str]) -> set[str]:
    """Return those of ``deed_ids`` that were not taken back, of this version of the portal."""
    given = [UUID(deed_id) for deed_id in deed_ids]
    standing = select(Deed.id).where(
        Deed.id.in_(given), Deed.undone_at.is_(None), Deed.schema_version == newest_schema()
    )
    return set(map(str, session.scalars(standing))) if given else set()


def newest(session: Session, action: str, most: int = MOST) -> Sequence[Row[Any]]:
    """Return the newest deeds of an action: Deed, its detail of the audit, who did it."""
    return session.execute(
        select(Deed, Audit.detail, UserAccount.display_name)
        .join(Audit, Audit.detail["deed"].astext == cast(Deed.id, Text))
        .outerjoin(UserAccount, UserAccount.id == Deed.user_id)
        .where(Audit.action == action)
        .order_by(Deed.done_at.desc(), Audit.id.desc())
        .limit(most)
    ).all()
