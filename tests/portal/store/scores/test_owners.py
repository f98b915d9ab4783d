"""What rows belong to: the own source's key first, then the only one; never one of several."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Community, CommunityIdentity, Firm, Inspection, OwnersCommittee, Street
from portal.store.scores.owners import Keyed, Owners
from tests.conftest import make_street


def make_community(session: Session, name: str, street: Street | None = None, key: str = "") -> int:
    one = Community(name=name, street_how="name", street_id=street and street.id)
    session.add(one)
    session.flush()
    if key:
        session.add(CommunityIdentity(source="t", source_key=key, community_id=one.id, matched_by="created"))
        session.flush()
    return one.id


def test_a_key_is_that_of_the_own_source_else_the_only_one() -> None:
    keyed = Keyed([(1, "a", "k"), (2, "b", "k"), (3, "b", "own"), (4, None, "old")])
    assert (keyed.find("k", "a"), keyed.find("k", "b"), keyed.find("k", "c")) == (1, 2, None)
    assert (keyed.find("own", "c"), keyed.find("old", "c"), keyed.find("none", "a")) == (3, 4, None)


def test_two_rows_of_one_key_are_nobodys() -> None:
    assert Keyed([(1, "a", "k"), (2, "a", "k")]).find("k", "a") is None


def test_communities_are_found_by_key_or_unique_name(session: Session) -> None:
    street = make_street(session)
    first = make_community(session, "阳光花园", street, "c1")
    second = make_community(session, "阳光花园")
    other = make_community(session, "新华园")
    owners = Owners(session, "t")
    names = ["c1", "阳光花园", "阳光花园", "新华园", "新华园", "没有", None]
    streets = [None, None, street.name, None, "不存在街道", None, None]
    assert owners.communities(names, streets) == [first, None, first, other, None, None, None]
    assert second not in owners.communities(["阳光花园"], [None])


def test_firms_are_found_by_key_code_or_unique_name(session: Session) -> None:
    firms = [
        Firm(source="t", source_key="f1", name="安居物业", credit_code="91350100M000100Y43"),
        Firm(source="u", source_key="f2", name="乐居物业"),
        Firm(source="u", source_key="f3", name="乐居物业"),
    ]
    session.add_all(firms)
    session.flush()
    found = Owners(session, "t").firms(["f1", "91350100m000100y43", "安居物业", "f2", "乐居物业", None])
    assert found == [firms[0].id] * 3 + [firms[1].id, None, None]


@pytest.mark.parametrize("source", ["t", "another file"])
def test_committees_and_inspections_are_found_from_another_file_too(session: Session, source: str) -> None:
    community = make_community(session, "甲")
    told = {"source": "t", "source_key": "k", "community_id": community}
    committee = OwnersCommittee(**told, term=1, period="[2024-01-01,2025-01-01)")
    inspection = Inspection(**told, inspected_at="2025-01-05 10:00+08")
    session.add_all([committee, inspection])
    session.flush()
    owners = Owners(session, source)
    assert owners.committees(["k", "x"]) == [committee.id, None]
    assert owners.inspections(["k", None]) == [inspection.id, None]
    assert owners.findings(["k"]) == [None]
