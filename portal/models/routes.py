"""Inspection routes as planned: stops, legs, what was left out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Stamp, geometry


class Route(Base):
    """巡查路线: one inspector's day as planned and checked; times are aware."""

    __tablename__ = "route"

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, server_default=func.gen_random_uuid())
    day: Mapped[date] = mapped_column(Date)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Stamp]
    start_name: Mapped[str]
    start_point: Mapped[Any] = geometry("POINT", nullable=False)
    end_name: Mapped[str | None]
    end_point: Mapped[Any | None] = geometry("POINT")
    departs_at: Mapped[datetime]
    finishes_at: Mapped[datetime]
    note: Mapped[str]  # code of the label that stands beside every time
    approximate: Mapped[bool] = mapped_column(Boolean)  # straight lines, no roads
    end_leg: Mapped[Any | None] = geometry("LINESTRING")
    end_seconds: Mapped[float | None] = mapped_column(Double)
    end_m: Mapped[float | None] = mapped_column(Double)
    end_via: Mapped[list[Any] | None] = mapped_column(JSONB)
    pauses: Mapped[list[Any]] = mapped_column(JSONB)  # [[start, end, position of the next stop], …]

    __table_args__ = (
        CheckConstraint("finishes_at >= departs_at", name="times"),
        CheckConstraint("(end_name IS NULL) = (end_point IS NULL)", name="end"),
        Index("ix_route_user_id_day", "user_id", "day"),
    )


class RouteStop(Base):
    """站点: one community of a route, with times and the leg that leads to it."""

    __tablename__ = "stop"

    route_id: Mapped[UUID] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)  # from 1
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    name: Mapped[str]  # as planned
    point: Mapped[Any] = geometry("POINT", nullable=False)  # the gate driven to
    visit_minutes: Mapped[int] = mapped_column(SmallInteger)
    wait_minutes: Mapped[float] = mapped_column(Double)
    arrives_at: Mapped[datetime]
    begins_at: Mapped[datetime]
    departs_at: Mapped[datetime]
    travel_seconds: Mapped[float] = mapped_column(Double)
    travel_m: Mapped[float] = mapped_column(Double)
    leg: Mapped[Any | None] = geometry("LINESTRING")
    via: Mapped[list[Any]] = mapped_column(JSONB)  # [[road name, metres], …]

    __table_args__ = (
        UniqueConstraint("route_id", "community_id"),
        CheckConstraint("arrives_at <= begins_at AND begins_at <= departs_at", name="times"),
    )


class RouteDropped(Base):
    """A community that was asked for but is not part of the day, and why."""

    __tablename__ = "route_dropped"

    route_id: Mapped[UUID] = mapped_column(ForeignKey("route.id", ondelete="CASCADE"), primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    name: Mapped[str]
    point: Mapped[Any | None] = geometry("POINT")
    visit_minutes: Mapped[int] = mapped_column(SmallInteger)
    reason: Mapped[str]  # code
    limit_value: Mapped[float] = mapped_column(Double)
