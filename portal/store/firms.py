"""Reads of firms: what they are called, and which of them serves a community, when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from portal.models import Community, Contract, Firm
from portal.place_names import core_firm_name, name_key
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


def contract_terms(
    session: Session, community_ids: Iterable[int]
) -> Sequence[tuple[int, str, str, date, date | None]]:
    """Return community, source, key, first and last day (None: open) of the communities' contracts."""
    rows = select(
        Contract.community_id,
        Contract.source,
        Contract.source_key,
        func.lower(Contract.period),
        func.upper(Contract.period) - 1,
    ).where(Contract.community_id.in_({int(community_id) for community_id in community_ids}))
    return session.execute(rows.order_by(Contract.id)).tuples().all()


class Firms:
    """Firms by credit code or name."""

    def __init__(self, rows: Iterable[tuple[int, str, str | None]]) -> None:
        """Take id, name and credit code of every firm."""
        self._by_code: dict[str, int] = {}
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_core: dict[str, dict[int, tuple[str, str | None]]] = defaultdict(dict)
        for firm_id, name, code in rows:
            self._by_name[name_key(name)].add(firm_id)
            self._by_core[core_firm_name(name)][firm_id] = name, code
            if code:
                self._by_code[code.casefold()] = firm_id

    @classmethod
    def known(cls, session: Session) -> Firms:
        """Return those of the database."""
        return cls(session.execute(select(Firm.id, Firm.name, Firm.credit_code)).tuples())

    def find(self, text: str) -> int | None:
        """Return the firm of this credit code, else the only one of this name."""
        by_code = self._by_code.get(text.strip().casefold())
        by_name = self._by_name.get(name_key(text), set())
        return by_code or (next(iter(by_name)) if len(by_name) == 1 else None)

    def find_near(self, text: str, code: str | None = None, before: int | None = None) -> list[str]:
        """Return the names of firms called nearly so, or just so, that may be the same firm.

        Parameters
        ----------
        code
            Of the firm that is asked about: with another one it is not the same.
        before
            Only firms that came earlier than the one of this id.
        """
        found = self._by_core.get(core_firm_name(text), {})
        return [
            name
            for firm_id, (name, theirs) in found.items()
            if (before is None or firm_id < before)
            and not (code and theirs and code.casefold() != theirs.casefold())
        ]
