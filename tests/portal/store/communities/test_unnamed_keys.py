"""What tells communities without a name apart: the source's key, else the id."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.models import Community, CommunityIdentity
from portal.store.communities import unnamed_keys
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session) -> WaitingCity:
    return waiting_city.build(session)


def identify(
    session: Session, community_id: int, key: str, source: str = "轮廓", by: str = "created"
) -> None:
    named = {"source": source, "source_key": key, "matched_by": by}
    session.add(CommunityIdentity(**named, community_id=community_id, supplied=[]))
    session.flush()


def key_of(session: Session, community_id: int) -> str | None:
    return session.scalar(select(unnamed_keys.key()).where(Community.id == community_id))


def found(session: Session, text: str) -> set[int]:
    return set(session.scalars(select(Community.id).where(unnamed_keys.is_called(text))))


def test_the_source_s_key_else_the_id_and_none_beside_a_name(session: Session, town: WaitingCity) -> None:
    large, named = town.communities["large"], town.communities["晨光苑"]
    assert key_of(session, large) == str(large)
    identify(session, large, "8466")
    identify(session, large, "1", "甲", "manual")  # of an outline that was merged into it
    identify(session, named, "77")
    assert key_of(session, large) == "8466"
    assert key_of(session, named) is None


def test_a_key_that_two_sources_give_is_completed_by_the_id(session: Session, town: WaitingCity) -> None:
    small, large, named = (town.communities[name] for name in ("small", "large", "晨光苑"))
    identify(session, small, "12", "福田")
    identify(session, named, "12", "名册")
    assert key_of(session, small) == "12"
    identify(session, large, "12", "南山")
    assert (key_of(session, small), key_of(session, large)) == (f"12 #{small}", f"12 #{large}")
    session.execute(update(Community).where(Community.id == large).values(name="有名苑"))
    assert key_of(session, small) == "12"


def test_they_are_found_by_their_key_and_all_of_them_by_what_they_lack(
    session: Session, town: WaitingCity
) -> None:
    small, large, other = (town.communities[name] for name in ("small", "large", "other"))
    for community_id, key in ((small, "8466"), (large, "8467"), (other, "a%b")):
        identify(session, community_id, key)
    identify(session, town.communities["晨光苑"], "84660")
    assert found(session, "8466") == {small}
    assert found(session, "846") == {small, large}
    assert found(session, "未命名小区 8467") == {large}
    assert found(session, "未命名") == found(session, "unnamed") == {small, large, other}
    assert found(session, "%") == {other}
    assert found(session, "晨光苑") == set()


def test_what_is_shown_finds_it(session: Session, town: WaitingCity) -> None:
    small, large, other = (town.communities[name] for name in ("small", "large", "other"))
    identify(session, small, "12", "福田")
    identify(session, large, "12", "南山")
    assert small in found(session, f"未命名小区 {key_of(session, small)}")
    assert found(session, f"未命名小区 {other}") == {other}
    assert found(session, str(large)) == set()
