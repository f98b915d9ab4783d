"""The page that links all that is plain: list, button, undo."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Community
from portal.terms import Role
from portal.views.communities import linking
from tests.conftest import LogIn
from tests.portal import waiting_city
from tests.portal.views.pages import read, send, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    built = waiting_city.build(seeded)
    seeded.commit()
    return built


@pytest.fixture
def clerk(log_in: LogIn, town: WaitingCity) -> FlaskClient:
    return log_in(Role.CLERK)


def seen(clerk: FlaskClient) -> dict[str, object]:
    page = read(clerk, "/data/linking")
    return {field: page.select_one(f"[name={field}]")["value"] for field in ("seen", "n")}  # type: ignore[index]


def test_what_is_plain_is_listed_linked_and_taken_back(
    clerk: FlaskClient, town: WaitingCity, seeded: Session
) -> None:
    assert "可以成批关联 1 个" in text_of(read(clerk, "/data"), ".data-tiles")
    page = read(clerk, "/data/linking")
    assert text_of(page, "#pairs") == "将要关联 1 个"
    assert "晨光苑" in text_of(page, "tbody") and "点位在轮廓内" in text_of(page, "tbody")
    page = send(clerk, "/data/linking", **seen(clerk))
    assert text_of(page, ".data-done").startswith("已关联 1 个小区，随之归入 0 件投诉")
    small = seeded.get_one(Community, town.communities["small"], populate_existing=True)
    assert small.merged_into_id == town.communities["晨光苑"]
    data = read(clerk, "/data")
    undo = data.select_one("form.data-done")["action"]  # type: ignore[index]
    page = send(clerk, str(undo))
    assert "已撤销，一切如前" in text_of(page, ".data-done")
    page = read(clerk, "/data/linking")
    assert "已撤销" in text_of(page, "[aria-labelledby=done] tbody")
    assert page.select_one("[aria-labelledby=done] tbody th[scope=row]") is not None
    assert text_of(read(clerk, "/data/linking"), "#pairs") == "将要关联 1 个"


def test_another_list_than_was_seen_is_shown_again(clerk: FlaskClient) -> None:
    page = send(clerk, "/data/linking", 409, seen="x", n=1)
    assert "刚刚有变化" in text_of(page, "[role=alert]")


def test_many_are_left_to_the_worker(clerk: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linking, "MOST_AT_ONCE", 0)
    page = send(clerk, "/data/linking", **seen(clerk))
    assert "成批关联小区" in page.get_text()


def test_a_street_official_looks_and_links_nothing(log_in: LogIn, town: WaitingCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    page = read(official, "/data/linking")
    assert text_of(page, "#pairs") == "将要关联 0 个"
    assert page.select("form[action='/data/linking']") == []
    assert official.post("/data/linking").status_code == 403


def test_a_street_official_learns_nothing_of_what_others_linked(
    clerk: FlaskClient, log_in: LogIn, town: WaitingCity
) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    send(clerk, "/data/linking", **seen(clerk))
    assert read(clerk, "/data/linking").select_one("#done") is not None
    assert read(official, "/data/linking").select_one("#done") is None
    assert read(clerk, "/data").select_one("form.data-done") is not None
    assert read(official, "/data").select_one("form.data-done") is None
