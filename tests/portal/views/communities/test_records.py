"""Mending one community's record: each form writes, comes back with a mistake, and yields to others."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.models import Community, CommunityHistory
from portal.store.communities import records as community_records
from portal.terms import Role
from tests.conftest import LogIn, Statements
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


class Desk:
    """A clerk at work: pages and forms by the community's name."""

    def __init__(self, browser: FlaskClient, session: Session, town: WaitingCity) -> None:
        self.browser, self.session, self.town = browser, session, town

    def open(self, name: str, more: str = "") -> BeautifulSoup:
        return read(self.browser, f"/data/communities/{self.town.communities[name]}{more}")

    def send(self, name: str, task: str, status: int = 200, /, **fields: object) -> BeautifulSoup:
        number = self.town.communities[name]
        version = community_records.one(self.session, number).version
        fields = {"version": version, **fields}
        return send(self.browser, f"/data/communities/{number}/{task}", status, **fields)

    def record(self, name: str) -> community_records.Record:
        self.session.expire_all()
        return community_records.one(self.session, self.town.communities[name])


@pytest.fixture
def desk(clerk: FlaskClient, seeded: Session, town: WaitingCity) -> Desk:
    return Desk(clerk, seeded, town)


def tasks(page: BeautifulSoup) -> list[str]:
    return [summary.get_text(strip=True) for summary in page.select("summary")]


def test_what_can_be_done_follows_from_what_is_known(desk: Desk) -> None:
    assert tasks(desk.open("无位园")) == [
        "关联轮廓",
        "改名与别名",
        "标出位置",
        "画边界",
        "搁置",
        "合并重复记录",
        "拆分",
    ]
    assert tasks(desk.open("large")) == ["关联名册小区", "命名", "标出位置", "重画边界", "搁置"]
    assert tasks(desk.open("晨光苑"))[2] == "移动点位"
    assert tasks(desk.open("并掉园")) == []
    assert read(desk.browser, "/data/communities/999999", 404) is not None


def test_the_outline_around_the_point_is_offered_first_and_chosen(desk: Desk, town: WaitingCity) -> None:
    page = desk.open("晨光苑")
    choices = page.select("#outline-choices [name=community_id]")
    assert [choice["value"] for choice in choices] == [
        str(town.communities["small"]),
        str(town.communities["large"]),
    ]
    assert choices[0].has_attr("checked")
    assert "含本小区点位" in page.get_text()


def test_the_way_back_leads_to_the_queue_as_it_was(desk: Desk) -> None:
    page = desk.open("large", "?from=unnamed&street=3&page=2")
    assert page.select_one(".crumb a")["href"] == "/data/unnamed?street=3&page=2"  # type: ignore[index]
    action = page.select("form")[0]["action"]
    assert str(action).endswith("?from=unnamed&street=3&page=2")
    assert desk.open("无位园", "?from=evil").select_one(".crumb a")["href"] == "/data/unlocated"  # type: ignore[index]


def test_a_point_is_set_in_the_datum_it_was_copied_in(desk: Desk) -> None:
    page = desk.send("无位园", "pin", point="114.057868,22.543099", datum="bd09")
    assert text_of(page, ".data-done") == "已标点，归入东 撤销"
    record = desk.record("无位园")
    assert record.lon == pytest.approx(114.0464, abs=1e-3)
    assert (record.street, record.pinned) == ("东", True)
    stored = desk.session.get_one(Community, record.id)
    assert stored.source_datum == "bd09"


def test_a_preview_says_where_a_coordinate_falls(desk: Desk) -> None:
    answer = desk.browser.get("/data/place.json?point=114.15,22.5")
    assert answer.json == {"lon": 114.15, "lat": 22.5, "message": "落在西"}
    answer = desk.browser.get("/data/place.json?point=114.100025,22.5")
    assert answer.json["message"] == "不在任何街道内"  # type: ignore[index]
    answer = desk.browser.get("/data/place.json?point=1,2", headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert answer.json["detail"] == "坐标：位置在本市之外"  # type: ignore[index]
    answer = desk.browser.get("/data/place.json?point=abc{x}", headers={"Accept": "application/json"})
    said = (answer.json["detail"], answer.json["remedy"])  # type: ignore[index]
    assert said == ("坐标：abc{x} 不是 经度,纬度", "请写成 114.057868,22.543099")
    desk.browser.post("/language", data={"language": "en"})
    answer = desk.browser.get("/data/place.json?point=abc", headers={"Accept": "application/json"})
    assert answer.json["detail"] == "Coordinate: abc is not lon,lat"  # type: ignore[index]


def test_a_mistake_comes_back_with_the_form_open(desk: Desk) -> None:
    page = desk.send("无位园", "pin", 422, point="121.47,31.23", datum="gcj02")
    assert text_of(page, "[role=alert]").startswith("坐标：位置在本市之外")
    assert page.select_one("#point")["value"] == "121.47,31.23"  # type: ignore[index]
    assert page.select_one("#point-datum option[selected]")["value"] == "gcj02"  # type: ignore[index]
    assert text_of(page, "details[open] summary") == "标出位置"
    assert [form.select("#point") != [] for form in page.select("form[data-unsent]")] == [True]
    assert "请填写名称" in text_of(desk.send("无位园", "name", 422, name=" "), "[role=alert]")
    assert text_of(desk.send("无位园", "link", 422), "[role=alert]").startswith("没有选择小区")


def test_an_outline_is_drawn_and_a_crossed_one_refused(desk: Desk) -> None:
    crossed = "114.15,22.5\n114.16,22.51\n114.16,22.5\n114.15,22.51"
    page = desk.send("西山居", "outline", 422, corners=crossed)
    assert text_of(page, "[role=alert]").startswith("边界：边界自相交")
    page = desk.send("西山居", "outline", corners="114.15,22.5\n114.16,22.5\n114.16,22.51\n114.15,22.51")
    assert text_of(page, ".data-done") == "边界已保存，归入西 撤销"
    assert desk.record("西山居").area_m2 == pytest.approx(1_139_000, rel=0.01)
    edit = page.select_one("[data-edit-outline]")
    assert edit is not None
    assert str(edit["data-edit-outline"]).count("\n") == 3


def test_a_name_and_an_outline_become_one_from_either_side(desk: Desk, town: WaitingCity) -> None:
    page = desk.send("晨光苑", "link", community_id=town.communities["small"])
    assert text_of(page, "h2") == "晨光苑"
    assert text_of(page, ".data-done") == "名称与轮廓已关联，归入东 撤销"
    page = desk.send("large", "link", community_id=town.communities["无位园"])
    assert text_of(page, "h2") == "无位园"
    assert desk.record("无位园").area_m2 is not None
    assert desk.record("large").merged_into_id == town.communities["无位园"]


def test_a_name_given_to_an_outline_is_kept_in_its_history(
    desk: Desk, seeded: Session, town: WaitingCity
) -> None:
    page = desk.send("other", "name", name="新苑")
    assert text_of(page, "h2") == "新苑"
    kinds = select(CommunityHistory.kind).where(CommunityHistory.community_id == town.communities["other"])
    assert seeded.scalars(kinds).all() == ["renamed"]


def test_other_names_are_added_and_taken_away(desk: Desk) -> None:
    page = desk.send("晨光苑", "aliases", alias="晨光花园")
    assert text_of(page, ".data-done") == "别名已保存，归入东，2 件投诉归入本小区 撤销"
    assert text_of(page, ".data-aliases") == "晨光花园"
    # What Enter in the field sends is what the button beside it sends.
    typed = next(form for form in page.select("form") if form.select_one("#alias"))
    assert [text_of(typed, "button"), typed.select("[name=remove]")] == ["添加", []]
    desk.send("晨光苑", "aliases", remove="晨光花园")
    assert list(desk.record("晨光苑").aliases) == []
    assert "无位花园" in text_of(desk.send("晨光苑", "aliases", 409, alias="无位花园"), "[role=alert]")


def test_a_double_is_merged_into_the_record(desk: Desk, town: WaitingCity) -> None:
    page = desk.send("无位园", "merge", community_id=town.communities["晨光苑"], confirmed="1")
    assert text_of(page, "h2") == "无位园"
    assert set(desk.record("无位园").aliases) == {"无位花园", "晨光苑"}
    assert not desk.record("晨光苑").active


def test_a_record_is_split_into_parts_that_wait_for_a_place(desk: Desk) -> None:
    page = desk.send("无位园", "split", parts="一期\n\n 二期 ")
    assert text_of(page, "h2") == "一期"
    assert "未定位" in page.get_text()
    assert "二期" in read(desk.browser, "/data/unlocated").get_text()
    page = desk.send("西山居", "split", 422, parts="只有一个")
    assert "至少两个" in text_of(page, "[role=alert]")
    too_many = "\n".join(map(str, range(13)))
    assert "最多拆成 12 个" in text_of(desk.send("西山居", "split", 422, parts=too_many), "[role=alert]")


def test_a_record_that_somebody_changed_meanwhile_is_not_written_over(desk: Desk) -> None:
    seen = desk.record("西山居").version
    desk.send("西山居", "pin", point="114.15,22.5")
    page = desk.send("西山居", "pin", 409, point="114.16,22.5", version=seen)
    assert text_of(page, "[role=alert]").startswith("这个小区刚刚被别人修改过，没有写入任何内容")
    assert page.select_one("#point")["value"] == "114.16,22.5"  # type: ignore[index]
    assert page.select_one("[data-retry]") is not None
    assert desk.record("西山居").lon == 114.15
    # The page that came back holds the new version: sending it again is a decision.
    version = page.select_one("[name=version]")["value"]  # type: ignore[index]
    desk.send("西山居", "pin", point="114.16,22.5", version=version)
    assert desk.record("西山居").lon == 114.16


def test_names_for_an_outline_can_be_searched(desk: Desk, town: WaitingCity) -> None:
    page = read(desk.browser, f"/data/communities/{town.communities['large']}/names?register=无位")
    assert [choice.get_text(strip=True) for choice in page.select(".data-choice-name")] == ["无位园"]
    page = read(desk.browser, f"/data/communities/{town.communities['large']}/names?register=nobody")
    assert "nobody" in page.get_text()


@pytest.mark.parametrize("role", [Role.STREET, Role.ADMINISTRATOR, Role.INSPECTOR])
def test_only_clerks_mend(log_in: LogIn, town: WaitingCity, role: Role) -> None:
    browser = log_in(role, street_id=town.streets["东"] if role is Role.STREET else None)
    number = town.communities["无位园"]
    assert browser.get(f"/data/communities/{number}").status_code == 403
    assert browser.get("/data/place.json?point=114.05,22.5").status_code == 403
    for task in ("pin", "outline", "link", "name", "aliases", "merge", "split"):
        assert browser.post(f"/data/communities/{number}/{task}").status_code == 403


def test_the_page_takes_few_statements(desk: Desk, statements: Statements) -> None:
    counts = []
    for name in ("无位园", "晨光苑", "large"):
        before = len(statements)
        desk.open(name)
        counts.append(len(statements) - before)
    # Account, record, suggestions, whether it was set aside; the policy, for the top bar; of the
    # unlocated the box of their street, of what has no name its keys.
    assert counts == [6, 5, 6]


def test_the_card_leads_a_clerk_to_the_record_and_nobody_else(
    desk: Desk, log_in: LogIn, town: WaitingCity
) -> None:
    card = f"/communities/{town.communities['晨光苑']}"
    record = f"/data{card}"
    assert read(desk.browser, card).select(f'a[href="{record}"]') != []
    assert read(log_in(Role.LEADER), card).select(f'a[href="{record}"]') == []
