"""What a score is made of: surveys, street evaluations, penalties; and the score itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from portal.models.base import Base, Id, may_exchange, one_of, quarter_check
from portal.terms import PenaltyKind


class Survey(Base):
    """业主满意度: one quarter's survey of a community."""

    __tablename__ = "survey"

    id: Mapped[Id]
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str | None]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    period: Mapped[str]
    responses: Mapped[int] = mapped_column(Integer)
    mean_share: Mapped[float] = mapped_column(Double)  # mean satisfaction, 0-1

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id", "period"),
        quarter_check(),
        CheckConstraint("responses >= 0 AND mean_share BETWEEN 0 AND 1", name="range"),
    )


class StreetEvaluation(Base):
    """街道社区评价: points a street gives a community's service for one quarter."""

    __tablename__ = "street_evaluation"

    id: Mapped[Id]
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str | None]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    period: Mapped[str]
    cooperation: Mapped[float | None] = mapped_column(Double)
    meetings: Mapped[float | None] = mapped_column(Double)
    rectification: Mapped[float | None] = mapped_column(Double)
    disclosure: Mapped[float | None] = mapped_column(Double)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id", "period"),
        quarter_check(),
        CheckConstraint("least(cooperation, meetings, rectification, disclosure) >= 0", name="range"),
    )


class Penalty(Base):
    """Penalty, veto (一票否决) or commendation, with clause and evidence."""

    __tablename__ = "penalty"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[str]
    points: Mapped[float] = mapped_column(Double)
    clause: Mapped[str]
    evidence: Mapped[str]
    occurred_on: Mapped[date] = mapped_column(Date)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        one_of("kind", PenaltyKind),
        CheckConstraint("num_nonnulls(community_id, firm_id) = 1", name="one_subject"),
        CheckConstraint("points >= 0", name="points"),
    )


class ServiceScore(Base):
    """服务评分 of a community for one quarter, with the points of each dimension.

    A veto fails a community for which no record gives points: ``points`` is then null.
    ``policy_version`` is the policy that it was computed with, null where that was not yet kept.
    """

    __tablename__ = "service_score"

    id: Mapped[Id]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    period: Mapped[str]
    points: Mapped[float | None] = mapped_column(Double)
    band: Mapped[str]
    veto: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    dimensions: Mapped[dict[str, Any]] = mapped_column(JSONB)
    missing: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    policy_version: Mapped[int | None] = mapped_column(Integer, ForeignKey("city_policy.version"))

    __table_args__ = (
        UniqueConstraint("community_id", "period"),
        quarter_check(),
        CheckConstraint("points BETWEEN 0 AND 105", name="points"),
        Index("ix_service_score_period", "period", "community_id", postgresql_include=["points", "band"]),
    )
