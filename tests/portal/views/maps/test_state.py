"""What the page's modules are told."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import delete
from sqlalchemy.orm import Session

from geo.policy.city import City
from portal.actions.transactions.commit import touch
from portal.models import ServiceScore
from portal.terms import Role, Subject
from tests.conftest import LogIn, Statements
from tests.portal import map_city
from tests.portal.small_city import PERIOD, SmallCity


@pytest.fixture
def town(seeded: Session) -> SmallCity:
    return map_city.build(seeded)


@pytest.fixture
def leader(log_in: LogIn, town: SmallCity) -> FlaskClient:
    return log_in(Role.LEADER)


def state_of(browser: FlaskClient, address: str = "/") -> dict[str, Any]:
    page = BeautifulSoup(browser.get(address).text, "html.parser")
    holder = page.select_one("#atlas-state")
    assert holder is not None
    state: dict[str, Any] = orjson.loads(holder.get_text())
    return state


def test_it_opens_at_the_streets_in_the_newest_scored_quarter(leader: FlaskClient, city: City) -> None:
    state = state_of(leader)
    assert state["bounds"] == pytest.approx([114.02, 22.4, 114.18, 22.6])
    assert state["city"] == state["bounds"]
    assert state["own_street"] == []
    assert state["extent"][2] == pytest.approx(114.301)
    assert state["period"] == state["default_period"] == str(PERIOD)
    assert [item["code"] for item in state["periods"]] == [
        "2025-Q4",  # of complaints alone
        "2025-Q3",
        "2025-Q2",
        "2025-Q1",
    ]
    assert state["periods"][1]["label"] == "2025年第3季度"
    assert [item["code"] for item in state["categories"]] == [
        item.code for item in city.complaints.categories
    ]


def test_for_a_street_official_it_opens_at_the_own_street(log_in: LogIn, town: SmallCity) -> None:
    official = log_in(Role.STREET, street_id=town.streets["东"])
    state = state_of(official)
    assert state["bounds"] == pytest.approx([114.02, 22.4, 114.10, 22.6])
    assert state["city"] == pytest.approx([114.02, 22.4, 114.18, 22.6])
    assert state["own_street"] == [town.streets["东"]]


def test_a_quarter_without_scores_can_still_be_asked_for(leader: FlaskClient) -> None:
    state = state_of(leader, "/?period=2019-Q4")
    assert state["period"] == "2019-Q4"
    assert [item["code"] for item in state["periods"]] == [
        "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1", "2019-Q4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "legend", "tiles"),
    [
        ("", "/layers/communities/legend.json?period=2025-Q3", 2),
        ("?layer=streets", "/layers/streets/legend.json?period=2025-Q3&measure=count", 3),
        (
            "?layer=streets&measure=per_100000_m2&category=lift",
            "/layers/streets/legend.json?period=2025-Q3&category=lift&measure=per_100000_m2",
            3,
        ),
        ("?layer=density", "/layers/density/legend.json?period=2025-Q3", 2),
        ("?layer=nonsense", "/layers/communities/legend.json?period=2025-Q3", 2),
    ],
)
def test_the_first_legend_and_tiles_come_under_the_pages_own_addresses(
    leader: FlaskClient, arguments: str, legend: str, tiles: int
) -> None:
    state = state_of(leader, "/" + arguments)
    assert list(state["legends"]) == [legend]
    assert leader.get(legend).json == state["legends"][legend]
    assert len(state["first_tiles"]) == tiles
    for address in state["first_tiles"]:
        filled = address.replace("{z}", "9").replace("{x}", "418").replace("{y}", "223")
        assert leader.get(filled).status_code == 200


def test_layers_are_offered_to_those_who_may_see_them(log_in: LogIn, town: SmallCity) -> None:
    def offered(role: Role) -> list[str]:
        return [layer["name"] for layer in state_of(log_in(role))["layers"]]

    assert offered(Role.LEADER) == ["communities", "density", "streets"]
    assert offered(Role.INSPECTOR) == ["communities", "density", "streets", "routes"]


def test_it_follows_the_language(leader: FlaskClient) -> None:
    assert state_of(leader)["texts"]["theme"] == "专题"
    leader.post("/language", data={"language": "en"})
    english = state_of(leader)
    assert english["texts"]["theme"] == "Theme"
    assert english["periods"][1]["label"] == "2025 Q3"


def test_it_follows_the_data(leader: FlaskClient, seeded: Session, town: SmallCity) -> None:
    before = state_of(leader)
    seeded.execute(delete(ServiceScore).where(ServiceScore.period == str(PERIOD)))
    touch(seeded, [Subject.SCORES])
    seeded.commit()
    after = state_of(leader)
    assert (before["default_period"], after["default_period"]) == ("2025-Q3", "2025-Q2")


@pytest.mark.usefixtures("fixed_day")
def test_it_tells_the_day_and_begins_with_a_quarter_that_was_over_then(leader: FlaskClient) -> None:
    usual = state_of(leader)["as_of"]
    assert (usual["day"], usual["today"], usual["chosen"]) == ("2025-10-10", "2025-10-10", False)
    assert usual["words"] == "截至 2025-10-10（今日）"
    assert usual["reach"] == ["投诉数据止于 2025-10-03", "检查数据止于 2025-10-01"]
    for day, quarter in (("2025-06-30", "2025-Q2"), ("2025-06-29", "2025-Q1"), ("2025-10-10", "2025-Q3")):
        state = state_of(leader, f"/?as_of={day}")
        assert (state["as_of"]["day"], state["as_of"]["chosen"]) == (day, True)
        assert state["period"] == state["default_period"] == quarter
    assert state_of(leader)["as_of"] == usual  # one page is not kept for another


def test_a_page_that_was_made_takes_few_statements(leader: FlaskClient, statements: Statements) -> None:
    leader.get("/")
    before = len(statements)
    leader.get("/")
    assert len(statements) - before == 4  # account, policy, newest quarter, version of the data


def test_names_with_markup_do_not_leave_the_script(leader: FlaskClient) -> None:
    page = leader.get("/?category=x&layer=</script><script>alert(1)</script>").text
    assert "<script>alert" not in page
