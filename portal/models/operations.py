"""What the portal keeps about its own data: a version for each subject."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Stamp


class DataVersion(Base):
    """A counter per subject, raised by every write; caches and ETags hang on it."""

    __tablename__ = "data_version"

    subject: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    changed_at: Mapped[Stamp]
