"""What is kept of a deed; taking back is tried with imports, in `portal.actions.imports.test_undo`."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from portal.actions.transactions.undo import begin_deed, end_deed, take_back
from portal.models import Base, Deed, Firm, UndoStep
from portal.terms import Subject
from tests.portal.actions.imports.test_undo import BESIDE


def test_every_table_that_an_import_may_write_is_kept_for_undo(session: Session) -> None:
    kept = session.execute(
        text(
            "SELECT event_object_table, count(*) FROM information_schema.triggers "
            "WHERE trigger_name LIKE 'keep_for_undo_%' GROUP BY 1"
        )
    ).all()
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert {row[0]: row[1] for row in kept} == dict.fromkeys(tables - BESIDE, 3)


def test_a_deed_that_wrote_nothing_is_forgotten(session: Session) -> None:
    deed = uuid.uuid4()
    begin_deed(session, deed, None)
    end_deed(session, deed, set())
    assert session.scalar(select(func.count()).select_from(Deed)) == 0


def test_many_rows_are_kept_in_parts_and_put_back_in_order(session: Session) -> None:
    session.add_all(Firm(source="a", source_key=str(n), name=f"{n} 号") for n in range(2_500))
    session.commit()
    before = session.scalars(text("SELECT f::text FROM firm f ORDER BY id")).all()
    deed = uuid.uuid4()
    begin_deed(session, deed, None)
    session.execute(update(Firm).values(name=Firm.name + "物业"))
    session.execute(update(Firm).where(Firm.source_key < "2").values(name="甲"))
    session.execute(text("DELETE FROM firm WHERE source_key = '7'"))
    end_deed(session, deed, {Subject.FIRMS})
    parts = select(func.count()).select_from(UndoStep).where(UndoStep.deed_id == deed)
    assert session.scalar(parts) == 3 + 2 + 1
    taken = take_back(session, deed)
    assert taken.subjects == [Subject.FIRMS]
    assert taken.rows == {"firm": 2_500}
    assert session.scalars(text("SELECT f::text FROM firm f ORDER BY id")).all() == before


def test_what_is_written_after_the_deed_is_not_kept(session: Session) -> None:
    deed = uuid.uuid4()
    begin_deed(session, deed, None)
    session.add(Firm(source="a", source_key="1", name="甲"))
    session.flush()
    end_deed(session, deed, {Subject.FIRMS})
    session.add(Firm(source="a", source_key="2", name="乙"))
    session.flush()
    take_back(session, deed)
    assert session.scalars(select(Firm.name)).all() == ["乙"]
