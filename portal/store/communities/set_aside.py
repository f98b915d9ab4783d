"""Reads of communities that were taken out of the queues: by whom, when and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from portal.models import SetAside, UserAccount


def one(session: Session, community_id: int) -> Row[tuple[str, datetime, str]] | None:
    """Return reason, time and who, of a community that was set aside; None of others."""
    found: Any = (
        select(SetAside.reason, SetAside.at, UserAccount.display_name.label("who"))
        .outerjoin(UserAccount, UserAccount.id == SetAside.user_id)
        .where(SetAside.community_id == community_id, SetAside.other_id.is_(None))
    )
    return session.execute(found).one_or_none()
