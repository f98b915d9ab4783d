"""One community's record, its version, and communities by name."""

from __future__ import annotations

import pytest
from sqlalchemy import func, update
from sqlalchemy.orm import Session

from portal.errors import NotFound
from portal.models import Community, CommunityAlias, CommunityIdentity
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


def test_candidates_of_the_street_come_first(session: Session, town: WaitingCity) -> None:
    for name, street in (("晨光苑", "西"), ("晨光苑二期", "东")):
        session.add(Community(name=name, street_id=town.streets[street], street_how="street"))
    session.flush()

    def found(text: str, **wanted: int | None) -> list[tuple[str, str | None]]:
        wanted = {"street_id": None, **wanted}
        return [(row.name, row.street) for row in records.candidates(session, text, **wanted)]

    assert found("晨光苑", street_id=town.streets["西"])[0] == ("晨光苑", "西")
    assert found("晨光苑", street_id=town.streets["东"]) == [
        ("晨光苑", "东"),
        ("晨光苑二期", "东"),
        ("晨光苑", "西"),
    ]
    assert ("晨光苑", "东") not in found("晨光苑", besides=town.communities["晨光苑"])
    assert found("并掉园") == []


def test_what_has_no_name_is_no_candidate_and_the_best_eight_are(session: Session, town: WaitingCity) -> None:
    given = {"source": "轮廓", "source_key": "8466", "matched_by": "created", "supplied": []}
    session.add(CommunityIdentity(community_id=town.communities["large"], **given))
    session.add_all(Community(name=f"光明{number}期", street_how="not_found") for number in range(9))
    session.flush()
    assert records.candidates(session, "8466", street_id=None) == []
    assert len(records.candidates(session, "光明", street_id=None)) == 8


def test_candidates_are_found_by_alias_and_letters(session: Session, town: WaitingCity) -> None:
    (by_alias,) = records.candidates(session, "无位花", street_id=None)
    assert (by_alias.name, by_alias.matched, by_alias.located) == ("无位园", "无位花园", False)
    (by_letters,) = records.candidates(session, "WW", street_id=None)
    assert (by_letters.name, by_letters.matched) == ("无位园", None)
