"""The form of a new route: defaults, what is read from it, errors beside their field."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask_login import login_user
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.access import Viewer
from portal.errors import BadRequest
from portal.models import Community, UserAccount
from portal.views.accounts import login as accounts
from portal.views.routes.form import RouteForm
from portal.web import context
from tests.conftest import make_street
from tests.portal import route_days
from tests.portal.route_days import NAMES, OFFICE

TODAY = date(2099, 6, 2)


@pytest.fixture
def viewer(app: Flask, seeded: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Viewer]:
    """An inspector who is logged in to the request that the test runs in."""
    made = route_days.add_inspector(seeded)
    account = seeded.get_one(UserAccount, made.user_id)
    monkeypatch.setattr(context, "today", lambda: TODAY)
    with app.test_request_context():
        login_user(accounts.LoggedIn(account, "x"))
        yield made


@pytest.fixture
def ids(seeded: Session) -> list[int]:
    return route_days.add_communities(seeded)


def posted(ids: list[int], **values: str) -> dict[str, str]:
    return {"stops": ",".join(map(str, ids)), "day": "2099-06-03", "visit_minutes": "30", **values}


def test_a_link_opens_a_form_that_can_be_sent_as_it_is(viewer: Viewer, ids: list[int], city: City) -> None:
    form = RouteForm.from_link({"stops": f"{ids[1]},{ids[0]},{10**9},{ids[1]}"})
    assert [item.place.name for item in form.chosen] == [NAMES[1], NAMES[0]]
    assert form.vanished == 1
    asked = form.to_request()
    assert asked.day == date(2099, 6, 3)  # tomorrow
    assert asked.start.name == NAMES[1]
    assert asked.end == asked.start
    assert asked.visit_minutes == city.routes.visit_minutes
    assert asked.community_ids == (ids[1], ids[0])


def test_the_newest_start_is_the_next_default(
    viewer: Viewer, ids: list[int], seeded: Session, city: City
) -> None:
    route_days.plan(seeded, city, viewer, ids)
    asked = RouteForm.from_link({"stops": str(ids[0])}).to_request()
    assert (asked.start.name, asked.start.lon, asked.start.lat) == (OFFICE.name, OFFICE.lon, OFFICE.lat)


def test_what_was_sent_is_read(viewer: Viewer, ids: list[int]) -> None:
    form = RouteForm.from_post(
        posted(ids, start="point", start_name=" 住建局 ", start_at="118.001，26.002", visit_minutes="45")
    )
    asked = form.to_request()
    assert (asked.start.name, asked.start.lon, asked.start.lat) == ("住建局", 118.001, 26.002)
    assert asked.end is None  # the box was not ticked
    assert asked.visit_minutes == 45


def test_starts_of_the_same_name_are_told_apart(viewer: Viewer, ids: list[int], seeded: Session) -> None:
    other = make_street(seeded, "望江")
    first, second, third = (seeded.get_one(Community, number) for number in ids)
    second.name, second.street_id = first.name, other.id
    seeded.flush()
    form = RouteForm.from_post(posted(ids, start=str(ids[1]), back="1"))
    assert [name for _, name in form.starts] == ["安华苑（云岭）", "安华苑（望江）", third.name]
    asked = form.to_request()
    assert asked.end == asked.start
    assert asked.start.name == "安华苑（望江）"
    second.street_id = first.street_id
    seeded.flush()
    form = RouteForm.from_post(posted(ids, start=str(ids[1])))
    assert [name for _, name in form.starts][:2] == ["安华苑（云岭） · 第 1 个", "安华苑（云岭） · 第 2 个"]
    alone = RouteForm.from_post(posted(ids[1:], start=str(ids[1])))
    assert alone.to_request().start.name == "安华苑"


def test_a_point_without_a_name_gets_one(viewer: Viewer, ids: list[int]) -> None:
    form = RouteForm.from_post(posted(ids, start_at="118.001,26.002", back="1"))
    assert form.to_request().start.name == "所选位置"


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"day": "3 June"}, "day", "日期：3 June 不是日期"),
        ({"day": "2099-06-01"}, "day", "日期：2099-06-01 已经过去"),
        ({"visit_minutes": "0"}, "visit_minutes", "每站现场时间：应为 1 到 210 之间的整数分钟"),
        ({"visit_minutes": "211"}, "visit_minutes", "每站现场时间：应为 1 到 210 之间的整数分钟"),
        (
            {"visit_minutes": "000000001999"},
            "visit_minutes",
            "每站现场时间：应为 1 到 210 之间的整数分钟",
        ),
        (
            {"visit_minutes": "1" + "0" * 5000},
            "visit_minutes",
            "每站现场时间：应为 1 到 210 之间的整数分钟",
        ),
        ({"visit_minutes": "½"}, "visit_minutes", "每站现场时间：应为 1 到 210 之间的整数分钟"),
        ({"start_at": ""}, "start_at", "起点坐标：还没有选择起点"),
        ({"start_at": "here"}, "start_at", "起点坐标：here 不是 经度,纬度"),
        ({"start_at": "22.5,114.0"}, "start_at", "起点坐标：22.5,114.0 超出地图范围"),
    ],
)
def test_an_error_names_its_field_and_keeps_the_input(
    viewer: Viewer, ids: list[int], values: dict[str, str], field: str, words: str
) -> None:
    sent = posted(ids, start_at="118.001,26.002") | values
    form = RouteForm.from_post(sent)
    with pytest.raises(BadRequest) as caught:
        form.to_request()
    shown = form.with_mistake(caught.value)
    assert shown.is_wrong(field)
    assert shown.mistake is not None
    assert shown.mistake.message == words
    for name, text in sent.items():
        assert shown.values[name] == text


def test_one_community_can_be_left_out_without_losing_the_rest(viewer: Viewer, ids: list[int]) -> None:
    form = RouteForm.from_post(posted(ids, start_at="118.001,26.002", start_name="住 建", visit_minutes="45"))
    rest = form.address_of_rest(form.chosen[1])
    assert f"stops={ids[0]},{ids[2]}" in rest
    assert "visit_minutes=45" in rest
    assert "back=0" in rest


def test_ids_that_are_none_are_an_error_of_the_form(viewer: Viewer) -> None:
    form = RouteForm.from_link({"stops": "1,x"})
    assert form.chosen == ()
    assert form.is_wrong("stops")
