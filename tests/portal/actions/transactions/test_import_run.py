from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from geo.datums.crs import Datum
from portal.actions.transactions.import_run import Origin, Outcome, import_alone, lock_imports, record
from portal.actions.transactions.loaded import Loaded, Remark, Severity, remark
from portal.db import SessionFactory, driver_url
from portal.errors import Conflict
from portal.models import Audit, DataVersion, Firm, ImportReject, ImportRun
from portal.terms import ImportState, Subject
from tests.conftest import MakeDatabase

ORIGIN = Origin("register", "firms.csv", "0" * 64, Datum.BD09, 0.97, "看起来是 BD-09")


@dataclass
class Firms:
    """A load that adds so many firms."""

    number: int

    def __call__(self, session: Session) -> Loaded:
        rows = [{"source": "s", "source_key": str(n), "name": str(n)} for n in range(self.number)]
        if rows:
            session.execute(insert(Firm), rows)
        loaded = Loaded(new=self.number, remarks=[remark(Severity.NOTED, 2, "name", "值", "原因", "办法")])
        loaded.touch(Subject.FIRMS, self.number)
        return loaded


def run_import(
    session: Session,
    load: Callable[[Session], Loaded],
    *,
    before: tuple[Remark, ...] = (),
    dry_run: bool = False,
    wait: Callable[[], None] = lambda: None,
) -> Outcome:
    with import_alone(session, dry_run=dry_run, wait=wait):
        return record(session, Subject.FIRMS, ORIGIN, load(session).after(before))


def count(session: Session, model: type) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


def test_an_import_leaves_a_record_of_what_came_of_it(session: Session) -> None:
    before = remark(Severity.REJECTED, 5, "", "", "读不出")
    outcome = run_import(session, Firms(3), before=(before,))
    assert (outcome.state, outcome.counts["new"], outcome.counts["rejected"]) == ("done", 3, 1)
    run = session.scalars(select(ImportRun)).one()
    assert (run.id, run.subject, run.source, run.state) == (outcome.run_id, "firms", "register", "done")
    assert (run.datum, run.datum_confidence, run.datum_message) == ("bd09", 0.97, "看起来是 BD-09")
    assert run.counts == outcome.counts
    rejects = session.execute(
        select(ImportReject.row, ImportReject.severity, ImportReject.reason).order_by(ImportReject.id)
    ).all()
    assert rejects == [(5, "rejected", "读不出"), (2, "noted", "原因")]
    audit = session.execute(select(Audit.action, Audit.subject, Audit.subject_id)).one()
    assert tuple(audit) == ("import", "firms", str(outcome.run_id))
    assert session.execute(select(DataVersion.subject, DataVersion.version)).all() == [("firms", 1)]


def test_an_import_that_changes_nothing_raises_no_version(session: Session) -> None:
    outcome = run_import(session, Firms(0))
    assert outcome.state is ImportState.UNCHANGED
    assert session.scalars(select(ImportRun.state)).all() == ["unchanged"]
    assert count(session, DataVersion) == 0


def test_a_dry_run_says_the_same_and_keeps_nothing(session: Session) -> None:
    outcome = run_import(session, Firms(3), dry_run=True)
    assert (outcome.state, outcome.counts["new"], len(outcome.remarks)) == ("done", 3, 1)
    assert [count(session, model) for model in (Firm, ImportRun, ImportReject, Audit)] == [0] * 4


def test_a_load_that_fails_leaves_nothing(session: Session) -> None:
    def fail(inside: Session) -> Loaded:
        Firms(3)(inside)
        raise RuntimeError("half-way")

    with pytest.raises(RuntimeError, match="half-way"):
        run_import(session, fail)
    assert [count(session, model) for model in (Firm, ImportRun)] == [0, 0]


@pytest.fixture
def two_sessions(make_database: MakeDatabase) -> Iterator[SessionFactory]:
    engine = create_engine(driver_url(make_database().portal_url))
    yield sessionmaker(engine)
    engine.dispose()


def test_imports_wait_for_each_other(two_sessions: SessionFactory) -> None:
    waits, done = threading.Event(), threading.Event()

    def second() -> None:
        with two_sessions() as session:
            run_import(session, Firms(2), wait=waits.set)
        done.set()

    with two_sessions() as session:
        lock_imports(session)
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(10)
        assert not done.wait(0.3)
        session.rollback()
    thread.join(10)
    assert done.is_set()
    with two_sessions() as session:
        assert count(session, Firm) == 2


def test_who_has_little_patience_is_told_to_come_back(two_sessions: SessionFactory) -> None:
    with two_sessions() as running, two_sessions() as waiting:
        lock_imports(running)
        with pytest.raises(Conflict, match="正在导入"):
            lock_imports(waiting, patience_s=1)
        waiting.rollback()
        running.rollback()
        lock_imports(waiting, patience_s=1)
