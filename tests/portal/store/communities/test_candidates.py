"""Communities offered for a choice."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Community, CommunityIdentity
from portal.store.communities import candidates
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def test_candidates_of_the_street_come_first(session: Session, town: WaitingCity) -> None:
    for name, street in (("晨光苑", "西"), ("晨光苑二期", "东")):
        session.add(Community(name=name, street_id=town.streets[street], street_how="street"))
    session.flush()

    def found(text: str, **wanted: int | None) -> list[tuple[str, str | None]]:
        wanted = {"street_id": None, **wanted}
        return [(row.name, row.street) for row in candidates.called(session, text, **wanted)]

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
    assert candidates.called(session, "8466", street_id=None) == []
    assert len(candidates.called(session, "光明", street_id=None)) == 8


def test_candidates_are_found_by_alias_and_letters(session: Session, town: WaitingCity) -> None:
    (by_alias,) = candidates.called(session, "无位花", street_id=None)
    assert (by_alias.name, by_alias.matched, by_alias.located) == ("无位园", "无位花园", False)
    (by_letters,) = candidates.called(session, "WW", street_id=None)
    assert (by_letters.name, by_letters.matched) == ("无位园", None)


def test_what_is_called_nearly_so_is_a_candidate(session: Session, town: WaitingCity) -> None:
    for name in ("翠湖花园一期", "翠湖二期"):
        session.add(Community(name=name, street_id=town.streets["东"], street_how="street"))
    session.flush()
    found = candidates.called(session, "翠湖1期", street_id=town.streets["西"])
    assert [(row.name, row.matched) for row in found] == [("翠湖花园一期", None)]
    (by_alias,) = candidates.called(session, "无位家园", street_id=None)
    assert by_alias.name == "无位园"
