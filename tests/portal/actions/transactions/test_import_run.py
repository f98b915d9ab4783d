from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, func, insert, select
from sqlalchemy.orm import Session, sessionmaker

from geo.datums.crs import Datum
from portal.actions.transactions.import_run import (
    Loaded,
    Origin,
    Outcome,
    Remark,
    Severity,
    import_alone,
    lock_imports,
    record,
    remark,
)
from portal.db import SessionFactory, driver_url
from portal.errors import Conflict
from portal.models import Audit, DataVersion, Firm, ImportReject, ImportRun
from portal.readers.problems import EXCERPT_CHARACTERS
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
        return record(session, uuid.uuid4(), Subject.FIRMS, ORIGIN, load(session).after(before))


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


def test_a_remark_has_its_texts_filled_and_its_value_cut() -> None:
    made = remark(Severity.NOTED, 7.0, "name", "名" * 200, "{key} 有误", "请改 {key}", key="小区")
    assert (made.row, made.reason, made.remedy) == (7, "小区 有误", "请改 小区")
    assert len(made.value) == EXCERPT_CHARACTERS and made.value.endswith("…")


def test_a_text_with_braces_of_its_own_is_left_alone() -> None:
    assert remark(Severity.NOTED, None, "", None, "a {b}").reason == "a {b}"


def test_a_row_is_rejected_once_however_much_is_wrong_with_it() -> None:
    loaded = Loaded(new=2, unchanged=1, found={"outside": 1})
    loaded.remarks = [
        remark(Severity.REJECTED, 3, "a", "", "x"),
        remark(Severity.REJECTED, 3, "b", "", "x"),
        remark(Severity.NOTED, 4, "b", "", "x"),
    ]
    assert loaded.counts() == {"new": 2, "changed": 0, "unchanged": 1, "rejected": 1, "outside": 1}


def test_removed_rows_are_counted_where_there_are_any() -> None:
    assert Loaded(removed=2).counts()["removed"] == 2
    assert "removed" not in Loaded().counts()


def test_only_a_written_row_touches_its_subject() -> None:
    loaded = Loaded()
    loaded.touch(Subject.STREETS, 0)
    loaded.touch(Subject.ROADS, 3)
    assert loaded.touched == {Subject.ROADS}


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_lock_is_held_until_the_import_ends(two_sessions: SessionFactory, dry_run: bool) -> None:
    with two_sessions() as importing, two_sessions() as other:
        with import_alone(importing, dry_run=dry_run):
            with pytest.raises(Conflict):
                lock_imports(other, patience_s=1)
            other.rollback()
        waits: list[bool] = []
        lock_imports(other, lambda: waits.append(True))
        assert waits == []


def test_an_import_may_take_long_and_what_follows_may_not(two_sessions: SessionFactory) -> None:
    def limits(session: Session) -> list[str | None]:
        names = ("statement_timeout", "work_mem", "lock_timeout")
        return [session.scalar(select(func.current_setting(name))) for name in names]

    with two_sessions() as first, two_sessions() as second:
        usual = limits(second)
        second.rollback()
        lock_imports(first)
        # The other import ends once this one has said that it waits.
        with import_alone(second, wait=first.rollback):
            assert limits(second) == ["15min", "128MB", "0"]
        assert limits(second) == usual != ["15min", "128MB", "0"]


def test_by_itself_an_import_stays(two_sessions: SessionFactory) -> None:
    with two_sessions() as session, import_alone(session):
        Firms(1)(session)
    with two_sessions() as session:
        assert count(session, Firm) == 1


@pytest.mark.parametrize(
    ("unchanged", "rejected", "touched", "state"),
    [
        (0, 2, False, ImportState.FAILED),
        (1, 2, False, ImportState.UNCHANGED),
        (0, 0, False, ImportState.UNCHANGED),
        (0, 2, True, ImportState.DONE),
    ],
)
def test_an_import_failed_where_rows_were_refused_and_none_is_there(
    unchanged: int, rejected: int, touched: bool, state: ImportState
) -> None:
    loaded = Loaded(unchanged=unchanged, touched={Subject.FIRMS} if touched else set())
    loaded.remarks = [remark(Severity.REJECTED, row, "name", "", "x") for row in range(1, rejected + 1)]
    assert loaded.state is state
    outcome = Outcome(uuid4(), Subject.FIRMS, state, ORIGIN, loaded.counts(), [])
    assert outcome.nothing_fit is (state is ImportState.FAILED)


def test_a_load_that_did_nothing_counts_nothing() -> None:
    assert Loaded().counts() == {"new": 0, "changed": 0, "unchanged": 0, "rejected": 0}


def test_repaired_rows_are_counted_where_there_are_any() -> None:
    loaded = Loaded(new=2)
    loaded.remarks = [remark(Severity.REPAIRED, row, "geometry", "", "x") for row in (1, 1, 2, 3)]
    loaded.remarks.append(remark(Severity.REJECTED, 3, "name", "", "x"))
    assert loaded.counts()["repaired"] == 2
    assert "repaired" not in Loaded().counts()
