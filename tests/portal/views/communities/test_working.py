"""Next after next: a queue is worked off from record to record."""

from __future__ import annotations

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


@pytest.fixture
def clerk(log_in: LogIn, town: WaitingCity) -> FlaskClient:
    return log_in(Role.CLERK)


def test_after_saving_the_next_of_the_queue_comes(clerk: FlaskClient, town: WaitingCity) -> None:
    here = f"/data/communities/{town.communities['无位园']}"
    page = read(clerk, f"{here}?from=unlocated")
    follows = f"/data/communities/{town.communities['西山居']}?from=unlocated"
    assert page.select_one("[data-next]")["href"] == follows  # type: ignore[index]
    page = send(clerk, f"{here}/pin?from=unlocated", point="114.02,22.5", datum="wgs84")
    assert text_of(page, "h2") == "西山居"
    assert text_of(page, ".data-done").startswith("无位园 · 已标点，归入东")
    assert page.select_one(".data-done a")["href"] == here  # type: ignore[index]
    name = f"/data/communities/{town.communities['西山居']}/name?from=unlocated"
    page = send(clerk, name, name="西苑", confirmed="1")
    assert text_of(page, "h2") == "西苑"  # it still waits for its place


def test_the_last_of_a_queue_leads_back_to_it(clerk: FlaskClient, town: WaitingCity) -> None:
    here = f"/data/communities/{town.communities['other']}"
    street = town.streets["西"]
    page = send(clerk, f"{here}/name?from=unnamed&street={street}", name="新苑")
    assert text_of(page, "h2") == "有轮廓无名称"
    assert text_of(page, ".data-done").startswith("新苑 · 名称已保存")
    assert page.select_one(".data-done a")["href"] == here  # type: ignore[index]


@pytest.mark.parametrize("queue", ["unlocated", "unnamed", "", "elsewhere"])
def test_what_did_not_wait_in_the_queue_stays_in_sight(
    clerk: FlaskClient, town: WaitingCity, queue: str
) -> None:
    here = f"/data/communities/{town.communities['晨光苑']}"
    page = send(clerk, f"{here}/aliases?from={queue}", alias="老晨光")
    assert text_of(page, "h2") == "晨光苑"
    assert text_of(page, ".data-done").startswith("别名已保存")
    page = send(clerk, f"{here}/set-aside?from={queue}", reason="另有专册")
    assert text_of(page, "h2") == "晨光苑"
    assert text_of(page, ".data-done").startswith("已搁置")


def test_what_stays_as_it_is_is_set_aside_and_brought_back(clerk: FlaskClient, town: WaitingCity) -> None:
    here = f"/data/communities/{town.communities['西山居']}"
    page = send(clerk, f"{here}/set-aside?from=unlocated", reason="已拆迁")
    assert text_of(page, ".data-done").startswith("西山居 · 已搁置")
    assert text_of(page, "h2") == "前海里"
    assert "西山居" not in read(clerk, "/data/unlocated").get_text()
    page = read(clerk, here)
    assert "已搁置：已拆迁" in text_of(page, ".notice-box")
    page = send(clerk, f"{here}/bring-back")
    assert text_of(page, ".data-done") == "已恢复待办"
    assert "西山居" in read(clerk, "/data/unlocated").get_text()
    assert send(clerk, f"{here}/set-aside", 400, reason=" ") is not None
