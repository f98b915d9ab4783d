"""What the portal keeps about its own work: data versions, jobs, deeds, what was set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Sequence,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.texts import Phrase
from portal.models.base import Base, Id, PhraseColumn, Stamp, one_of
from portal.terms import JobState

UNDO_STEPS = Sequence("undo_step_number", metadata=Base.metadata)


class DataVersion(Base):
    """A counter per subject, raised by every write; caches and ETags hang on it."""

    __tablename__ = "data_version"

    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    changed_at: Mapped[Stamp]


class Job(Base):
    """Work that takes long: who asked for what, how far it is, what came of it.

    ``arguments`` and ``outcome`` hold no personal data. Without ``user_id`` the portal itself asked.
    """

    __tablename__ = "job"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[str] = mapped_column(server_default=JobState.WAITING)
    arguments: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    attempt: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    step: Mapped[Phrase | None] = mapped_column(PhraseColumn)
    step_at: Mapped[datetime | None]
    done: Mapped[int | None]
    total: Mapped[int | None]
    said: Mapped[Phrase | None] = mapped_column(PhraseColumn)  # what came of it
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    error: Mapped[Phrase | None] = mapped_column(PhraseColumn)
    remedy: Mapped[Phrase | None] = mapped_column(PhraseColumn)
    created_at: Mapped[Stamp]
    started_at: Mapped[datetime | None]
    beaten_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", JobState),
        CheckConstraint("(done IS NULL) = (total IS NULL) AND done >= 0 AND done <= total", name="progress"),
        Index("ix_job_user_id_created_at", "user_id", "created_at"),
        Index("ix_job_created_at", "created_at"),
        Index(
            "ix_job_unfinished",
            "kind",
            "created_at",
            postgresql_where=text("state IN ('waiting', 'running', 'cancelling')"),
        ),
    )


class Deed(Base):
    """A write that can be taken back whole: an import, or a linking of many."""

    __tablename__ = "deed"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    done_at: Mapped[Stamp]
    schema_version: Mapped[str]  # rows are kept as text, which another schema would read differently
    subjects: Mapped[list[str]] = mapped_column(ARRAY(Text))
    # Digest of the rows it wrote, by table, as it left them: whether anything was written since.
    left_as: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    undone_at: Mapped[datetime | None]


class UndoStep(Base):
    """A part of one statement of a deed: the rows' keys, and the rows as they stood before."""

    __tablename__ = "undo_step"

    deed_id: Mapped[UUID] = mapped_column(ForeignKey("deed.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(Integer, primary_key=True)
    table_name: Mapped[str]
    operation: Mapped[str]
    keys: Mapped[list[Any]] = mapped_column(JSONB)
    before: Mapped[list[str] | None] = mapped_column(ARRAY(Text))

    __table_args__ = (one_of("operation", ("insert", "update", "delete")),)


class SetAside(Base):
    """不再待办: what a person has taken out of a queue; it stays in every other count.

    A complaint that cannot be placed, a community that lacks something for good, or (``other_id``)
    two communities that are no duplicates.
    """

    __tablename__ = "set_aside"

    id: Mapped[Id]
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id", ondelete="CASCADE"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("community.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str]
    at: Mapped[Stamp]

    __table_args__ = (
        UniqueConstraint("complaint_id", "community_id", "other_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("num_nonnulls(complaint_id, community_id) = 1", name="one"),
        CheckConstraint("other_id > community_id", name="pair"),
        Index("ix_set_aside_community_id", "community_id"),
    )
