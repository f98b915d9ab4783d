"""The policy that a database begins with, and what a later version of the portal adds to it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.policy.versions import keep, read
from portal.store import policy as policy_store

_FIRST_DAY = date(2000, 1, 1)
_OF_THE_CITY = frozenset({"inspection_indicators", "street_indicators", "class_speed_kmh"})


def seed(session: Session, path: Path, *, city_code: str | None = None) -> int:
    """Make sure that the database holds a policy that this version of the portal can read.

    An empty database gets the file as version 1; for another city than the file's
    own it is taken as a template under that city's code. Where a policy that is, was
    or will be in force lacks keys which this version of the portal needs, it gets them
    from the file, as a new version in force from the same day; what the city has
    decided stays.

    Returns
    -------
    int
        The last version written, 0 when there was nothing to do.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    shipped = read(path)
    if policy_store.newest(session) == 0:
        return keep(session, _for_city(shipped, city_code), _FIRST_DAY, "seed_policy")
    written = 0
    for policy in policy_store.policies(session):
        whole = completed(policy.document, shipped)
        if whole != policy.document:
            written = keep(session, whole, policy.effective_from, "complete_policy")
    return written


def completed(stored: Any, shipped: Any) -> Any:
    """Return ``stored`` with the tables and keys that only ``shipped`` has.

    Lists stay as they are, and so do tables whose keys are the city's own choice.
    """
    if not (isinstance(stored, dict) and isinstance(shipped, dict)):
        return stored
    kept = {
        key: value if key in _OF_THE_CITY else completed(value, shipped.get(key))
        for key, value in stored.items()
    }
    return {**shipped, **kept}


def earlier(session: Session, number: int, path: Path) -> dict[str, Any]:
    """Return an earlier version's document, with what this version of the portal needs besides.

    Raises
    ------
    NotFound
        There is no such version.
    """
    whole: dict[str, Any] = completed(policy_store.version(session, number).document, read(path))
    return whole


def _for_city(shipped: dict[str, Any], city_code: str | None) -> dict[str, Any]:
    """Return the file's policy under another city's code; a real city is not fictional."""
    if city_code in (None, shipped["city"]["code"]):
        return shipped
    own = {"code": city_code, "name": city_code, "name_en": city_code, "fictional": False}
    return {**shipped, "city": {**shipped["city"], **own}}
