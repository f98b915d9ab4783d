"""Communities: how sources know them, their names, gates and history."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id, Stamp, geometry, may_exchange, one_of
from portal.terms import CommunityStatus, Doubt, HistoryKind, PlaceHow, Ruling


class Community(Base):
    """小区: the unit of supervision. Name and outline are both optional, one must be there."""

    __tablename__ = "community"

    id: Mapped[Id]
    name: Mapped[str | None]
    pinyin: Mapped[str] = mapped_column(server_default="")
    pinyin_initials: Mapped[str] = mapped_column(server_default="")
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    street_how: Mapped[str]
    street_share: Mapped[float | None] = mapped_column(Double)  # of the outline, 0-1
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey("neighbourhood.id"))
    registered_street: Mapped[str | None]  # as the register spells it
    registered_district: Mapped[str | None]
    address: Mapped[str | None]
    kind: Mapped[str | None]
    built_year: Mapped[int | None] = mapped_column(SmallInteger)
    households: Mapped[int | None] = mapped_column(Integer)
    floor_area_m2: Mapped[float | None] = mapped_column(Double)
    lifts: Mapped[int | None] = mapped_column(SmallInteger)
    reference_price_yuan_m2: Mapped[float | None] = mapped_column(Double)
    outline: Mapped[Any | None] = geometry("MULTIPOLYGON")
    outline_3857: Mapped[Any | None] = geometry(
        "MULTIPOLYGON", srid=3857, computed="ST_Transform(outline, 3857)"
    )
    pin: Mapped[Any | None] = geometry("POINT")  # a point given by a source or a clerk
    doubtful_pin: Mapped[Any | None] = geometry("POINT")  # a source's point that is not taken for true
    doubt: Mapped[str | None]  # why not, until a clerk rules or pins
    ruling: Mapped[str | None]
    location: Mapped[Any | None] = geometry("POINT", computed="COALESCE(pin, ST_PointOnSurface(outline))")
    location_3857: Mapped[Any | None] = geometry(
        "POINT",
        srid=3857,
        computed="ST_Transform(COALESCE(pin, ST_PointOnSurface(outline)), 3857)",
    )
    raw_geometry: Mapped[bytes | None] = mapped_column(LargeBinary)  # WKB as read, in source_datum
    source_datum: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=CommunityStatus.ACTIVE)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        one_of("status", CommunityStatus),
        one_of("street_how", PlaceHow),
        one_of("doubt", Doubt),
        one_of("ruling", Ruling),
        CheckConstraint(
            "name IS NOT NULL OR outline IS NOT NULL OR pin IS NOT NULL OR doubtful_pin IS NOT NULL",
            name="identifiable",
        ),
        CheckConstraint("ST_IsValid(outline)", name="outline_valid"),
        CheckConstraint("households >= 0 AND floor_area_m2 >= 0 AND lifts >= 0", name="counts"),
        CheckConstraint("built_year BETWEEN 1800 AND 2100", name="built_year"),
        CheckConstraint("(status = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into"),
        Index("ix_community_outline", "outline", postgresql_using="gist"),
        Index("ix_community_outline_3857", "outline_3857", postgresql_using="gist"),
        Index("ix_community_location", "location", postgresql_using="gist"),
        Index("ix_community_location_3857", "location_3857", postgresql_using="gist"),
        Index(
            "ix_community_location_geography",
            text("(location::geography)"),
            postgresql_using="gist",
        ),
        Index("ix_community_street_id", "street_id"),
        Index(
            "ix_community_name_trgm",
            "name",
            postgresql_using="gin",
            postgresql_ops={"name": "gin_trgm_ops"},
        ),
        Index(
            "ix_community_pinyin_initials",
            "pinyin_initials",
            postgresql_ops={"pinyin_initials": "text_pattern_ops"},
        ),
    )


class CommunityIdentity(Base):
    """How one source names a community: the natural key of every import."""

    __tablename__ = "community_identity"

    source: Mapped[str] = mapped_column(primary_key=True)
    source_key: Mapped[str] = mapped_column(primary_key=True)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    matched_by: Mapped[str]  # created | name_and_street | manual
    # Columns of the community that this source gave and keeps up to date; a clerk's edit takes them away.
    supplied: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))

    __table_args__ = (
        one_of("matched_by", ("created", "name_and_street", "manual")),
        Index("ix_community_identity_community_id", "community_id"),
        Index("ix_community_identity_source_key", "source_key"),
    )


class CommunityAlias(Base):
    """Another name of a community: an alias or a former name."""

    __tablename__ = "community_alias"

    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), primary_key=True)
    alias: Mapped[str] = mapped_column(primary_key=True)
    pinyin_initials: Mapped[str] = mapped_column(server_default="")
    former: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (Index("ix_community_alias_alias", "alias"),)


class CommunityGate(Base):
    """出入口: where a vehicle or a person enters a community."""

    __tablename__ = "community_gate"

    id: Mapped[Id]
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str | None]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    name: Mapped[str]
    point: Mapped[Any] = geometry("POINT", nullable=False)
    main: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id", "name"),
    )


class CommunityHistory(Base):
    """What happened to a community's record: renamed, merged, split, linked, pinned, drawn."""

    __tablename__ = "community_history"

    id: Mapped[Id]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    kind: Mapped[str]
    at: Mapped[Stamp]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))

    __table_args__ = (
        one_of("kind", HistoryKind),
        Index("ix_community_history_community_id", "community_id"),
    )
