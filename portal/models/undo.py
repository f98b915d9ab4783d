"""Deeds that can be taken back: what stood in each row before one wrote it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, Sequence, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Stamp, one_of

UNDO_STEPS = Sequence("undo_step_number", metadata=Base.metadata)


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
