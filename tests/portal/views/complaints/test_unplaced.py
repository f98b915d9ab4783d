"""The queue of complaints without a community: what it shows to whom, and the form that assigns them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.models import Community, Complaint
from portal.terms import Role
from tests.conftest import LogIn, Statements
from tests.portal import waiting_city
from tests.portal.views.pages import read, send, text_of
from tests.portal.waiting_city import WaitingCity

QUEUE = "/data/unplaced-complaints"
ASSIGN, GIVE_BACK = f"{QUEUE}/assign", f"{QUEUE}/give-back"


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    return waiting_city.build(seeded)


@pytest.fixture
def clerk(log_in: LogIn, town: WaitingCity) -> FlaskClient:
    return log_in(Role.CLERK)


def keys(page: BeautifulSoup) -> list[str]:
    return [cell.get_text(strip=True) for cell in page.select(".data-key")]


def ticked(page: BeautifulSoup) -> list[str]:
    return [tick["value"] for tick in page.select('[name="complaint"][checked]')]  # type: ignore[misc]


def community_of(session: Session, town: WaitingCity, key: str) -> int | None:
    return session.scalar(select(Complaint.community_id).where(Complaint.id == town.complaints[key]))


def test_property_complaints_newest_first_with_repeats_flagged(clerk: FlaskClient) -> None:
    page = read(clerk, QUEUE)
    assert keys(page) == ["lost", "near", "again", "named"]
    assert [row.get_text() for row in page.select("tbody tr") if "重复件" in row.get_text()] != []
    assert text_of(page, ".data-mark") == "重复件"
    assert keys(read(clerk, f"{QUEUE}?all=1"))[0] == "enquiry"


def test_filters_narrow_and_stay_in_the_addresses(clerk: FlaskClient, town: WaitingCity) -> None:
    assert keys(read(clerk, f"{QUEUE}?level=neighbourhood")) == ["near"]
    assert keys(read(clerk, f"{QUEUE}?category=repair")) == ["again", "named"]
    page = read(clerk, f"{QUEUE}?street={town.streets['东']}&text=晨光")
    assert keys(page) == ["again", "named"]
    form = page.select_one("#assign-form")
    assert form is not None
    assert form["action"] == f"{ASSIGN}?street={town.streets['东']}&text=%E6%99%A8%E5%85%89"
    words = page.select_one(".data-words a")
    assert words is not None
    assert words["href"] == f"{QUEUE}?street={town.streets['东']}&text=%E6%99%A8%E5%85%89%E8%8A%B1%E5%9B%AD"
    assert "没有符合条件的投诉" in read(clerk, f"{QUEUE}?text=nothing").get_text()


def test_room_and_telephone_are_masked(clerk: FlaskClient) -> None:
    page = read(clerk, QUEUE).get_text()
    assert "东一路8号晨光花园3栋" in page
    assert "1205" not in page
    assert "13800138000" not in page


def test_what_was_kept_before_names_were_masked_is_masked_where_it_is_shown(
    clerk: FlaskClient, seeded: Session, town: WaitingCity
) -> None:
    complaint = seeded.get_one(Complaint, town.complaints["named"])
    complaint.reported_community, complaint.sub_type = "晨光花园１３８００１３８０００", "漏水 粤B12345"
    complaint.reported_neighbourhood = "晨光社区138—0013—8000"
    seeded.flush()
    html = clerk.get(QUEUE).get_data(as_text=True)
    assert "晨光花园138****8000" in html and "漏水 粤B*****" in html and "晨光社区138****8000" in html
    assert "１３８００" not in html and "8—0013" not in html and "12345" not in html


def test_a_street_official_sees_the_own_street_without_addresses_and_cannot_assign(
    log_in: LogIn, town: WaitingCity, clerk: FlaskClient
) -> None:
    official = log_in(Role.STREET, street_id=town.streets["东"])
    page = read(official, f"{QUEUE}?street={town.streets['西']}&all=1")
    assert keys(page) == ["near", "again", "named"]
    assert "晨光花园3栋" not in page.get_text()
    assert page.select("[name=complaint], #assign-to, [name=street]") == []
    for address in (ASSIGN, GIVE_BACK):
        assert official.post(address, data={}).status_code == 403
    assert official.get("/data/candidates?community=晨光").status_code == 403


def test_ticked_complaints_are_assigned_and_can_be_given_back(
    clerk: FlaskClient, seeded: Session, town: WaitingCity
) -> None:
    ids = [town.complaints[key] for key in ("lost", "near")]
    home = town.communities["晨光苑"]
    page = send(clerk, f"{ASSIGN}?category=lift", complaint=ids, community_id=home)
    assert text_of(page, ".data-done p") == "2 件投诉已归入晨光苑"
    assert "没有符合条件的投诉" in page.get_text()  # still filtered as it was
    assert community_of(seeded, town, "lost") == home

    undo = page.select_one(".data-done [name=complaints]")
    assert undo is not None
    page = send(clerk, GIVE_BACK, complaints=undo["value"])
    assert text_of(page, ".data-done") == "已撤销，2 件投诉回到待办"
    assert keys(page) == ["lost", "near", "again", "named"]
    assert community_of(seeded, town, "lost") is None


def test_a_remembered_name_is_said(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(
        clerk,
        ASSIGN,
        complaint=town.complaints["named"],
        community_id=town.communities["晨光苑"],
        remember="1",
    )
    assert text_of(page, ".data-done p") == (
        "1 件投诉已归入晨光苑；已记住叫法“晨光花园”；另有 1 件同样叫法的投诉随之归入"
    )
    undo = {field["name"]: field["value"] for field in page.select(".data-done input")}
    page = send(clerk, GIVE_BACK, **undo)
    assert text_of(page, ".data-done") == "已撤销，2 件投诉回到待办"


def test_another_street_is_said(clerk: FlaskClient, town: WaitingCity) -> None:
    page = send(clerk, ASSIGN, complaint=town.complaints["named"], community_id=town.communities["西山居"])
    assert "其中 1 件登记的街道与小区所在街道不同" in text_of(page, ".data-done p")


def test_a_form_with_a_mistake_comes_back_as_it_was(clerk: FlaskClient, town: WaitingCity) -> None:
    number = town.complaints["near"]
    page = send(clerk, ASSIGN, 422, complaint=number, community="晨光", remember="1")
    assert text_of(page, "[role=alert]") == "没有选择小区 请先查找小区，再选定一个"
    assert ticked(page) == [str(number)]
    assert [choice.get_text(strip=True) for choice in page.select(".data-choice-name")] == ["晨光苑"]
    assert page.select("[name=remember][checked]") != []
    assert text_of(send(clerk, ASSIGN, 422, community_id=1), "[role=alert]").startswith("没有选中投诉")
    assert "complaint" in send(clerk, ASSIGN, 400, complaint="x").get_text()


def test_what_another_person_assigned_meanwhile_is_a_conflict_that_loses_nothing(
    clerk: FlaskClient, seeded: Session, town: WaitingCity
) -> None:
    seeded.commit()
    send(clerk, ASSIGN, complaint=town.complaints["lost"], community_id=town.communities["无位园"])
    home = town.communities["晨光苑"]
    ids = [town.complaints[key] for key in ("lost", "near")]
    page = send(clerk, ASSIGN, 409, complaint=ids, community="晨光", community_id=home)
    assert "1 件刚刚有了小区，没有写入任何内容" in text_of(page, "[role=alert]")
    assert ticked(page) == [str(town.complaints["near"])]  # the other has left the list
    assert page.select_one(f'[name=community_id][value="{home}"][checked]') is not None
    assert community_of(seeded, town, "near") is None


def test_candidates_are_choices_the_street_first(clerk: FlaskClient, town: WaitingCity) -> None:
    page = read(clerk, f"/data/candidates?community=园&street={town.streets['东']}")
    assert [choice["value"] for choice in page.select("[name=community_id]")] == [
        str(town.communities["无位园"])
    ]
    assert "又名 无位花园" in read(clerk, "/data/candidates?community=无位花").get_text()
    assert "没有叫“<b>”的小区" in read(clerk, "/data/candidates?community=<b>").get_text()
    assert "拼音首字母" in read(clerk, "/data/candidates").get_text()


def test_the_page_takes_few_statements(
    clerk: FlaskClient, seeded: Session, town: WaitingCity, statements: Statements
) -> None:
    before = len(statements)
    read(clerk, QUEUE)
    # Account, policy; number, rows, names that are near, groups, those set aside, streets.
    assert len(statements) - before == 8
    assert seeded.scalar(select(func.count()).select_from(Complaint)) == 8


def test_a_group_is_decided_once(clerk: FlaskClient, seeded: Session, town: WaitingCity) -> None:
    seeded.commit()
    page = read(clerk, QUEUE)
    chip = page.select_one("[aria-labelledby=groups] a")
    assert chip is not None
    assert chip.get_text(" ", strip=True) == "晨光花园 · 东 2"
    page = read(clerk, str(chip["href"]))
    assert keys(page) == ["again", "named"]
    fields = {name: page.select_one(f"[name={name}]")["value"] for name in ("group", "group_street")}  # type: ignore[index]
    home = town.communities["晨光苑"]
    page = send(clerk, f"{ASSIGN}?called=晨光花园&called_street=1", community_id=home, **fields)
    assert "2 件投诉已归入晨光苑" in text_of(page, ".data-done")
    assert keys(page) == ["lost", "near"]
    assert {community_of(seeded, town, key) for key in ("named", "again")} == {home}


def test_communities_called_nearly_as_reported_are_offered_and_nothing_is_placed(
    clerk: FlaskClient, log_in: LogIn, seeded: Session, town: WaitingCity
) -> None:
    for name, street in (("翠湖花园1期", "东"), ("翠湖2期", "东"), ("翠湖一期", "西")):
        seeded.add(Community(name=name, street_id=town.streets[street], street_how="street"))
    seeded.get_one(Complaint, town.complaints["near"]).reported_community = "翠湖小区（一期）"
    seeded.commit()
    page = read(clerk, QUEUE)
    offered = [link for link in page.select(".data-words a") if "可能是" in link.get_text()]
    assert [link.get_text(strip=True) for link in offered] == [
        "可能是翠湖花园1期（东）",
        "可能是晨光苑（东）",
        "可能是晨光苑（东）",
    ]
    page = read(clerk, str(offered[0]["href"]))
    assert keys(page) == ["near"]
    assert page.select_one("#community")["value"] == "翠湖小区（一期）"  # type: ignore[index]
    choices = [choice.get_text(strip=True) for choice in page.select(".data-choice-name")]
    assert choices == ["翠湖花园1期", "翠湖一期"]  # of the own street first
    assert page.select("[name=community_id][checked]") == []
    assert community_of(seeded, town, "near") is None
    official = log_in(Role.STREET, street_id=town.streets["东"])
    assert "可能是" not in read(official, QUEUE).get_text()


def test_what_cannot_be_placed_is_set_aside_and_brought_back(
    clerk: FlaskClient, seeded: Session, town: WaitingCity
) -> None:
    seeded.commit()
    lost = town.complaints["lost"]
    page = send(clerk, f"{QUEUE}/set-aside", complaint=lost, reason="只写了“门口”")
    assert "已搁置 1 件" in text_of(page, ".data-done")
    assert keys(page) == ["near", "again", "named"]
    page = read(clerk, f"{QUEUE}?aside=1")
    assert keys(page) == ["lost"] and "只写了“门口”" in page.get_text()
    page = send(clerk, f"{QUEUE}/bring-back?aside=1", complaint=lost)
    assert "1 件投诉回到待办" in text_of(page, ".data-done")
    assert keys(read(clerk, QUEUE))[0] == "lost"
    assert "请写明原因" in text_of(send(clerk, f"{QUEUE}/set-aside", 422, complaint=lost), "[role=alert]")
    assert "没有选中投诉" in text_of(send(clerk, f"{QUEUE}/bring-back", 422), "[role=alert]")
    seeded.rollback()
