"""Streets, neighbourhoods and roads."""

from __future__ import annotations

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


class Street(Base):
    """街道: an authority and its jurisdiction."""

    __tablename__ = "street"

    id: Mapped[Id]
    source_key: Mapped[str]
    name: Mapped[str]  # without the suffix 街道
    district: Mapped[str] = mapped_column(server_default="")
    code: Mapped[str | None]
    outline: Mapped[Any] = geometry("MULTIPOLYGON", nullable=False)
    outline_3857: Mapped[Any] = geometry("MULTIPOLYGON", srid=3857, computed="ST_Transform(outline, 3857)")
    area_m2: Mapped[float] = mapped_column(Double)
    pinyin_initials: Mapped[str] = mapped_column(server_default="")
    raw_outline: Mapped[bytes | None] = mapped_column(LargeBinary)  # WKB as read, in source_datum
    source_datum: Mapped[str]

    __table_args__ = (
        UniqueConstraint("district", "name"),
        UniqueConstraint("source_key"),
        CheckConstraint("ST_IsValid(outline)", name="outline_valid"),
        Index("ix_street_outline", "outline", postgresql_using="gist"),
        Index("ix_street_outline_3857", "outline_3857", postgresql_using="gist"),
    )


class Neighbourhood(Base):
    """社区: the residents' committee's area; its outline is often unknown."""

    __tablename__ = "neighbourhood"

    id: Mapped[Id]
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    name: Mapped[str]
    outline: Mapped[Any | None] = geometry("MULTIPOLYGON")

    __table_args__ = (
        UniqueConstraint("street_id", "name"),
        CheckConstraint("ST_IsValid(outline)", name="outline_valid"),
        Index("ix_neighbourhood_outline", "outline", postgresql_using="gist"),
    )


class Road(Base):
    """One piece of road between two nodes of the graph, as imported."""

    __tablename__ = "road"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    way_id: Mapped[int]
    from_node: Mapped[int]
    to_node: Mapped[int]
    name: Mapped[str | None]
    highway: Mapped[str]
    oneway: Mapped[str]
    speed_kmh: Mapped[float] = mapped_column(Double)
    access: Mapped[str] = mapped_column(server_default="open")
    may_stop: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    from_barred: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    to_barred: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    turns: Mapped[str | None]
    line: Mapped[Any] = geometry("LINESTRING", nullable=False)
    line_3857: Mapped[Any] = geometry("LINESTRING", srid=3857, computed="ST_Transform(line, 3857)")

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        one_of("oneway", ("both", "forward", "backward")),
        one_of("access", ("open", "limited")),
        CheckConstraint("speed_kmh > 0", name="speed"),
        Index("ix_road_line_3857", "line_3857", postgresql_using="gist"),
        Index("ix_road_line", "line", postgresql_using="gist"),
    )
