"""One community's record, its version, and communities by name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models import Community, CommunityAlias
from portal.store.communities import records
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def test_a_record_says_names_and_place(session: Session, town: WaitingCity) -> None:
    pinned = records.one(session, town.communities["晨光苑"])
    assert (pinned.name, pinned.street, pinned.pinned, pinned.outline) == ("晨光苑", "东", True, None)
    assert (pinned.lon, pinned.lat) == (114.05, 22.5)
    outlined = records.one(session, town.communities["large"])
    assert (outlined.name, outlined.pinned, outlined.lon is not None) == (None, False, True)
    assert outlined.area_m2 == pytest.approx(45_500, rel=0.02)
    assert outlined.outline is not None
    nameless = records.one(session, town.communities["无位园"])
    assert (list(nameless.aliases), nameless.lon, nameless.area_m2) == (["无位花园"], None, None)
    assert not records.one(session, town.communities["并掉园"]).active
    with pytest.raises(NotFound):
        records.one(session, 0)


@pytest.mark.parametrize(
    "change",
    [
        {"name": "新名"},
        {"pin": func.ST_GeomFromText("POINT(114.05 22.51)", 4326)},
        {
            "outline": func.ST_GeomFromText(
                "MULTIPOLYGON(((114 22.5, 114.1 22.5, 114.1 22.6, 114 22.5)))", 4326
            )
        },
        {"street_id": None},
        {"status": "split"},
    ],
)
def test_the_version_changes_with_name_place_and_street(
    session: Session, town: WaitingCity, change: dict[str, object]
) -> None:
    number = town.communities["晨光苑"]
    before = records.one(session, number).version
    session.execute(update(Community).where(Community.id == number).values(**change))
    assert records.one(session, number).version != before


def test_the_version_stays_when_other_facts_change(session: Session, town: WaitingCity) -> None:
    number = town.communities["晨光苑"]
    before = records.one(session, number).version
    session.execute(update(Community).where(Community.id == number).values(households=5))
    session.add(CommunityAlias(community_id=number, alias="晨光花园"))
    session.flush()
    assert records.one(session, number).version == before
