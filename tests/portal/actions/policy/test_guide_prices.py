"""Guide prices follow the versions of the policy."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions import policy
from portal.config import ROOT
from portal.models import GuidePrice
from portal.store import policy as policy_store

SHIPPED = ROOT / "data" / "city.toml"


def with_fees(tmp_path: Path, prices: str) -> Path:
    """Return a policy file with other guide prices for grades 1 to 5."""
    shipped = SHIPPED.read_text("utf-8")
    line = "guide_yuan_m2_month = [0.50, 0.75, 1.00, 1.30, 1.60]"
    assert line in shipped
    file = tmp_path / "city.toml"
    file.write_text(shipped.replace(line, f"guide_yuan_m2_month = [{prices}]"), "utf-8")
    return file


def guide_prices(session: Session, grade: int) -> list[tuple[date, date | None, float]]:
    rows = session.execute(
        select(func.lower(GuidePrice.period), func.upper(GuidePrice.period), GuidePrice.yuan_m2_month)
        .where(GuidePrice.grade == grade)
        .order_by(GuidePrice.period)
    )
    return [(begin, end, price) for begin, end, price in rows]


def test_guide_prices_follow_the_versions(session: Session, tmp_path: Path) -> None:
    first, day = date(2000, 1, 1), date(2024, 7, 1)
    policy.seed(session, SHIPPED)
    policy.replace(session, with_fees(tmp_path, "0.50, 0.75, 1.00, 1.40, 1.70"), day)
    assert guide_prices(session, 3) == [(first, None, 1.0)]
    assert guide_prices(session, 5) == [(first, day, 1.6), (day, None, 1.7)]
    policy.replace(session, with_fees(tmp_path, "0.50, 0.75, 1.00, 1.40, 1.80"), day)
    assert guide_prices(session, 5) == [(first, day, 1.6), (day, None, 1.8)]


def test_a_guide_price_holds_until_the_scheduled_version(session: Session, tmp_path: Path) -> None:
    first, day, later = date(2000, 1, 1), date(2024, 7, 1), policy_store.today(session) + timedelta(days=30)
    policy.seed(session, SHIPPED)
    policy.replace(session, with_fees(tmp_path, "0.50, 0.75, 1.00, 1.40, 1.90"), later)
    policy.replace(session, with_fees(tmp_path, "0.50, 0.75, 1.00, 1.40, 1.70"), day)
    assert guide_prices(session, 5) == [(first, day, 1.6), (day, later, 1.7), (later, None, 1.9)]


def test_a_grade_that_a_version_leaves_out_has_no_price_from_its_day(
    session: Session, tmp_path: Path
) -> None:
    policy.seed(session, SHIPPED)
    policy.replace(session, with_fees(tmp_path, "0.50, 0.75, 1.00, 1.30"), date(2024, 7, 1))
    assert guide_prices(session, 5) == [(date(2000, 1, 1), date(2024, 7, 1), 1.6)]
