"""What inspectors find: inspections, findings, rectifications."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id, may_exchange, one_of
from portal.terms import RectificationState, Severity


class Inspection(Base):
    """巡查 / 检查 of one community."""

    __tablename__ = "inspection"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    inspected_at: Mapped[datetime]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        Index("ix_inspection_community_id_inspected_at", "community_id", "inspected_at"),
        Index("ix_inspection_inspected_at", "inspected_at"),
    )


class Finding(Base):
    """问题 found by an inspection: indicator, clause, deduction."""

    __tablename__ = "finding"

    id: Mapped[Id]
    inspection_id: Mapped[int] = mapped_column(ForeignKey("inspection.id", ondelete="CASCADE"))
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str]
    number: Mapped[int] = mapped_column(SmallInteger)
    indicator: Mapped[str]
    clause: Mapped[str]
    severity: Mapped[str]
    deduction: Mapped[float] = mapped_column(Double)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("inspection_id", "number"),
        Index("ix_finding_source_key", "source_key"),
        one_of("severity", Severity),
        CheckConstraint("deduction >= 0", name="deduction"),
    )


class Rectification(Base):
    """整改 of a finding: when it is due and where it stands."""

    __tablename__ = "rectification"

    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id", ondelete="CASCADE"), primary_key=True)
    state: Mapped[str]
    due_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    __table_args__ = (
        one_of("state", RectificationState),
        Index("ix_rectification_state_due_at", "state", "due_at"),
    )
