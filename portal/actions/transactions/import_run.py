"""The frame of every import: what it reports; one at a time, one transaction, one record."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from psycopg.errors import LockNotAvailable
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from geo.datums.crs import Datum
from geo.texts import Phrase
from portal.actions.transactions.commit import audit, committed, touch
from portal.errors import N_, Conflict
from portal.models import ImportReject, ImportRun
from portal.personal_numbers import mask_numbers
from portal.readers.columns_found import ColumnFound
from portal.readers.problems import EXCERPT_CHARACTERS
from portal.terms import ImportState, Subject

# Any number that no other part of the portal locks.
_LOCK = 7_402_031
# Pages may not hold a connection for minutes; an import may.
_STATEMENT_LIMIT = "15min"
_SORT_MEMORY = "128MB"  # one import runs at a time; a file's rows are put in order without going to disk


class Severity(StrEnum):
    """What became of the row that a remark is about."""

    REJECTED = "rejected"
    REPAIRED = "repaired"
    DOUBTED = "doubted"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about one row that a person should know.

    Parameters
    ----------
    row
        Row of the source as its reader counts; None for the whole file.
    field
        Column of the contract; "" for the whole row.
    value
        What stood there, cut to an excerpt. It goes to the reject file only, never to the database.
    severity
        Whether the row was left out, changed, waits for a clerk's ruling, or is only noted.
    reason, remedy
        In words.
    """

    row: int | None
    field: str
    value: str
    severity: Severity
    reason: Phrase
    remedy: Phrase


def remark(
    severity: Severity,
    row: Any,
    field: str,
    value: object,
    reason: str,
    remedy: str = "",
    /,
    **params: object,
) -> Remark:
    """Return a `Remark`; ``reason`` and ``remedy`` are phrases, or marked texts filled from ``params``."""
    text = "" if value is None else str(value)
    if len(text) > EXCERPT_CHARACTERS:
        text = text[: EXCERPT_CHARACTERS - 1] + "…"
    number = None if row is None else int(row)
    return Remark(number, field, text, severity, _phrase(reason, params), _phrase(remedy, params))


def _phrase(text: str, params: Mapping[str, object]) -> Phrase:
    return text if isinstance(text, Phrase) else Phrase(text, **params)


@dataclass
class Loaded:
    """What a load did to the tables.

    Parameters
    ----------
    new, changed, unchanged, removed
        Rows of the subject itself.
    found
        Further counts, by name: ``matched_to_a_street``, ``repeats`` …
    remarks
        On rows, in the order of the source.
    touched
        Subjects of which some row was written; empty after an import that changed nothing.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    found: dict[str, Any] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    touched: set[Subject] = field(default_factory=set)

    def touch(self, subject: Subject, rows_written: int) -> None:
        """Note that ``rows_written`` rows of ``subject`` were written, if any."""
        if rows_written:
            self.touched.add(subject)

    def after(self, remarks: Iterable[Remark], found: Mapping[str, int] | None = None) -> Loaded:
        """Put what reading and checking had to say, and counted, before what the load did; return self."""
        self.remarks = [*remarks, *self.remarks]
        self.found = {**(found or {}), **self.found}
        return self

    def counts(self) -> dict[str, Any]:
        """Return every count by name, rejected and repaired rows included."""
        refused, repaired = (
            {item.row for item in self.remarks if item.severity is severity}
            for severity in (Severity.REJECTED, Severity.REPAIRED)
        )
        mended = {"repaired": len(repaired - refused)} if repaired - refused else {}
        own = {"new": self.new, "changed": self.changed, "unchanged": self.unchanged}
        removed = {"removed": self.removed} if self.removed else {}
        return own | removed | {"rejected": len(refused)} | mended | self.found

    @property
    def state(self) -> ImportState:
        """How the import ended: it failed where rows were refused and none is in the tables."""
        if self.touched:
            return ImportState.DONE
        refused = any(item.severity is Severity.REJECTED for item in self.remarks)
        return ImportState.FAILED if refused and not self.unchanged else ImportState.UNCHANGED


@dataclass(frozen=True)
class Origin:
    """Where a frame came from.

    Parameters
    ----------
    source
        Name of the source; with a row's key it identifies the row.
    file_name, file_sha256
        Of the file.
    datum, datum_confidence, datum_message
        What its coordinates are in, how sure that is, and why; None without coordinates.
    user_id
        Who imports; None on the command line.
    """

    source: str
    file_name: str
    file_sha256: str = ""
    datum: Datum | None = None
    datum_confidence: float | None = None
    datum_message: Phrase | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What an import did, or would have done.

    Parameters
    ----------
    run_id
        Key of the import's record; after a dry run there is none.
    counts
        See `portal.actions.imports.words.count_words`.
    columns
        What became of each column of a table.
    questions
        What a person has to confirm: `portal.actions.imports.questions.Question`.
    """

    run_id: uuid.UUID
    subject: Subject
    state: ImportState
    origin: Origin
    counts: dict[str, Any]
    remarks: Sequence[Remark]
    columns: Sequence[ColumnFound] = ()
    questions: Sequence[Any] = ()

    @property
    def nothing_fit(self) -> bool:
        """Whether no row could be imported, rather than all being there already."""
        return self.state is ImportState.FAILED


class _DryRun(Exception):
    """Ends a transaction of which nothing is to stay."""


@contextmanager
def import_alone(
    session: Session, *, dry_run: bool = False, wait: Callable[[], None] = lambda: None
) -> Iterator[None]:
    """Import in one transaction, alone; undo everything in a dry run or when the block raises.

    Parameters
    ----------
    session
        Without pending changes; the block must not commit.
    dry_run
        Whether to roll back instead of committing.
    wait
        Called when another import has to finish first.
    """
    with suppress(_DryRun), committed(session):
        lock_imports(session, wait)
        yield
        if dry_run:
            raise _DryRun


def lock_imports(
    session: Session, wait: Callable[[], None] = lambda: None, *, patience_s: int | None = None
) -> None:
    """Take the lock that lets one import or scoring run at a time; it is released with the transaction.

    Parameters
    ----------
    wait
        Called when another has to finish first.
    patience_s
        How long to wait for it, None for as long as it takes.

    Raises
    ------
    Conflict
        It did not finish in time.
    """
    _set(session, "statement_timeout", _STATEMENT_LIMIT)
    _set(session, "work_mem", _SORT_MEMORY)
    if session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}):
        return
    wait()
    _set(session, "lock_timeout", f"{patience_s or 0}s")
    try:
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    except OperationalError as error:
        if isinstance(error.orig, LockNotAvailable):
            raise Conflict(N_("正在导入数据或计算评分"), remedy=N_("请稍后再试")) from error
        raise
    _set(session, "lock_timeout", "0")


def _set(session: Session, name: str, value: str) -> None:
    session.execute(text("SELECT set_config(:name, :value, true)"), {"name": name, "value": value})


def record(
    session: Session,
    run_id: uuid.UUID,
    subject: Subject,
    origin: Origin,
    loaded: Loaded,
    columns: Sequence[ColumnFound] = (),
) -> Outcome:
    """Record what a load did: counts, remarks, columns, data versions, one row of audit; return all of it."""
    state, counts = loaded.state, loaded.counts()
    run = ImportRun(
        id=run_id,
        subject=subject,
        source=origin.source,
        file_name=origin.file_name,
        file_sha256=origin.file_sha256,
        state=state,
        datum=origin.datum,
        datum_confidence=origin.datum_confidence,
        datum_message=origin.datum_message,
        counts=counts,
        # Without the cells: a table without a header has some for names of its columns, too.
        columns=[[mask_numbers(one.header, telephone=True), one.use, one.field] for one in columns],
        user_id=origin.user_id,
    )
    session.add(run)
    session.flush()
    rows = [_row(run.id, item) for item in loaded.remarks]
    if rows:
        session.execute(insert(ImportReject), rows)
    touch(session, sorted(loaded.touched))
    audit(session, origin.user_id, "import", subject, run.id, {"source": origin.source, "state": state})
    return Outcome(run.id, subject, state, origin, counts, loaded.remarks, columns)


def _row(run_id: uuid.UUID, item: Remark) -> dict[str, Any]:
    return {
        "import_run_id": run_id,
        "row": item.row,
        "field": item.field,
        "severity": item.severity,
        "reason": item.reason,
        "remedy": item.remedy,
    }
