"""What residents say: complaints, and the work orders they become."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id, geometry, one_of
from portal.terms import Doubt, PlaceHow, PlaceLevel, Ruling


class Complaint(Base):
    """投诉 / 诉求: one record of one source. Nothing is dropped: what has no place waits in a queue."""

    __tablename__ = "complaint"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    received_at: Mapped[datetime]
    channel: Mapped[str | None]
    request_kind: Mapped[str | None]
    event_type: Mapped[str | None]
    main_type: Mapped[str | None]
    sub_type: Mapped[str | None]
    category: Mapped[str | None]
    cause: Mapped[str | None]
    property_related: Mapped[bool] = mapped_column(Boolean)  # False is 非物业事项
    place_level: Mapped[str]
    place_how: Mapped[str]
    doubt: Mapped[str | None]  # why the coordinate makes no point, until a clerk rules
    ruling: Mapped[str | None]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhood.id"))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    reported_district: Mapped[str | None]  # the place in the source's own words
    reported_street: Mapped[str | None]
    reported_neighbourhood: Mapped[str | None]
    reported_community: Mapped[str | None]
    address_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    # JSON of the source's columns that are no field: what was said, by whom, on which number.
    attributes_encrypted: Mapped[bytes | None] = mapped_column(LargeBinary)
    point: Mapped[Any | None] = geometry("POINT")
    raw_lon: Mapped[float | None] = mapped_column(Double)
    raw_lat: Mapped[float | None] = mapped_column(Double)
    source_datum: Mapped[str | None]
    content_hash: Mapped[bytes] = mapped_column(LargeBinary)
    repeat_of_id: Mapped[int | None] = mapped_column(ForeignKey("complaint.id"))

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        one_of("place_level", PlaceLevel),
        one_of("place_how", PlaceHow),
        one_of("doubt", Doubt),
        one_of("ruling", Ruling),
        CheckConstraint("place_level <> 'point' OR point IS NOT NULL", name="point_has_coordinate"),
        CheckConstraint("place_level <> 'community' OR community_id IS NOT NULL", name="community_known"),
        CheckConstraint(
            "place_level <> 'neighbourhood' OR neighbourhood_id IS NOT NULL", name="neighbourhood_known"
        ),
        CheckConstraint("place_level <> 'street' OR street_id IS NOT NULL", name="street_known"),
        CheckConstraint("NOT ST_Equals(point, ST_SetSRID(ST_MakePoint(0, 0), 4326))", name="not_null_island"),
        CheckConstraint("(category IS NOT NULL) = property_related", name="category"),
        Index("ix_complaint_community_id_received_at", "community_id", "received_at"),
        Index("ix_complaint_street_id_received_at", "street_id", "received_at"),
        Index("ix_complaint_received_at", "received_at"),
        Index("ix_complaint_content_hash", "content_hash"),
        Index("ix_complaint_repeat_of_id", "repeat_of_id"),
        Index(
            "ix_complaint_community_unknown",
            "place_level",
            "street_id",
            postgresql_where=text("community_id IS NULL"),
        ),
        # Doubts are few, and asked for by what waits and by the coordinate that many share.
        Index("ix_complaint_doubt", "doubt", postgresql_where=text("doubt IS NOT NULL")),
        Index(
            "ix_complaint_raw_lon_raw_lat", "raw_lon", "raw_lat", postgresql_where=text("raw_lon IS NOT NULL")
        ),
        Index("ix_complaint_point", "point", postgresql_using="gist"),
    )


class WorkOrder(Base):
    """工单: a complaint as dispatched to a unit, and how that ended."""

    __tablename__ = "work_order"

    id: Mapped[Id]
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaint.id", ondelete="CASCADE"), unique=True)
    unit: Mapped[str | None]
    in_time: Mapped[bool | None] = mapped_column(Boolean)
    responded_in_time: Mapped[bool | None] = mapped_column(Boolean)
    called_back: Mapped[bool | None] = mapped_column(Boolean)
    resolved: Mapped[bool | None] = mapped_column(Boolean)
    satisfied: Mapped[bool | None] = mapped_column(Boolean)
    closed_at: Mapped[datetime | None]
