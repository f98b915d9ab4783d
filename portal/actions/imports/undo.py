"""Take a whole import back, while nothing builds on it."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.orm import Session

from portal.actions.transactions.commit import audit, committed, touch
from portal.actions.transactions.import_run import lock_imports
from portal.actions.transactions.undo import TakenBack, take_back
from portal.errors import N_, NotFound
from portal.models import ImportRun
from portal.terms import ImportState, Subject


def undo_import(
    session: Session, run_id: UUID, user_id: int | None, *, wait: Callable[[], None] = lambda: None
) -> TakenBack:
    """Put every row that an import wrote back as it was, in one transaction, or change nothing.

    Parameters
    ----------
    session
        Without pending changes.
    run_id
        Of the import.
    user_id
        Who takes it back; None on the command line.
    wait
        Called when another import has to finish first.

    Raises
    ------
    NotFound
        There is no such import.
    Conflict
        It cannot be taken back; the remedy says why and what to do.
    """
    with committed(session):
        lock_imports(session, wait)
        run = session.get(ImportRun, run_id)
        if run is None:
            raise NotFound(N_("没有这次导入"))
        taken = take_back(session, run_id)
        run.state = ImportState.UNDONE
        touch(session, taken.subjects)
        audit(session, user_id, "undo", Subject(run.subject), run_id, {"source": run.source, **taken.rows})
    return taken
