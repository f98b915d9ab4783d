"""Imports as people see them."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session

from geo.texts import Phrase
from portal.errors import NotFound
from portal.models import ImportReject, ImportRun, UserAccount
from portal.store.imports import runs as import_runs


def add_run(session: Session, *, subject: str = "streets", user_id: int | None = None) -> ImportRun:
    """Add a run with two rejected rows, one note about the file and one repaired row."""
    run = ImportRun(
        id=uuid4(),
        subject=subject,
        source="register",
        file_name="街道.geojson",
        file_sha256="ab" * 32,
        state="done",
        datum="gcj02",
        datum_confidence=0.97,
        datum_message="坐标基准看起来是 GCJ-02",
        counts={"new": 3, "changed": 0, "unchanged": 1, "rejected": 2, "gaps": 1, "area_km2": 12.5},
        user_id=user_id,
    )
    session.add(run)
    session.flush()
    for row, severity, reason in (
        (9, "rejected", "=1+1 不是数字"),
        (2, "rejected", "名称为空"),
        (None, "noted", "有空隙"),
        (5, "repaired", "边界自相交"),
    ):
        session.add(
            ImportReject(
                import_run_id=run.id, row=row, field="name", severity=severity, reason=reason, remedy="请核对"
            )
        )
    session.flush()
    return run


def test_runs_come_with_who_ran_them(session: Session) -> None:
    account = UserAccount(username="c", display_name="王业务", role="clerk", password_hash="", session_key="")
    session.add(account)
    session.flush()
    mine, other = add_run(session, user_id=account.id), add_run(session, subject="roads")
    page = import_runs.listed(session, 1, 1)
    assert (len(page.rows), page.total) == (1, 2)
    assert {run.id: user for run, user in import_runs.listed(session, 1, 10).rows} == {
        mine.id: "王业务",
        other.id: None,
    }
    assert [run.id for run, _ in import_runs.listed(session, 1, 10, "roads").rows] == [other.id]


def test_a_run_that_is_not_there(session: Session) -> None:
    assert import_runs.one(session, add_run(session).id)[1] is None
    with pytest.raises(NotFound):
        import_runs.one(session, UUID(int=0))


def test_remarks_come_in_the_order_of_the_file_by_page_and_severity(session: Session) -> None:
    run = add_run(session)
    add_run(session)
    assert import_runs.tally(session, run.id) == {"rejected": 2, "repaired": 1, "doubted": 0, "noted": 1}
    assert import_runs.tally(session, UUID(int=0)) == {"rejected": 0, "repaired": 0, "doubted": 0, "noted": 0}
    assert [remark.row for remark in import_runs.remarks(session, run.id)] == [None, 2, 5, 9]
    assert [remark.row for remark in import_runs.remarks(session, run.id, None, 2, 3)] == [9]
    assert [remark.row for remark in import_runs.remarks(session, run.id, "rejected", 1, 10)] == [2, 9]


def test_a_remark_keeps_how_to_say_it_in_another_language(session: Session) -> None:
    run = add_run(session)
    reason = Phrase(
        "{reason}，变化 {change_m2:+,.0f} m²", reason=Phrase("{what}画成了线", what="轮廓"), change_m2=1.5
    )
    told = ImportReject(
        import_run_id=run.id,
        row=7,
        field="",
        severity="repaired",
        reason=reason,
        remedy=Phrase("{names}", names=["甲", 3]),
    )
    session.add(told)
    session.flush()
    session.expire(told)
    assert (told.reason, told.remedy) == ("轮廓画成了线，变化 +2 m²", "甲、3")
    assert told.reason.params == reason.params
    assert (
        told.reason.said(lambda text: text.replace("画成了线", " is a line")) == "轮廓 is a line，变化 +2 m²"
    )
