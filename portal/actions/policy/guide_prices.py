"""Guide prices by grade and period, as the versions of the policy state them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from psycopg.types.range import DateRange
from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.models import CityPolicy, GuidePrice

_GRADES = 5


def rewrite(session: Session, versions: Sequence[CityPolicy]) -> None:
    """Let the stored guide prices be those of these versions."""
    session.execute(delete(GuidePrice))
    session.add_all(_guide_prices(versions))


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
