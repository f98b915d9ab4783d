"""A community, or a pair that is none, leaves the queues and comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.communities import setting_aside
from portal.errors import BadRequest, NotAllowed, NotFound
from portal.models import Audit, SetAside
from portal.terms import Role
from tests.portal import waiting_city
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def waits(session: Session) -> WaitingCity:
    built = waiting_city.build(session)
    session.commit()
    return built


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
    assert session.scalar(select(func.count()).select_from(SetAside)) == 0
    told = [(row.action, row.subject_id) for row in session.scalars(select(Audit).order_by(Audit.id))]
    assert [action for action, _ in told] == ["set_aside"] * 3 + ["bring_back"] * 2
    assert [of for _, of in told] == [str(of) for of in (one, other, one, other, one)]


def test_without_a_reason_or_a_right_nothing_is_set_aside(
    session: Session, waits: WaitingCity, clerk: Viewer
) -> None:
    one = waits.communities["西山居"]
    for reason in (" ", "长" * 201):
        with pytest.raises(BadRequest, match="请写明原因"):
            setting_aside.set_community_aside(session, clerk, one, reason)
    with pytest.raises(NotFound):
        setting_aside.set_community_aside(session, clerk, 999_999, "x")
    leader = Viewer(clerk.user_id, "x", Role.LEADER)
    for act in (
        lambda: setting_aside.set_community_aside(session, leader, one, "x"),
        lambda: setting_aside.bring_back(session, leader, one),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert session.scalar(select(func.count()).select_from(SetAside)) == 0
