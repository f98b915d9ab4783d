"""What rows of evidence belong to, found by key or name: never guessed, None where not exactly one fits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Finding, Firm, Inspection, OwnersCommittee
from portal.store.firms import Firms
from portal.store.places.known import Communities, Identities, Streets


class Keyed:
    """Rows of one table by the keys that sources give them."""

    def __init__(self, rows: Iterable[tuple[int, str | None, str]]) -> None:
        """Take id, source and key of rows."""
        self._by_key: dict[str, dict[str | None, list[int]]] = defaultdict(lambda: defaultdict(list))
        for row_id, source, key in rows:
            self._by_key[key][source].append(row_id)

    @classmethod
    def known(cls, session: Session, model: Any, keys: Collection[str]) -> Keyed:
        """Return the rows of ``model`` that have one of ``keys``."""
        rows = select(model.id, model.source, model.source_key).where(model.source_key.in_(set(keys)))
        return cls(session.execute(rows).tuples())

    def find(self, key: str, source: str) -> int | None:
        """Return the row that ``source`` calls ``key``, else the only one that any source does."""
        found = self._by_key.get(key, {})
        ids = found[source] if source in found else [row_id for own in found.values() for row_id in own]
        return ids[0] if len(ids) == 1 else None


class Owners:
    """Finds what rows of one source belong to."""

    def __init__(self, session: Session, source: str) -> None:
        """Take the session, and the source whose own keys come first."""
        self._session, self._source = session, source

    def communities(self, names: Iterable[str | None], streets: Iterable[str | None]) -> list[int | None]:
        """Return the community of each row: of this key, else the only one of this name on the street.

        Where no street is given it is the only one of the city; where the street is unknown there is none.
        """
        pairs = list(zip(names, streets, strict=True))
        identities = Identities.known(self._session, {name for name, _ in pairs if name})
        places, known = Streets.known(self._session), Communities.known(self._session)
        memory: dict[tuple[str | None, str | None], int | None] = {}

        def find(name: str | None, street: str | None) -> int | None:
            if not name:
                return None
            by_key = identities.find(name, self._source)
            if by_key is not None:
                return by_key
            street_id = places.find(street)
            hit = known.find(name, street_id) if street is None or street_id else None
            return None if hit is None else hit.community_id

        for pair in pairs:
            if pair not in memory:
                memory[pair] = find(*pair)
        return [memory[pair] for pair in pairs]

    def firms(self, names: Iterable[str | None]) -> list[int | None]:
        """Return the firm of each row: of this key, else of this credit code, else the only one so named."""
        listed = list(names)
        keyed = self._keyed(Firm, listed)
        known = Firms.known(self._session)
        return [
            None if name is None else own if own is not None else known.find(name)
            for name, own in zip(listed, keyed, strict=True)
        ]

    def committees(self, keys: Iterable[str | None]) -> list[int | None]:
        """Return the owners' committee of each row by its key."""
        return self._keyed(OwnersCommittee, list(keys))

    def inspections(self, keys: Iterable[str | None]) -> list[int | None]:
        """Return the inspection of each row by its key."""
        return self._keyed(Inspection, list(keys))

    def findings(self, keys: Iterable[str | None]) -> list[int | None]:
        """Return the finding of each row by its key."""
        return self._keyed(Finding, list(keys))

    def _keyed(self, model: Any, keys: list[str | None]) -> list[int | None]:
        known = Keyed.known(self._session, model, {key for key in keys if key})
        return [known.find(key, self._source) if key else None for key in keys]
