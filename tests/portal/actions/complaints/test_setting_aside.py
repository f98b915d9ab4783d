"""What cannot be placed leaves the queue and no other count, and comes back."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.access import Viewer
from portal.actions.complaints import setting_aside
from portal.errors import BadRequest, NotAllowed
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
    assert setting_aside.bring_complaints_back(session, clerk, ids) == 2
    assert waiting_now(session) == 5
    rows = session.scalars(select(Audit).order_by(Audit.id))
    assert [(row.action, row.subject, row.detail) for row in rows] == [
        ("set_aside", "complaints", {"complaints": 2}),
        ("set_aside", "complaints", {"complaints": 0}),
        ("bring_back", "complaints", {"complaints": 2}),
    ]


def test_without_a_choice_a_reason_or_a_right_nothing_is_written(
    session: Session, waits: WaitingCity, clerk: Viewer
) -> None:
    ids = [waits.complaints["lost"]]
    for reason in (" ", "长" * 201):
        with pytest.raises(BadRequest, match="请写明原因"):
            setting_aside.set_complaints_aside(session, clerk, ids, reason)
    for nothing in (
        lambda: setting_aside.set_complaints_aside(session, clerk, [], "x"),
        lambda: setting_aside.bring_complaints_back(session, clerk, []),
    ):
        with pytest.raises(BadRequest, match="没有选中投诉"):
            nothing()
    leader = Viewer(clerk.user_id, "x", Role.LEADER)
    for act in (
        lambda: setting_aside.set_complaints_aside(session, leader, ids, "x"),
        lambda: setting_aside.bring_complaints_back(session, leader, ids),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert [session.scalar(select(func.count()).select_from(table)) for table in (SetAside, Audit)] == [0, 0]
