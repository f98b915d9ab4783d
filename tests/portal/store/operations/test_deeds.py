from __future__ import annotations

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.actions.transactions.commit import audit
from portal.actions.transactions.undo import begin_deed, end_deed, take_back
from portal.models import Deed, Firm
from portal.store.operations import deeds
from portal.terms import Subject


def done(session: Session, action: str) -> str:
    deed_id = uuid.uuid4()
    begin_deed(session, deed_id, None)
    session.add(Firm(source="a", source_key=str(deed_id), name="甲"))
    session.flush()
    end_deed(session, deed_id, {Subject.FIRMS})
    audit(session, None, action, Subject.FIRMS, "", {"deed": str(deed_id)})
    session.flush()
    return str(deed_id)


def test_what_was_taken_back_or_is_of_another_version_cannot_be_taken_back(session: Session) -> None:
    one, other, old = (done(session, "x") for _ in range(3))
    take_back(session, uuid.UUID(other))
    session.execute(update(Deed).where(Deed.id == uuid.UUID(old)).values(schema_version="0001"))
    assert deeds.undoable(session, [one, other, old, str(uuid.uuid4())]) == {one}
    assert deeds.undoable(session, []) == set()


def test_the_newest_of_an_action_are_found(session: Session) -> None:
    done(session, "x")
    mine = done(session, "y")
    ((deed, detail, who),) = deeds.newest(session, "y")
    assert (str(deed.id), detail["deed"], who) == (mine, mine, None)
    done(session, "y")
    assert (len(deeds.newest(session, "y")), len(deeds.newest(session, "y", 1))) == (2, 1)
