"""The policy: seeded once, completed when the portal needs more, replaced from a day."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.city import parse_city
from geo.errors import PolicyError
from portal.actions import policy
from portal.config import ROOT
from portal.models import CityPolicy, GuidePrice
from portal.store import system

SHIPPED = ROOT / "data" / "city.toml"


def in_force(session: Session) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = orjson.loads(system.current_policy(session))
    return document


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
    assert policy.measure_in(session, 32648, datetime.now(UTC).date()) == 2
    now = in_force(session)
    assert now["city"].pop("metric_epsg") == 32648 != before["city"].pop("metric_epsg")
    assert now == before


def test_degrees_are_no_metres(session: Session) -> None:
    policy.seed(session, SHIPPED)
    with pytest.raises(PolicyError, match="EPSG:4490 不是"):
        policy.measure_in(session, 4490, datetime.now(UTC).date())
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
