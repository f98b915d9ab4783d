"""The queues of communities without a place, and of outlines without a name."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.terms import Role
from tests.conftest import LogIn, Statements
from tests.portal import waiting_city
from tests.portal.views.pages import read, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    return waiting_city.build(seeded)


@pytest.fixture
def clerk(log_in: LogIn, town: WaitingCity) -> FlaskClient:
    return log_in(Role.CLERK)


def lines(page: BeautifulSoup) -> list[str]:
    return [line.get_text(" ", strip=True) for line in page.select(".lines li")]


def test_of_the_unlocated_those_with_complaints_come_first(clerk: FlaskClient, town: WaitingCity) -> None:
    page = read(clerk, "/data/unlocated")
    assert text_of(page, ".data-range") == "共 3 个 · 投诉多的在前"
    assert lines(page) == [
        "无位园 东 · 中区 · 东一路1号 投诉 2",
        "西山居 西 · 中区",
        "前海里 登记为 南山区 前海",
    ]
    first = page.select(".lines a")[0]
    assert first["href"] == f"/data/communities/{town.communities['无位园']}?from=unlocated"


def test_they_are_filtered_by_street_and_words_and_keep_the_filter(
    clerk: FlaskClient, town: WaitingCity
) -> None:
    east = town.streets["东"]
    page = read(clerk, f"/data/unlocated?street={east}&text=wwy")
    assert lines(page) == ["无位园 东 · 中区 · 东一路1号 投诉 2"]
    assert page.select(".lines a")[0]["href"].endswith(f"?street={east}&text=wwy&from=unlocated")  # type: ignore[union-attr]
    assert page.select_one("[data-bounds]")["data-bounds"] == "114.0,22.4,114.1,22.6"  # type: ignore[index]
    assert [option.get_text() for option in page.select("option")] == ["全部街道（1）", "东（1）"]
    assert "没有符合条件的小区" in read(clerk, "/data/unlocated?text=nobody").get_text()


def test_points_without_outline_are_the_other_half(clerk: FlaskClient, town: WaitingCity) -> None:
    page = read(clerk, "/data/unlocated?lack=outline")
    assert lines(page) == ["晨光苑 东 · 中区"]
    assert page.select_one(".lines li")["data-hover"] == str(town.communities["晨光苑"])  # type: ignore[index]


def test_unnamed_outlines_that_hold_a_named_point_come_first(clerk: FlaskClient, town: WaitingCity) -> None:
    page = read(clerk, "/data/unnamed")
    assert [line.split(" m²")[0].rsplit(" ", 1)[0] for line in lines(page)] == [
        f"未命名小区 {town.communities['small']} 含点位：晨光苑 · 东 · 中区",
        f"未命名小区 {town.communities['large']} 东 · 中区",
        f"未命名小区 {town.communities['other']} 西 · 中区",
    ]
    assert lines(read(clerk, f"/data/unnamed?street={town.streets['西']}"))[0].startswith("未命名小区")


def test_a_street_official_sees_the_own_street_whatever_is_asked(log_in: LogIn, town: WaitingCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["西"])
    page = read(official, f"/data/unlocated?street={town.streets['东']}")
    assert lines(page) == ["西山居 西 · 中区"]
    assert text_of(page, ".data-own") == "仅本街道：西"
    assert page.select("select") == []
    assert page.select(".lines a")[0]["href"] == f"/communities/{town.communities['西山居']}"
    assert len(lines(read(official, f"/data/unnamed?street={town.streets['东']}"))) == 1


def test_empty_queues_say_why(log_in: LogIn) -> None:
    browser = log_in(Role.CLERK)
    assert "名册里的小区都在地图上了" in read(browser, "/data/unlocated").get_text()
    assert "地图上的轮廓都有名称了" in read(browser, "/data/unnamed").get_text()


def test_a_page_takes_few_statements(clerk: FlaskClient, town: WaitingCity, statements: Statements) -> None:
    counts = []
    for address in (f"/data/unlocated?street={town.streets['东']}", "/data/unlocated", "/data/unnamed"):
        before = len(statements)
        read(clerk, address)
        counts.append(len(statements) - before)
    # Account, number, rows, streets; the policy, for the top bar; with a street its box.
    assert counts == [6, 5, 5]


def test_names_with_markup_are_harmless(clerk: FlaskClient, seeded: Session, town: WaitingCity) -> None:
    from portal.models import Community

    seeded.add(Community(name="<img src=x onerror=alert(1)>", street_how="not_found"))
    seeded.flush()
    answer = clerk.get("/data/unlocated", headers={"HX-Request": "true"})
    assert "<img src=x" not in answer.text
    assert "&lt;img src=x" in answer.text
