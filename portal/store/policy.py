"""The policy in force, and the city's day and clock by which it comes into force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Date, Select, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.policy.city import City, parse_city, parse_city_toml
from portal.config import ROOT
from portal.errors import N_, Unavailable
from portal.models import CityPolicy

_ZONE = CityPolicy.document["city"]["timezone"].astext


def current_policy(session: Session) -> bytes:
    """Return the JSON document of the policy in force today.

    Raises
    ------
    Unavailable
        The database holds no policy yet.
    """
    document = session.scalar(_in_force_now(cast(CityPolicy.document, Text)))
    if document is None:
        raise _no_policy()
    return str(document).encode()


def city_in_force(session: Session) -> City:
    """Return the policy in force today; of a database that holds none yet, the one that it begins with."""
    document = session.scalar(_in_force_now(cast(CityPolicy.document, Text)))
    return _shipped() if document is None else _parsed(str(document).encode())


@lru_cache(maxsize=8)
def _parsed(document: bytes) -> City:
    return parse_city(orjson.loads(document))


@lru_cache(maxsize=1)
def _shipped() -> City:
    return parse_city_toml((ROOT / "data" / "city.toml").read_text("utf-8"))


def today(session: Session) -> date:
    """Return today's date in the city, by which policies come into force; in UTC where there is no policy."""
    return session.scalars(select(cast(on_city_clock(func.now()), Date))).one()


def policies(session: Session) -> Sequence[CityPolicy]:
    """Return the versions of the policy by the day from which they hold; of one day only the highest."""
    return session.scalars(
        select(CityPolicy)
        .distinct(CityPolicy.effective_from)
        .order_by(CityPolicy.effective_from, CityPolicy.version.desc())
    ).all()


def in_force(versions: Sequence[CityPolicy], day: date) -> CityPolicy:
    """Return which of `policies` holds on a day: before the first day of all, the first.

    Raises
    ------
    Unavailable
        There is none.
    """
    if not versions:
        raise _no_policy()
    return versions[max(sum(version.effective_from <= day for version in versions) - 1, 0)]


def _in_force_now(column: Any) -> Select[Any]:
    """Return ``column`` of the policy in force; each begins with its day in the time zone that it gives."""
    now_there = cast(func.timezone(_ZONE, func.now()), Date)
    return (
        select(column)
        .where(CityPolicy.effective_from <= now_there)
        .order_by(CityPolicy.effective_from.desc(), CityPolicy.version.desc())
        .limit(1)
    )


def on_city_clock(moment: Any) -> ColumnElement[Any]:
    """Return a moment as the city's clocks show it."""
    return func.timezone(func.coalesce(_in_force_now(_ZONE).scalar_subquery(), "UTC"), moment)


def _no_policy() -> Unavailable:
    return Unavailable(N_("数据库中没有城市政策"), remedy=N_("请运行 ./run，或 ./run portal db upgrade"))
