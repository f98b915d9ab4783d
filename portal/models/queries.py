"""Areas that queries draw."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Stamp, geometry


class StoredArea(Base):
    """A drawn polygon too long for a URL, kept under a short key derived from its shape."""

    __tablename__ = "stored_area"

    key: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[Any] = geometry("POLYGON", nullable=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[Stamp]

    __table_args__ = (CheckConstraint("ST_IsValid(area)", name="area_valid"),)
