"""Imports: each run, and what it refused, repaired or noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, Integer, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.texts import Phrase
from portal.models.base import Base, Id, PhraseColumn, Stamp, one_of
from portal.terms import ImportState

# What became of the row that a remark is about.
SEVERITIES = ("rejected", "repaired", "doubted", "noted")


class ImportRun(Base):
    """One import of one file: what was detected, what came of it."""

    __tablename__ = "import_run"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    subject: Mapped[str]
    source: Mapped[str]
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    state: Mapped[str]
    datum: Mapped[str | None]
    datum_confidence: Mapped[float | None] = mapped_column(Double)
    datum_message: Mapped[Phrase | None] = mapped_column(PhraseColumn)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    # Header, use and field of each column of a table, in its order; see portal.readers.columns_found.
    columns: Mapped[list[list[str]]] = mapped_column(JSONB, server_default=text("'[]'"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Stamp]

    __table_args__ = (one_of("state", ImportState), Index("ix_import_run_at", "at"))


class ImportReject(Base):
    """One row of an import that was refused, repaired or noted, with the remedy."""

    __tablename__ = "import_reject"

    id: Mapped[Id]
    import_run_id: Mapped[UUID] = mapped_column(ForeignKey("import_run.id", ondelete="CASCADE"))
    row: Mapped[int | None] = mapped_column(Integer)
    field: Mapped[str]
    severity: Mapped[str]
    reason: Mapped[Phrase] = mapped_column(PhraseColumn)
    remedy: Mapped[Phrase] = mapped_column(PhraseColumn)

    __table_args__ = (
        one_of("severity", SEVERITIES),
        Index("ix_import_reject_import_run_id", "import_run_id"),
    )


class Upload(Base):
    """A file brought by the browser, and what is said of it; its content lies in the instance folder."""

    __tablename__ = "upload"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    file_name: Mapped[str]
    size: Mapped[int]  # bytes
    received: Mapped[int] = mapped_column(server_default=text("0"))  # bytes
    said: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    # The job that looks into it, then the one that imports it.
    job_id: Mapped[UUID | None] = mapped_column(ForeignKey("job.id", ondelete="SET NULL"))
    import_run_id: Mapped[UUID | None] = mapped_column(ForeignKey("import_run.id", ondelete="SET NULL"))
    created_at: Mapped[Stamp]

    __table_args__ = (
        CheckConstraint("received BETWEEN 0 AND size", name="received"),
        Index("ix_upload_user_id_created_at", "user_id", "created_at"),
    )


class ColumnReading(Base):
    """How the columns of files of one shape were read last: remembered for the next file of that shape."""

    __tablename__ = "column_reading"

    subject: Mapped[str] = mapped_column(primary_key=True)
    shape: Mapped[str] = mapped_column(primary_key=True)  # digest of the headers
    said: Mapped[dict[str, Any]] = mapped_column(JSONB)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[Stamp]
