from __future__ import annotations

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import waiting_city
from tests.portal.views.pages import read, send, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    built = waiting_city.build(seeded)
    seeded.commit()
    return built


def pin(log_in: LogIn, town: WaitingCity) -> tuple[FlaskClient, str, int]:
    clerk, number = log_in(Role.CLERK), town.communities["西山居"]
    page = send(clerk, f"/data/communities/{number}/pin", point="114.15,22.5", datum="wgs84")
    return clerk, str(page.select_one(".data-done form")["action"]), number  # type: ignore[index]


def test_a_change_offers_to_be_taken_back(log_in: LogIn, town: WaitingCity) -> None:
    clerk, undo, number = pin(log_in, town)
    page = send(clerk, undo, back=number)
    assert text_of(page, ".data-done") == "已撤销，一切如前"
    assert "未定位" in text_of(page, ".badges")
    assert send(clerk, undo, 409, back=number) is not None  # once only
    assert send(clerk, f"/data/changes/{uuid4()}/undo", 404) is not None


def test_the_audit_offers_it_as_long_as_it_stands(log_in: LogIn, town: WaitingCity) -> None:
    _, undo, _ = pin(log_in, town)
    administrator = log_in(Role.ADMINISTRATOR)
    page = read(administrator, "/administration/audit")
    assert [form["action"] for form in page.select("td form")] == [undo]
    assert not re.search(r"deed|[0-9a-f]{8}-", page.get_text())
    page = send(administrator, undo, back="audit")
    assert "已撤销" in text_of(page, ".alert")
    assert page.select("td form") == []


def test_only_who_may_takes_back(log_in: LogIn, town: WaitingCity) -> None:
    _, undo, _ = pin(log_in, town)
    assert log_in(Role.LEADER).post(undo).status_code == 403
