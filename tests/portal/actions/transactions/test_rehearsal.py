from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import committed
from portal.actions.transactions.import_run import lock_imports
from portal.actions.transactions.rehearsal import rehearse
from portal.models import Firm


def firms(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Firm)) or 0


def add(session: Session) -> int:
    with committed(session):
        lock_imports(session, patience_s=1)
        session.add(Firm(source="a", source_key="1", name="甲"))
    return firms(session)


def test_what_was_rehearsed_is_told_and_gone(session: Session) -> None:
    assert rehearse(session, add) == 1
    assert firms(session) == 0
    assert rehearse(session, add) == 1
    assert add(session) == 1


def test_what_fails_leaves_nothing(session: Session) -> None:
    def fail(rehearsing: Session) -> None:
        add(rehearsing)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        rehearse(session, fail)
    assert firms(session) == 0
