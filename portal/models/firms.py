"""Who serves: firms, their contracts with communities, the city's guide prices."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, Date, Double, ForeignKey, Index, SmallInteger, UniqueConstraint
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id


class Firm(Base):
    """物业服务企业."""

    __tablename__ = "firm"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    name: Mapped[str]
    pinyin_initials: Mapped[str] = mapped_column(server_default="")
    credit_code: Mapped[str | None]
    registered_on: Mapped[date | None] = mapped_column(Date)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        UniqueConstraint("credit_code"),
        Index("ix_firm_name", "name"),
    )


class Contract(Base):
    """物业服务合同: one firm serves one community for a period; periods of a community never overlap."""

    __tablename__ = "contract"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    period: Mapped[Any] = mapped_column(DATERANGE)
    fee_yuan_m2_month: Mapped[float | None] = mapped_column(Double)
    posted_fee_yuan_m2_month: Mapped[float | None] = mapped_column(Double)
    # Upper ends where a fee is a range; the former two are its lower ends then.
    fee_high_yuan_m2_month: Mapped[float | None] = mapped_column(Double)
    posted_fee_high_yuan_m2_month: Mapped[float | None] = mapped_column(Double)
    grade: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        CheckConstraint("fee_yuan_m2_month >= 0 AND posted_fee_yuan_m2_month >= 0", name="fees"),
        CheckConstraint(
            "fee_high_yuan_m2_month > fee_yuan_m2_month "
            "AND posted_fee_high_yuan_m2_month > posted_fee_yuan_m2_month",
            name="fee_ranges",
        ),
        CheckConstraint("NOT isempty(period) AND NOT lower_inf(period)", name="period"),
        ExcludeConstraint(
            ("community_id", "="),
            ("period", "&&"),
            using="gist",
            name="contract_periods_disjoint",
            # One import may move the border between two contracts of a community.
            deferrable=True,
            initially="IMMEDIATE",
        ),
        Index("ix_contract_firm_id", "firm_id"),
    )


class GuidePrice(Base):
    """政府指导价: the city's guide price of one grade for a period, in yuan per m² and month."""

    __tablename__ = "guide_price"

    id: Mapped[Id]
    grade: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[Any] = mapped_column(DATERANGE)
    yuan_m2_month: Mapped[float] = mapped_column(Double)
    lift_yuan_m2_month: Mapped[float] = mapped_column(Double)
    fire_yuan_m2_month: Mapped[float] = mapped_column(Double)

    __table_args__ = (
        CheckConstraint("grade BETWEEN 1 AND 5", name="grade"),
        ExcludeConstraint(
            ("grade", "="), ("period", "&&"), using="gist", name="guide_price_periods_disjoint"
        ),
    )
