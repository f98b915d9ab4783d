from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.frames import COMMUNITIES
from portal.access import Viewer
from portal.actions.communities import register_import as communities
from portal.actions.communities.changes import change, check_version, take_over
from portal.errors import Conflict, NotAllowed
from portal.models import Audit, Community, CommunityHistory, CommunityIdentity
from portal.privacy import Cipher
from portal.store.communities import records as community_records
from portal.terms import HistoryKind, Role
from tests.portal.actions.conftest import frame_of


@pytest.fixture
def community_id(session: Session, town: dict[str, int], cipher: Cipher) -> int:
    rows = [{"source_key": "1", "name": "阳光花园", "street": "西街", "address": "西街 1 号"}]
    communities.load(session, frame_of(COMMUNITIES, rows), source="register", cipher=cipher)
    session.commit()
    return session.scalars(select(Community.id)).one()


def supplied(session: Session) -> set[str]:
    return set(session.scalars(select(CommunityIdentity.supplied)).one())


def test_an_error_inside_undoes_everything(
    session: Session, community_id: int, clerk: Viewer, cipher: Cipher
) -> None:
    session.commit()
    with (
        pytest.raises(RuntimeError),
        change(session, clerk, cipher, "rename", [community_id]) as made,
    ):
        session.get_one(Community, community_id).name = "另一个"
        made.remember(community_id, HistoryKind.RENAMED, {})
        session.flush()
        raise RuntimeError
    assert session.get_one(Community, community_id).name == "阳光花园"
    assert session.scalars(select(CommunityHistory)).all() == []
    assert session.scalars(select(Audit)).all() == []


def test_a_merged_record_is_not_changed(
    session: Session, community_id: int, clerk: Viewer, cipher: Cipher
) -> None:
    session.get_one(Community, community_id).status = "split"
    session.commit()
    with (
        pytest.raises(Conflict, match="阳光花园 已被合并或拆分"),
        change(session, clerk, cipher, "rename", [community_id]),
    ):
        pass


def test_what_has_no_name_is_called_by_its_key(
    session: Session, community_id: int, clerk: Viewer, cipher: Cipher
) -> None:
    community = session.get_one(Community, community_id)
    community.name, community.pin, community.status = None, "SRID=4326;POINT(114 22.5)", "split"
    session.commit()
    with (
        pytest.raises(Conflict, match="未命名小区 1 已被合并或拆分"),
        change(session, clerk, cipher, "rename", [community_id]),
    ):
        pass


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTOR, Role.STREET, Role.REGULATOR])
def test_other_roles_may_not(
    session: Session, community_id: int, clerk: Viewer, cipher: Cipher, role: Role
) -> None:
    viewer = Viewer(clerk.user_id, "x", role)
    with pytest.raises(NotAllowed), change(session, viewer, cipher, "rename", [community_id]):
        pass


def test_a_version_is_asked_for_only_where_it_is_given(session: Session, community_id: int) -> None:
    seen = community_records.one(session, community_id).version
    check_version(session, community_id, None)
    check_version(session, community_id, seen)
    session.get_one(Community, community_id).name = "另一个"
    session.flush()
    with pytest.raises(Conflict):
        check_version(session, community_id, seen)


def test_what_a_clerk_takes_over_no_source_supplies(session: Session, community_id: int) -> None:
    assert supplied(session) == {"name", "registered_street", "address"}
    take_over(session, community_id, "name", "pin")
    session.flush()
    assert supplied(session) == {"registered_street", "address"}
