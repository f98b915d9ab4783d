"""Scoring on request: by whom, and that it is found again."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Job
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal.views.pages import read, send, text_of


@pytest.mark.parametrize("role", [Role.CLERK, Role.ADMINISTRATOR])
def test_who_keeps_the_data_has_scores_computed(log_in: LogIn, seeded: Session, role: Role) -> None:
    browser = log_in(role)
    (form,) = read(browser, "/data").select("form[action='/scores']")
    assert form.get_text(strip=True) == "重新计算评分"
    told = send(browser, "/scores")
    assert "评分将在后台重新计算" in text_of(told, ".data-done")
    assert "重新计算评分" in text_of(told, "tbody tr")
    job = seeded.scalars(select(Job)).one()
    assert (job.kind, job.state) == ("scoring", "waiting")
    send(browser, "/scores")  # joins the one that waits
    assert len(seeded.scalars(select(Job)).all()) == 1


@pytest.mark.parametrize("role", [Role.LEADER, Role.INSPECTOR, Role.REGULATOR])
def test_others_may_not(log_in: LogIn, seeded: Session, role: Role) -> None:
    assert log_in(role).post("/scores").status_code == 403
    assert seeded.scalars(select(Job)).all() == []
