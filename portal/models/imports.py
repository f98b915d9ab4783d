"""Imports: each run, and what it refused, repaired or noted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Double, ForeignKey, Index, Integer, Uuid, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.texts import Phrase
from portal.models.base import Base, Id, PhraseColumn, Stamp, one_of
from portal.terms import ImportState

# What became of the row that a remark is about.
SEVERITIES = ("rejected", "repaired", "noted")


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
