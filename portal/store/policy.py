"""The policy in force, and the city's day and clock by which it comes into force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, select
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from geo.policy.city import City, parse_city, parse_city_toml
from portal.config import ROOT
from portal.errors import N_, NotFound, Unavailable
from portal.models import Audit, CityPolicy, UserAccount
from portal.store.paging import Page, page_of
from portal.terms import Subject

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


def policies(session: Session, *, up_to: int | None = None) -> Sequence[CityPolicy]:
    """Return the versions of the policy by the day from which they hold; of one day only the highest.

    Parameters
    ----------
    up_to
        Number of the newest version then; None for now.
    """
    known = [] if up_to is None else [CityPolicy.version <= up_to]
    return session.scalars(
        select(CityPolicy)
        .where(*known)
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


def newest(session: Session) -> int:
    """Return the number of the newest version, 0 where there is none."""
    return session.scalar(select(func.max(CityPolicy.version))) or 0


def version(session: Session, number: int) -> CityPolicy:
    """Return a version.

    Raises
    ------
    NotFound
        There is no such version.
    """
    found = session.get(CityPolicy, number)
    if found is None:
        raise NotFound(N_("没有第 {number} 版政策"), number=number)
    return found


def saved_by(session: Session, number: int) -> str | None:
    """Return who kept a version, None where it was the command line or the portal itself."""
    who = select(UserAccount.display_name).join(Audit, Audit.user_id == UserAccount.id)
    return session.scalar(who.where(_tells_of(number)).limit(1))


def history(session: Session, page: int, rows: int) -> Page:
    """Return a page of the versions, newest first, each with its audit and who kept it.

    Returns
    -------
    Page
        Rows of ``CityPolicy``, ``Audit`` and ``display_name``; the latter two None where nothing is told.
    """
    found = (
        select(CityPolicy, Audit, UserAccount.display_name)
        .outerjoin(Audit, _tells_of(CityPolicy.version))
        .outerjoin(UserAccount, UserAccount.id == Audit.user_id)
        .order_by(CityPolicy.version.desc())
    )
    total = session.scalar(select(func.count()).select_from(CityPolicy)) or 0
    return Page(session.execute(page_of(found, page, rows)).all(), total)


def built_on(session: Session, kept: CityPolicy) -> CityPolicy | None:
    """Return the version that one replaced: of those before it, the one in force on its day."""
    return session.scalar(
        select(CityPolicy)
        .where(CityPolicy.version < kept.version, CityPolicy.effective_from <= kept.effective_from)
        .order_by(CityPolicy.effective_from.desc(), CityPolicy.version.desc())
        .limit(1)
    )


def _tells_of(number: Any) -> ColumnElement[bool]:
    return and_(Audit.subject == Subject.POLICY, Audit.subject_id == cast(number, Text))


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
