"""An action is done, looked at, and undone: what it would do is known before anybody keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.orm import Session

_T = TypeVar("_T")


def rehearse(session: Session, act: Callable[[Session], _T]) -> _T:
    """Do something in a savepoint, roll all of it back, and return what came of it.

    Parameters
    ----------
    session
        Without pending changes; it keeps none, and no lock.
    act
        Is given a session of its own, in which actions may commit; raises as it would in earnest.
    """
    connection = session.connection()
    savepoint = connection.begin_nested()
    try:
        with Session(
            connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
        ) as rehearsing:
            return act(rehearsing)
    finally:
        savepoint.rollback()
