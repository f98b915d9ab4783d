"""Who may enter: user accounts, login attempts, the insert-only audit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id, Stamp, one_of
from portal.terms import Role


class UserAccount(Base):
    """A person who can log in, with one role; a street official has a street."""

    __tablename__ = "user_account"

    id: Mapped[Id]
    username: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    role: Mapped[str]
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    password_hash: Mapped[str]
    session_key: Mapped[str]  # renewed with the password: ends every open session
    language: Mapped[str] = mapped_column(server_default="zh")
    demo: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    created_at: Mapped[Stamp]

    __table_args__ = (
        one_of("role", Role),
        one_of("language", ("zh", "en")),
        CheckConstraint("(role = 'street') = (street_id IS NOT NULL)", name="street_of_role"),
    )


class LoginAttempt(Base):
    """A failed login, kept for throttling; name and address are stored as keyed hashes.

    People type their password in the field of the name, too.
    """

    __tablename__ = "login_attempt"

    id: Mapped[Id]
    at: Mapped[Stamp]
    username_hash: Mapped[bytes] = mapped_column(LargeBinary)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_login_attempt_username_hash_at", "username_hash", "at"),
        Index("ix_login_attempt_address_hash_at", "address_hash", "at"),
    )


class EndedLogin(Base):
    """A login that was ended by logging out; its cookie opens nothing any more, whoever holds a copy."""

    __tablename__ = "ended_login"

    key_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    at: Mapped[Stamp]


class Audit(Base):
    """One row per write: who did what to what. The portal may insert and read, never change."""

    __tablename__ = "audit"

    id: Mapped[Id]
    at: Mapped[Stamp]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    action: Mapped[str]
    subject: Mapped[str]
    subject_id: Mapped[str] = mapped_column(server_default="")
    detail: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    request_id: Mapped[str] = mapped_column(server_default="")

    __table_args__ = (Index("ix_audit_at", "at"),)
