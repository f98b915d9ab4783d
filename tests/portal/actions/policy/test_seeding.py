"""The policy that a database begins with: seeded once, completed when the portal needs more."""

from __future__ import annotations

import copy
from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.policy.city import parse_city
from portal.actions import policy
from portal.actions.policy.seeding import earlier
from portal.config import ROOT
from portal.errors import NotFound
from portal.models import CityPolicy, GuidePrice
from portal.store import policy as policy_store

SHIPPED = ROOT / "data" / "city.toml"


def in_force(session: Session) -> dict[str, dict[str, object]]:
    document: dict[str, dict[str, object]] = orjson.loads(policy_store.current_policy(session))
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


def test_an_earlier_version_is_completed_before_it_is_taken_again(session: Session) -> None:
    older = copy.deepcopy(policy.read(SHIPPED))
    del older["routes"]["visit_minutes"]
    older["city"]["name"] = "往日市"
    session.add(CityPolicy(version=1, effective_from=date(2000, 1, 1), document=older))
    session.flush()
    found = earlier(session, 1, SHIPPED)
    assert found["city"]["name"] == "往日市"
    assert found["routes"] == policy.read(SHIPPED)["routes"]
    with pytest.raises(NotFound):
        earlier(session, 9, SHIPPED)
