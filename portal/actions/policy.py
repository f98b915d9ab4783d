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
from portal.models import CityPolicy, GuidePrice
from portal.terms import Subject

_FIRST_DAY = date(2000, 1, 1)


def seed(session: Session, path: Path) -> bool:
    """Make the policy file version 1 where the database has none; return whether it did.

    Raises
    ------
    PolicyError
        The file is not a valid policy.
    """
    if session.scalar(select(func.count()).select_from(CityPolicy)):
        return False
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PolicyError(f"the policy file {path.name} cannot be read: {error}") from error
    city = parse_city(document)
    with committed(session):
        session.add(CityPolicy(version=1, effective_from=_FIRST_DAY, document=document))
        session.add_all(_guide_prices(city))
        touch(session, [Subject.SCORES])
        audit(session, None, "seed_policy", Subject.SCORES, 1, {"city": city.code})
    return True


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
