"""Reads of firms: what they are called, and which of them serves a community on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from portal.models import Community, Contract, Firm
from portal.store.names import by_letters


def serving(day: date) -> ColumnElement[bool]:
    """Return the condition that joins a community to the contract by which it is served on ``day``.

    There is one at most: periods of a community never overlap.
    """
    return and_(Contract.community_id == Community.id, Contract.period.contains(day))


def name_serving(day: date) -> ColumnElement[str]:
    """Return the name of the firm that serves a community on ``day``, null without."""
    firm = select(Firm.name).join(Contract, Contract.firm_id == Firm.id).where(serving(day))
    return firm.correlate(Community).scalar_subquery()


def is_served_by(day: date, *firm: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition: a firm that meets all of ``firm`` serves the community on ``day``."""
    contract = select(Contract.id).join(Firm, Firm.id == Contract.firm_id).where(serving(day), *firm)
    return contract.correlate(Community).exists()


def is_called(text: str) -> ColumnElement[bool]:
    """Return the condition: ``text`` is part of a firm's name, begins its pinyin initials, or is its code."""
    return or_(
        Firm.name.icontains(text, autoescape=True),
        Firm.credit_code == text.upper(),
        *by_letters(text, Firm.pinyin_initials),
    )


def name(session: Session, firm_id: int) -> str | None:
    """Return the name of a firm, None where there is none of this id."""
    return session.scalar(select(Firm.name).where(Firm.id == firm_id))
