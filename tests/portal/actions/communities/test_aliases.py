"""Other names that a clerk teaches, and takes away."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.communities import aliases as actions
from portal.errors import BadRequest, Conflict, NotAllowed, NotFound
from portal.models import Audit, Complaint
from portal.privacy import Cipher
from portal.store.communities import records as community_records
from portal.terms import Role
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(session: Session, clerk: Viewer) -> WaitingCity:
    built = waiting_city.build(session)
    session.commit()
    return built


def communities_of(session: Session, town: WaitingCity) -> list[int | None]:
    ids = [town.complaints["named"], town.complaints["again"]]
    return list(session.scalars(select(Complaint.community_id).where(Complaint.id.in_(ids))))


def test_complaints_follow_a_name_and_leave_with_it(
    session: Session, town: WaitingCity, clerk: Viewer, cipher: Cipher
) -> None:
    number = town.communities["晨光苑"]
    done = actions.add(session, clerk, number, "  晨光花园 ", cipher=cipher)
    assert done.complaints == 2
    assert communities_of(session, town) == [number, number]
    assert list(community_records.one(session, number).aliases) == ["晨光花园"]

    assert actions.remove(session, clerk, number, "晨光花园", cipher=cipher).complaints == 2
    assert communities_of(session, town) == [None, None]
    said = session.scalars(select(Audit.action).where(Audit.subject == "communities").order_by(Audit.id))
    assert list(said) == ["add_alias", "remove_alias"]


def test_names_that_would_confuse_are_refused(
    session: Session, town: WaitingCity, clerk: Viewer, cipher: Cipher
) -> None:
    number = town.communities["晨光苑"]
    for alias, error in (
        ("", BadRequest),
        ("晨光苑", BadRequest),
        ("无位 花园", Conflict),
        ("无位园", Conflict),
    ):
        with pytest.raises(error):
            actions.add(session, clerk, number, alias, cipher=cipher)
    # Two streets may each have one.
    assert actions.add(session, clerk, town.communities["西山居"], "无位园", cipher=cipher).complaints == 0


def test_a_record_that_has_changed_is_not_written(
    session: Session, town: WaitingCity, clerk: Viewer, cipher: Cipher
) -> None:
    with pytest.raises(Conflict, match="别人修改过"):
        actions.add(session, clerk, town.communities["晨光苑"], "新叫法", cipher=cipher, version="old")
    assert list(community_records.one(session, town.communities["晨光苑"]).aliases) == []


def test_a_name_it_does_not_have_cannot_be_taken_away(
    session: Session, town: WaitingCity, clerk: Viewer, cipher: Cipher
) -> None:
    with pytest.raises(NotFound):
        actions.remove(session, clerk, town.communities["晨光苑"], "无位花园", cipher=cipher)


def test_only_clerks_may(session: Session, town: WaitingCity, cipher: Cipher) -> None:
    viewer = Viewer(1, "official", Role.STREET, town.streets["东"])
    with pytest.raises(NotAllowed):
        actions.add(session, viewer, town.communities["晨光苑"], "新叫法", cipher=cipher)
