from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from portal.models import Community
from portal.terms import Role
from tests.conftest import LogIn
from tests.portal import waiting_city
from tests.portal.rows import add
from tests.portal.views.pages import read, send, text_of
from tests.portal.waiting_city import WaitingCity


@pytest.fixture
def town(seeded: Session) -> WaitingCity:
    built = waiting_city.build(seeded)
    add(seeded, Community(name="西山居", street_id=built.streets["西"], street_how="street"))
    seeded.commit()
    return built


def test_a_pair_is_merged_after_asking_or_told_apart(log_in: LogIn, town: WaitingCity) -> None:
    clerk = log_in(Role.CLERK)
    page = read(clerk, "/data/doubles")
    assert "名称相同 同一街道" in text_of(page, "tbody")
    labels = [str(part["aria-label"]) for part in page.select("td [aria-label]")]
    assert len(labels) == 3 and all("西山居、西山居" in label for label in labels)
    merge = page.select_one("td form")
    assert merge is not None
    other = merge.select_one("[name=community_id]")["value"]  # type: ignore[index]
    asked = send(clerk, str(merge["action"]), community_id=other)
    assert text_of(asked, "h2") == "保存前请核对"
    assert "请写明原因" in text_of(send(clerk, "/data/doubles", 422, first=1, second=2), "[role=alert]")
    fields = {name: page.select_one(f"[name={name}]")["value"] for name in ("first", "second")}  # type: ignore[index]
    page = send(clerk, "/data/doubles", **fields, reason="两期")
    assert text_of(page, ".data-done") == "已记下西山居与西山居不是同一个小区，不再提示"
    assert page.select("tbody") == []


def test_how_far_apart_like_names_lie_is_said(log_in: LogIn, seeded: Session, town: WaitingCity) -> None:
    for name, lon in (("翠湖花园一期", 114.01), ("翠湖1期", 114.02)):
        place = f"SRID=4326;POINT({lon} 22.5)"
        add(seeded, Community(name=name, street_id=town.streets["东"], street_how="street", pin=place))
    seeded.commit()
    page = read(log_in(Role.CLERK), "/data/doubles")
    assert "名称相近 同一街道 相距 1,029 米" in text_of(page, "tbody")


def test_others_do_not_see_it(log_in: LogIn, town: WaitingCity) -> None:
    assert log_in(Role.LEADER).get("/data/doubles").status_code == 403
