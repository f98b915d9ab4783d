"""The city's policy: version 1 from a file, later versions effective-dated."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

from psycopg.types.range import DateRange
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.city import City, parse_city
from geo.errors import PolicyError
from portal.actions.transaction import audit, committed, touch
from portal.errors import N_
from portal.models import CityPolicy, GuidePrice
from portal.terms import Subject

_FIRST_DAY = date(2000, 1, 1)


def seed(session: Session, path: Path, *, city_code: str | None = None) -> int:
    """Make sure that the database holds a policy that this version of the portal can read.

    An empty database gets the file as version 1; for another city than the file's
    own it is taken as a template under that city's code. A policy that lacks keys
    which this version of the portal needs gets them from the file, as a new version
    in force from today; what the city has decided stays.

    Returns
    -------
    int
        The version written, 0 when there was nothing to do.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    shipped = read(path)
    newest = session.scalar(select(CityPolicy).order_by(CityPolicy.version.desc()).limit(1))
    if newest is None:
        return _add(session, _for_city(shipped, city_code), 1, _FIRST_DAY, "seed_policy")
    completed = _completed(newest.document, shipped)
    if completed == newest.document:
        return 0
    return _add(session, completed, newest.version + 1, newest.effective_from, "complete_policy")


def replace(session: Session, path: Path, effective_from: date) -> int:
    """Add the policy in ``path`` as a new version, in force from a day; return its number.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    newest = session.scalar(select(func.max(CityPolicy.version))) or 0
    return _add(session, read(path), newest + 1, effective_from, "replace_policy")


def measure_in(session: Session, metric_epsg: int, effective_from: date) -> int:
    """Let the city measure metres in another CRS: a new version that differs in nothing else.

    Raises
    ------
    PolicyError
        There is no such CRS, or it does not measure in metres.
    """
    newest = session.scalars(select(CityPolicy).order_by(CityPolicy.version.desc()).limit(1)).one()
    head = {**newest.document["city"], "metric_epsg": metric_epsg}
    document = {**newest.document, "city": head}
    return _add(session, document, newest.version + 1, effective_from, "replace_policy")


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


def _add(session: Session, document: dict[str, Any], version: int, effective_from: date, action: str) -> int:
    city = parse_city(document)
    with committed(session):
        session.add(CityPolicy(version=version, effective_from=effective_from, document=document))
        if version == 1:
            session.add_all(_guide_prices(city))
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
    """Return ``stored`` with the tables and keys that only ``shipped`` has; lists stay as they are."""
    if not (isinstance(stored, dict) and isinstance(shipped, dict)):
        return stored
    return {**shipped, **{key: _completed(value, shipped.get(key)) for key, value in stored.items()}}


def _guide_prices(city: City) -> list[GuidePrice]:
    return [
        GuidePrice(
            grade=grade,
            period=DateRange(_FIRST_DAY, None),
            yuan_m2_month=price,
            lift_yuan_m2_month=city.fees.lift_yuan_m2_month,
            fire_yuan_m2_month=city.fees.fire_yuan_m2_month,
        )
        for grade, price in enumerate(city.fees.guide_yuan_m2_month, start=1)
    ]
