"""The rail by role."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from portal.terms import Role
from tests.conftest import LogIn


def test_rail_shows_each_role_its_own(log_in: LogIn) -> None:
    assert 'href="/administration"' not in log_in(Role.LEADER).get("/account").text
    assert 'href="/administration"' in log_in(Role.ADMINISTRATOR).get("/account").text


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/", ["/"]),
        ("/query?points_below=70", ["/query"]),
        ("/data/unlocated", ["/data"]),
        ("/data", ["/data"]),
        ("/administration/audit", ["/administration"]),
        ("/jobs", ["/jobs"]),
        ("/account", []),
        ("/streets", []),
        ("/database", []),
    ],
)
def test_the_rail_marks_where_one_is(log_in: LogIn, address: str, current: list[str]) -> None:
    answer = log_in(Role.ADMINISTRATOR).get(address, headers={"Accept": "text/html"})
    page = BeautifulSoup(answer.text, "html.parser")
    assert [link["href"] for link in page.select(".rail [aria-current=page]")] == current


def test_the_chosen_day_and_quarter_go_along(log_in: LogIn) -> None:
    answer = log_in(Role.LEADER).get(
        "/jobs?as_of=2025-03-15&period=2024-Q4&layer=x", headers={"Accept": "text/html"}
    )
    links = BeautifulSoup(answer.text, "html.parser").select(".rail a")
    assert {link["href"].partition("?")[2] for link in links} == {"as_of=2025-03-15&period=2024-Q4"}
    assert links[0]["href"] == "/?as_of=2025-03-15&period=2024-Q4"
