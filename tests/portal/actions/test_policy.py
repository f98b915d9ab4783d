"""The policy: seeded once, completed when the portal needs more, replaced from a day."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import PolicyError
from geo.policy.city import parse_city
from portal.actions import policy
from portal.config import ROOT
from portal.errors import Conflict, Unavailable
from portal.models import CityPolicy, GuidePrice
from portal.store import policy as policy_store

SHIPPED = ROOT / "data" / "city.toml"


def in_force(session: Session) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = orjson.loads(policy_store.current_policy(session))
    return document


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


def test_seeded_once_with_its_guide_prices(session: Session) -> None:
    assert policy.seed(session, SHIPPED) == 1
    assert policy.seed(session, SHIPPED) == 0
    city = parse_city(in_force(session))
    prices = session.scalars(select(GuidePrice.yuan_m2_month).order_by(GuidePrice.grade)).all()
    assert tuple(prices) == city.fees.guide_yuan_m2_month


def test_another_city_takes_the_file_as_a_template_and_is_real(session: Session) -> None:
    policy.seed(session, SHIPPED, city_code="shenzhen")
    head = in_force(session)["city"]
    assert (head["code"], head["fictional"]) == ("shenzhen", False)


def test_what_an_older_policy_lacks_is_completed_and_the_rest_kept(session: Session) -> None:
    older = copy.deepcopy(policy.read(SHIPPED))
    del older["routes"]["visit_minutes"], older["datum"]
    older["city"]["name"] = "改名市"
    session.add(CityPolicy(version=1, effective_from=date(2000, 1, 1), document=older))
    session.flush()
    assert policy.seed(session, SHIPPED) == 2
    now = in_force(session)
    assert now["city"]["name"] == "改名市"
    assert now["datum"] == policy.read(SHIPPED)["datum"]
    assert parse_city(now).routes.visit_minutes == policy.read(SHIPPED)["routes"]["visit_minutes"]


def test_every_version_is_completed_past_present_and_scheduled(session: Session) -> None:
    older = copy.deepcopy(policy.read(SHIPPED))
    del older["datum"]
    later = policy_store.today(session) + timedelta(days=30)
    for version, name, since in (
        (1, "往日市", date(2000, 1, 1)),
        (2, "今日市", date(2020, 1, 1)),
        (3, "来日市", later),
    ):
        document = {**older, "city": {**older["city"], "name": name}}
        session.add(CityPolicy(version=version, effective_from=since, document=document))
    session.flush()
    assert policy.seed(session, SHIPPED) == 6
    assert parse_city(in_force(session)).name == "今日市"
    added = session.scalars(select(CityPolicy).where(CityPolicy.version > 3).order_by(CityPolicy.version))
    assert [(row.effective_from, parse_city(row.document).name) for row in added] == [
        (date(2000, 1, 1), "往日市"),
        (date(2020, 1, 1), "今日市"),
        (later, "来日市"),
    ]
    assert policy.seed(session, SHIPPED) == 0


def test_an_indicator_that_the_city_has_dropped_does_not_come_back(session: Session) -> None:
    own = copy.deepcopy(policy.read(SHIPPED))
    del own["scores"]["inspection_indicators"]["management"], own["routes"]["class_speed_kmh"]["motorway"]
    session.add(CityPolicy(version=1, effective_from=date(2000, 1, 1), document=own))
    session.flush()
    assert policy.seed(session, SHIPPED) == 0
    assert in_force(session) == own


def test_replacement_waits_for_its_day(session: Session, tmp_path: Path) -> None:
    policy.seed(session, SHIPPED)
    file = tmp_path / "city.toml"
    file.write_text(SHIPPED.read_text("utf-8").replace("云岭市", "新城市"), "utf-8")
    today = datetime.now(UTC).date()
    assert policy.replace(session, file, today + timedelta(days=30)) == 2
    assert in_force(session)["city"]["name"] == "云岭市"
    policy.replace(session, file, today - timedelta(days=1))
    assert in_force(session)["city"]["name"] == "新城市"


def test_measuring_in_another_crs_changes_nothing_else(session: Session) -> None:
    policy.seed(session, SHIPPED)
    before = in_force(session)
    assert policy.measure_in(session, 32648) == 2
    now = in_force(session)
    assert now["city"].pop("metric_epsg") == 32648 != before["city"].pop("metric_epsg")
    assert now == before


def test_renaming_changes_nothing_else(session: Session) -> None:
    policy.seed(session, SHIPPED)
    before = in_force(session)
    assert policy.rename(session, "深圳市", "Shenzhen") == 2
    now = in_force(session)
    assert (now["city"].pop("name"), now["city"].pop("name_en")) == ("深圳市", "Shenzhen")
    assert before["city"].pop("name") and before["city"].pop("name_en")
    assert now == before


def test_a_change_starts_from_the_version_in_force_not_from_the_newest(
    session: Session, tmp_path: Path
) -> None:
    policy.seed(session, SHIPPED)
    policy.rename(session, "今日市", "Today")
    policy.replace(session, SHIPPED, date(2010, 1, 1))  # newer, but superseded since version 2
    policy.measure_in(session, 32648)
    assert in_force(session)["city"]["name"] == "今日市"


def test_without_a_policy_there_is_nothing_to_change(session: Session) -> None:
    with pytest.raises(Unavailable, match="没有城市政策"):
        policy.rename(session, "深圳市", "Shenzhen")


def test_no_change_while_a_later_version_is_scheduled(session: Session) -> None:
    policy.seed(session, SHIPPED)
    later = policy_store.today(session) + timedelta(days=30)
    policy.replace(session, SHIPPED, later)
    with pytest.raises(Conflict, match=later.isoformat()):
        policy.measure_in(session, 32648)
    with pytest.raises(Conflict, match=later.isoformat()):
        policy.rename(session, "深圳市", "Shenzhen")
    assert session.scalar(select(func.max(CityPolicy.version))) == 2


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


def test_degrees_are_no_metres(session: Session) -> None:
    policy.seed(session, SHIPPED)
    with pytest.raises(PolicyError, match="EPSG:4490 不是"):
        policy.measure_in(session, 4490)
    assert session.scalar(select(func.count()).select_from(CityPolicy)) == 1


@pytest.mark.parametrize("content", [b"\xff\xfe", b"x = [", b"[city]\nname = 'x'"])
def test_broken_files_are_refused_and_leave_nothing(session: Session, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "city.toml"
    file.write_bytes(content)
    with pytest.raises(PolicyError):
        policy.seed(session, file)
    with pytest.raises(PolicyError):
        policy.replace(session, file, date(2025, 1, 1))
    assert session.scalar(select(func.count()).select_from(CityPolicy)) == 0
