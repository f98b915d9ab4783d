"""The city's policy: version 1 from a file, later versions effective-dated."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from psycopg.types.range import DateRange
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from geo.errors import PolicyError
from geo.policy.city import parse_city
from portal.actions.transactions.commit import audit, committed, touch
from portal.errors import N_, Conflict
from portal.models import CityPolicy, GuidePrice
from portal.store import policy as policy_store
from portal.terms import Subject

_FIRST_DAY = date(2000, 1, 1)
_OF_THE_CITY = frozenset({"inspection_indicators", "street_indicators", "class_speed_kmh"})
_GRADES = 5


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
    if _newest(session) == 0:
        return _add(session, _for_city(shipped, city_code), _FIRST_DAY, "seed_policy")
    written = 0
    for policy in policy_store.policies(session):
        completed = _completed(policy.document, shipped)
        if completed != policy.document:
            written = _add(session, completed, policy.effective_from, "complete_policy")
    return written


def replace(session: Session, path: Path, effective_from: date) -> int:
    """Add the policy in ``path`` as a new version, in force from a day; return its number.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    return _add(session, read(path), effective_from, "replace_policy")


def measure_in(session: Session, metric_epsg: int) -> int:
    """Let the city measure metres in another CRS from today; return the new version's number.

    Raises
    ------
    Conflict
        A later version is scheduled.
    Unavailable
        The database holds no policy yet.
    PolicyError
        There is no such CRS, or it does not measure in metres.
    """
    return _change_city(session, {"metric_epsg": metric_epsg})


def rename(session: Session, name: str, name_en: str) -> int:
    """Give the city its Chinese and English name from today; return the new version's number.

    Raises
    ------
    Conflict
        A later version is scheduled.
    Unavailable
        The database holds no policy yet.
    PolicyError
        A name is not valid.
    """
    return _change_city(session, {"name": name, "name_en": name_en})


def read(path: Path) -> dict[str, Any]:
    """Read a policy file.

    Raises
    ------
    PolicyError
        It cannot be read, or is not a valid policy.
    """
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(
            N_("城市政策文件 {file} 不能读取：{error}"), file=path.name, error=str(error)
        ) from error
    parse_city(document)
    return document


def _newest(session: Session) -> int:
    return session.scalar(select(func.max(CityPolicy.version))) or 0


def _change_city(session: Session, changes: dict[str, Any]) -> int:
    """Change keys of ``[city]`` in the version in force: a new one from today that differs in nothing else.

    A scheduled version would undo the change on its day, so there must be none.
    """
    today = policy_store.today(session)
    current = orjson.loads(policy_store.current_policy(session))
    scheduled = [version for version in policy_store.policies(session) if version.effective_from > today]
    if scheduled:
        raise Conflict(
            N_("已有一版政策将于 {day} 生效，届时会取代这项修改"),
            day=scheduled[0].effective_from.isoformat(),
            remedy=N_("请把修改写入政策文件，再用 portal policy set 文件 --from 日期 设定"),
        )
    document = {**current, "city": {**current["city"], **changes}}
    return _add(session, document, today, "replace_policy")


def _add(session: Session, document: dict[str, Any], effective_from: date, action: str) -> int:
    city = parse_city(document)
    version = _newest(session) + 1
    with committed(session):
        session.add(CityPolicy(version=version, effective_from=effective_from, document=document))
        session.flush()
        session.execute(delete(GuidePrice))
        session.add_all(_guide_prices(policy_store.policies(session)))
        touch(session, [Subject.POLICY])
        audit(session, None, action, Subject.POLICY, version, {"city": city.code})
    return version


def _for_city(shipped: dict[str, Any], city_code: str | None) -> dict[str, Any]:
    """Return the file's policy under another city's code; a real city is not fictional."""
    if city_code in (None, shipped["city"]["code"]):
        return shipped
    own = {"code": city_code, "name": city_code, "name_en": city_code, "fictional": False}
    return {**shipped, "city": {**shipped["city"], **own}}


def _completed(stored: Any, shipped: Any) -> Any:
    """Return ``stored`` with the tables and keys that only ``shipped`` has.

    Lists stay as they are, and so do tables whose keys are the city's own choice.
    """
    if not (isinstance(stored, dict) and isinstance(shipped, dict)):
        return stored
    kept = {
        key: value if key in _OF_THE_CITY else _completed(value, shipped.get(key))
        for key, value in stored.items()
    }
    return {**shipped, **kept}


def _guide_prices(versions: Sequence[CityPolicy]) -> list[GuidePrice]:
    """Return each grade's prices, with a new period from every version that changes them."""
    found: list[GuidePrice] = []
    for grade in range(1, _GRADES + 1):
        changes: list[tuple[date, tuple[float, float, float] | None]] = []
        for version in versions:
            prices = _prices(version.document["fees"], grade)
            if not changes or changes[-1][1] != prices:
                changes.append((version.effective_from, prices))
        ends = [day for day, _ in changes[1:]] + [None]
        for (begin, prices), end in zip(changes, ends, strict=True):
            if prices is not None:
                fee, lift, fire = prices
                found.append(
                    GuidePrice(
                        grade=grade,
                        period=DateRange(begin, end),
                        yuan_m2_month=fee,
                        lift_yuan_m2_month=lift,
                        fire_yuan_m2_month=fire,
                    )
                )
    return found


def _prices(fees: dict[str, Any], grade: int) -> tuple[float, float, float] | None:
    """Return the price of a grade and what a lift and fire protection may add, None without that grade."""
    by_grade = fees["guide_yuan_m2_month"]
    if grade > len(by_grade):
        return None
    return by_grade[grade - 1], fees["lift_yuan_m2_month"], fees["fire_yuan_m2_month"]
