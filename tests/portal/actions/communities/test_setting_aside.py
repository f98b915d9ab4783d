"""What cannot be placed leaves the queues and no other count, and comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.communities import setting_aside
from portal.errors import BadRequest, NotAllowed, NotFound
from portal.models import Audit, Complaint, SetAside
from portal.store.complaints.unplaced import waiting
from portal.store.imports import holdings
from portal.terms import Role
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def waits(session: Session) -> WaitingCity:
    built = waiting_city.build(session)
    session.commit()
    return built


def waiting_now(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Complaint).where(*waiting())) or 0


def test_complaints_leave_what_waits_and_stay_counted(
    session: Session, waits: WaitingCity, clerk: Viewer
) -> None:
    levels = [line.n for line in holdings.complaint_levels(session, None)]
    ids = [waits.complaints["lost"], waits.complaints["named"], waits.complaints["home1"]]
    assert setting_aside.set_complaints_aside(session, clerk, ids, " 地址 不详 ") == 2  # home1 has its place
    assert setting_aside.set_complaints_aside(session, clerk, ids, "再说一次") == 0
    assert waiting_now(session) == 3
    after = holdings.complaint_levels(session, None)
    assert [line.n for line in after] == levels
    assert sum(line.waiting for line in after) == 2
    mark = session.scalars(select(SetAside).where(SetAside.complaint_id == ids[0])).one()
    assert (mark.reason, mark.user_id) == ("地址 不详", clerk.user_id)
    assert setting_aside.bring_back(session, clerk, complaint_ids=ids) == 2
    assert waiting_now(session) == 5
    actions = session.scalars(select(Audit.action).order_by(Audit.id)).all()
    assert actions == ["set_aside", "set_aside", "bring_back"]


def test_a_community_and_a_pair_are_set_aside_each_for_itself(
    session: Session, waits: WaitingCity, clerk: Viewer
) -> None:
    one, other = waits.communities["西山居"], waits.communities["前海里"]
    setting_aside.set_community_aside(session, clerk, one, "已拆迁")
    setting_aside.set_community_aside(session, clerk, other, "两个小区", other_id=one)
    setting_aside.set_community_aside(session, clerk, one, "两个小区", other_id=other)
    assert session.scalar(select(func.count()).select_from(SetAside)) == 2
    assert setting_aside.bring_back(session, clerk, community_id=other, other_id=one) == 1
    assert setting_aside.bring_back(session, clerk, community_id=one) == 1


def test_without_a_reason_or_a_right_nothing_is_set_aside(
    session: Session, waits: WaitingCity, clerk: Viewer
) -> None:
    ids = [waits.complaints["lost"]]
    for reason in (" ", "长" * 201):
        with pytest.raises(BadRequest, match="请写明原因"):
            setting_aside.set_complaints_aside(session, clerk, ids, reason)
    with pytest.raises(BadRequest, match="没有选中投诉"):
        setting_aside.set_complaints_aside(session, clerk, [], "x")
    with pytest.raises(NotFound):
        setting_aside.set_community_aside(session, clerk, 999_999, "x")
    leader = Viewer(clerk.user_id, "x", Role.LEADER)
    for act in (
        lambda: setting_aside.set_complaints_aside(session, leader, ids, "x"),
        lambda: setting_aside.set_community_aside(session, leader, 1, "x"),
        lambda: setting_aside.bring_back(session, leader, complaint_ids=ids),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert session.scalar(select(func.count()).select_from(SetAside)) == 0
