"""Who works together: owners' committees, party organisations, four-party meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Id, may_exchange, one_of


class OwnersCommittee(Base):
    """业委会: one term of a community's owners' committee."""

    __tablename__ = "owners_committee"

    id: Mapped[Id]
    source: Mapped[str]
    source_key: Mapped[str]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    term: Mapped[int] = mapped_column(SmallInteger)
    period: Mapped[Any] = mapped_column(DATERANGE)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id", "term"),
        CheckConstraint("term >= 1", name="term"),
    )


class OwnersCommitteeMember(Base):
    """The chair or a member of an owners' committee; the name is stored encrypted."""

    __tablename__ = "owners_committee_member"

    id: Mapped[Id]
    owners_committee_id: Mapped[int] = mapped_column(ForeignKey("owners_committee.id", ondelete="CASCADE"))
    seat: Mapped[int] = mapped_column(SmallInteger)
    office: Mapped[str]
    name_encrypted: Mapped[bytes] = mapped_column(LargeBinary)
    name_digest: Mapped[bytes] = mapped_column(LargeBinary)  # keyed; tells whether the name changed
    concurrent_post: Mapped[bool] = mapped_column(Boolean)  # also the neighbourhood's party secretary

    __table_args__ = (
        UniqueConstraint("owners_committee_id", "seat"),
        one_of("office", ("chair", "member")),
    )


class PartyOrganisation(Base):
    """党组织 of a community or of a firm."""

    __tablename__ = "party_organisation"

    id: Mapped[Id]
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str | None]
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    name: Mapped[str]
    founded_on: Mapped[date | None] = mapped_column(Date)
    acts_for_committee: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id"),
        may_exchange("firm_id"),
        CheckConstraint("num_nonnulls(community_id, firm_id) = 1", name="one_owner"),
    )


class FourPartyMeeting(Base):
    """四方联动: a meeting of party organisation, residents' committee, owners' committee and firm."""

    __tablename__ = "four_party_meeting"

    id: Mapped[Id]
    source: Mapped[str | None]  # null where it came before sources were kept
    source_key: Mapped[str | None]
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    held_on: Mapped[date] = mapped_column(Date)
    minuted: Mapped[bool] = mapped_column(Boolean)
    issues_raised: Mapped[int] = mapped_column(Integer)
    issues_closed: Mapped[int] = mapped_column(Integer)

    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        may_exchange("community_id", "held_on"),
        CheckConstraint("issues_closed BETWEEN 0 AND issues_raised", name="issues"),
    )
