"""A change asks before it is saved where more follows than was said; it is sent again with the answer."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import Community
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import waiting_city
from tests.portal.views.pages import read, send, text_of
from tests.portal.waiting_city import WaitingCity

IN_EAST, IN_WEST = "114.02,22.5", "114.15,22.5"


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    built = waiting_city.build(seeded)
    home = seeded.get_one(Community, built.communities["无位园"])
    home.registered_street, home.registered_district = "东", "中区"
    seeded.commit()
    return built


@pytest.fixture
def clerk(log_in: LogIn, town: WaitingCity) -> FlaskClient:
    return log_in(Role.CLERK)


def address_of(town: WaitingCity, task: str, name: str = "无位园") -> str:
    return f"/data/communities/{town.communities[name]}/{task}"


def fields_of(page: BeautifulSoup) -> dict[str, str]:
    return {str(field["name"]): str(field["value"]) for field in page.select("form input[type=hidden]")}


def test_a_pin_elsewhere_asks_first_and_says_that_the_complaints_stay(
    clerk: FlaskClient, town: WaitingCity, seeded: Session
) -> None:
    page = send(clerk, address_of(town, "pin"), point=IN_WEST, datum="wgs84")
    assert text_of(page, "h2") == "保存前请核对"
    assert text_of(page, "[role=alert]") == "新位置在西，登记的是中区 东"
    facts = text_of(page, "[data-foreseen]")
    assert "东 → 西" in facts and "2 件投诉仍属于本小区" in facts
    assert seeded.get_one(Community, town.communities["无位园"], populate_existing=True).pin is None
    again = fields_of(page)
    assert again == {"point": IN_WEST, "datum": "wgs84"} | {
        k: again[k] for k in ("csrf_token",) if k in again
    }
    page = send(clerk, address_of(town, "pin"), **{**again, "confirmed": "1"})
    assert text_of(page, ".data-done").startswith("已标点，归入西，2 件投诉仍属于本小区")
    assert text_of(page, "h2") == "无位园"


def test_who_goes_back_finds_what_was_typed(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(clerk, address_of(town, "pin"), point=IN_WEST, datum="wgs84", confirmed="0")
    assert page.select_one("#point")["value"] == IN_WEST  # type: ignore[index]
    assert text_of(page, "details[open] summary") == "标出位置"


def test_what_has_no_consequences_is_saved_at_once(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(clerk, address_of(town, "pin"), point=IN_EAST, datum="wgs84")
    assert text_of(page, ".data-done").startswith("已标点，归入东")


def test_a_merge_always_asks(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(clerk, address_of(town, "merge"), community_id=town.communities["前海里"])
    assert text_of(page, "h2") == "保存前请核对"
    page = send(clerk, address_of(town, "merge", "晨光苑"), community_id=town.communities["无位园"])
    assert "2 件：无位园 → 晨光苑" in text_of(page, "[data-foreseen]")


def test_a_mistake_is_said_before_anything_is_asked(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(clerk, address_of(town, "merge"), 422)
    assert "没有选择小区" in text_of(page, "[role=alert]")


def test_without_scripts_the_whole_page_asks(clerk: FlaskClient, town: WaitingCity) -> None:
    answer = clerk.post(address_of(town, "pin"), data={"point": IN_WEST, "datum": "wgs84"})
    assert answer.status_code == 200
    page = BeautifulSoup(answer.text, "html.parser")
    assert text_of(page, "[data-confirm] h2") == "保存前请核对"
    assert page.select_one("#drawer") is not None


def test_it_asks_in_english_too(clerk: FlaskClient, town: WaitingCity) -> None:
    clerk.post("/language", data={"language": "en"})
    page = send(clerk, address_of(town, "pin"), point=IN_WEST, datum="wgs84")
    assert "2 complaints stay with this community" in text_of(page, "[data-foreseen]")
    assert read(clerk, "/data").select_one("h1") is not None
