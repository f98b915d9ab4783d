"""What another policy would do is told before, and nothing of it stays."""

from __future__ import annotations

import copy
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.errors import PolicyError
from geo.policy.catalogue import KEYS
from portal.actions.policy.consequences import EFFECTS, Effect, Regraded, effects_of, foresee
from portal.actions.policy.versions import Why, save
from portal.errors import BadRequest, Conflict
from portal.models import Audit, CityPolicy, Community, Finding, GuidePrice, Inspection, Survey
from portal.scope import quarter_of
from portal.store import data_versions
from portal.store import policy as policy_store
from portal.terms import Subject
from tests.conftest import make_street
from tests.geo.policy.documents import changed
from tests.portal.rows import add

WHY = Why(newest=1)


@pytest.mark.parametrize("path", KEYS)
def test_every_key_says_what_hangs_on_it(path: str) -> None:
    assert any(path == place or path.startswith(f"{place}.") for place in EFFECTS)
    assert effects_of(f"{path}.1.code") == effects_of(path)


def kept(session: Session) -> tuple[object, ...]:
    counted = [select(func.count()).select_from(model) for model in (CityPolicy, GuidePrice, Audit)]
    return (*map(session.scalar, counted), data_versions.version_tag(session, Subject))


def test_foreseeing_leaves_nothing(seeded: Session) -> None:
    street = make_street(seeded)
    seeded.commit()
    before, area_m2 = kept(seeded), street.area_m2
    found = foresee(seeded, changed("city.metric_epsg", 4547), policy_store.today(seeded), WHY)
    seeded.expire_all()
    assert (kept(seeded), street.area_m2) == (before, area_m2)
    assert found.streets == 1
    assert found.was_km2 == pytest.approx(area_m2 / 1e6)
    assert found.becomes_km2 != found.was_km2
    assert [change.path for change in found.changes] == ["city.metric_epsg"]
    assert found.effects[:2] == [Effect.LAYERS, Effect.AREAS]


def test_changes_stand_in_the_order_of_the_page(seeded: Session) -> None:
    document = changed("shapes.sliver_m2", 20.0)
    document["city"]["name"], document["fees"]["allowed_float"] = "新市", 0.2
    found = foresee(seeded, document, policy_store.today(seeded), WHY)
    assert [change.path for change in found.changes] == [
        "city.name",
        "fees.allowed_float",
        "shapes.sliver_m2",
    ]


def test_what_would_be_refused_is_refused_before(seeded: Session) -> None:
    today = policy_store.today(seeded)
    with pytest.raises(BadRequest, match="没有改动"):
        foresee(seeded, changed("city.name", "云岭市"), today, WHY)
    with pytest.raises(PolicyError, match="visit_minutes"):
        foresee(seeded, changed("routes.visit_minutes", 0), today, WHY)
    save(seeded, changed("city.name", "新市"), today, Why(None, "改名", 1))
    with pytest.raises(Conflict, match="第 2 版"):
        foresee(seeded, changed("city.name", "又一市"), today, WHY)


@pytest.fixture
def this_quarter(seeded: Session) -> str:
    """A community inspected today, 30 points of 35, with residents content by 95 %: 89.6 points, good."""
    quarter = str(quarter_of(policy_store.today(seeded)))
    community = add(seeded, Community(name="安华苑", street_how="not_found", households=100))
    now = datetime.now(ZoneInfo("Asia/Shanghai"))
    inspection = add(seeded, Inspection(source="t", source_key="1", community_id=community, inspected_at=now))
    add(
        seeded,
        Finding(
            inspection_id=inspection,
            source_key="1",
            number=1,
            indicator="order",
            clause="3.1",
            severity="minor",
            deduction=5.0,
        ),
    )
    add(seeded, Survey(community_id=community, period=quarter, responses=50, mean_share=0.95))
    seeded.commit()
    return quarter


def weighted(inspection: float, residents: float) -> dict[str, Any]:
    weights = {"inspection": inspection, "street": 20.0, "residents": residents, "complaints": 20.0}
    return changed("scores.weights", weights)


def test_which_communities_change_their_grade_is_told_by_name(seeded: Session, this_quarter: str) -> None:
    found = foresee(seeded, weighted(5.0, 55.0), policy_store.today(seeded), WHY)
    assert found.periods == [this_quarter]
    assert (found.better, found.worse) == (1, 0)
    assert found.regraded == [Regraded("安华苑", found.regraded[0].key, this_quarter, "good", "excellent")]
    bands = copy.deepcopy(changed("city.name", "云岭市")["scores"]["bands"])
    bands[1]["at_least"] = 89.9
    found = foresee(seeded, changed("scores.bands", bands), policy_store.today(seeded), WHY)
    assert (found.better, found.worse) == (0, 1)
    found = foresee(seeded, weighted(34.0, 26.0), policy_store.today(seeded), WHY)
    assert (found.better, found.worse, found.regraded) == (0, 0, [])


def test_quarters_that_are_over_keep_their_policy(seeded: Session, this_quarter: str) -> None:
    following = quarter_of(policy_store.today(seeded)).next.first_day
    found = foresee(seeded, weighted(5.0, 55.0), following, WHY)
    assert (found.periods, found.better, found.worse) == ([], 0, 0)


def test_an_indicator_that_findings_refer_to_cannot_go(seeded: Session, this_quarter: str) -> None:
    document = changed("scores.inspection_indicators.order", None)
    with pytest.raises(PolicyError, match="不能评分.*order") as refused:
        foresee(seeded, document, policy_store.today(seeded), WHY)
    assert refused.value.params["field"] == "scores.inspection_indicators"


def test_a_later_day_is_compared_with_the_version_of_that_day(seeded: Session) -> None:
    later = policy_store.today(seeded) + timedelta(days=30)
    save(seeded, changed("city.name", "来日市"), later, Why(None, "改名", 1))
    found = foresee(seeded, changed("fees.allowed_float", 0.2), later, Why(newest=2))
    assert [(change.path, change.before) for change in found.changes] == [
        ("city.name", "来日市"),
        ("fees.allowed_float", 0.1),
    ]
    assert isinstance(found.day, date)
