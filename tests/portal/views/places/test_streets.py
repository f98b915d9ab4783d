"""The list of streets, and a street's page."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from portal.models import (
    Community,
)
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal.small_city import PERIOD, SmallCity
from tests.portal.views.pages import read, text_of

pytestmark = pytest.mark.usefixtures("fixed_day")


def test_numbers_of_communities_say_what_they_hold(leader: FlaskClient, town: SmallCity) -> None:
    page = read(leader, "/streets").get_text(" ", strip=True)
    assert ("共 2 个街道 · 6 个小区 其中图上未命名 1、名册未定位 1（两者可能重复）、未归属街道 1") in page
    east = read(leader, f"/streets/{town.streets['东']}").get_text(" ", strip=True)
    assert "3 个小区" in east
    assert "其中" not in east  # its list says how many are not located


def test_a_city_without_streets_is_listed_by_district(log_in: LogIn, seeded: Session) -> None:
    for name in ("甲", "乙"):
        seeded.add(Community(name=name, street_how="not_found", registered_district="南区"))
    seeded.commit()
    leader = log_in(Role.LEADER)
    line = read(leader, "/streets").select_one(".lines a")
    assert line is not None
    assert line.get_text(" ", strip=True) == "南区 2"
    found = read(leader, str(line["href"]))
    assert text_of(found, "#query-words") == "南区内：共 2 个小区"
    assert [cell.get_text(strip=True) for cell in found.select(".query-table td.col-district")] == [
        "南区"
    ] * 2
    assert found.select("#query-streets, th.col-street") == []
    filtered = read(log_in(Role.CLERK), "/data/unlocated?district=南区")
    assert [option.get_text() for option in filtered.select("#district option")] == [
        "全部区（2）",
        "南区（2）",
    ]
    assert len(filtered.select(".lines li")) == 2


def test_what_is_not_located_is_listed_under_its_street(leader: FlaskClient, town: SmallCity) -> None:
    page = read(leader, f"/streets/{town.streets['东']}")
    assert text_of(page, ".unlocated summary") == "未定位 1"
    assert text_of(page, ".unlocated .line-name") == "未定位园"
    listed = [row.get_text(strip=True) for row in page.select(".lines .line-name")]
    assert listed == ["未定位园", "安华苑", "百花里"]
    lines = read(leader, "/streets")
    assert [row.get_text(" ", strip=True) for row in lines.select(".lines a")] == ["东 未定位 1 3", "西 2"]


def test_a_street_says_what_the_map_says_of_its_complaints(
    leader: FlaskClient, seeded: Session, town: SmallCity
) -> None:
    east = read(leader, f"/streets/{town.streets['东']}?period={PERIOD}").get_text(" ", strip=True)
    assert "投诉 2025年第3季度 9 件" in east
    assert "件/千户" not in east  # too few of its communities state their households
    seeded.get_one(Community, town.communities["未定位园"]).households = 0
    seeded.commit()
    east = read(leader, f"/streets/{town.streets['东']}?period={PERIOD}").get_text(" ", strip=True)
    assert "9 件 · 6.0 件/千户" in east
    west = read(leader, f"/streets/{town.streets['西']}?period={PERIOD}").get_text(" ", strip=True)
    assert "不足 5 件，不显示" in west
    before = read(leader, f"/streets/{town.streets['西']}?period={PERIOD.previous}").get_text(" ", strip=True)
    assert "本季度没有投诉数据" in before
