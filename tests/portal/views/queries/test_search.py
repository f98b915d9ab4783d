"""The search answers what it found, what it is and where."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import Statements
from tests.portal.small_city import SmallCity

pytestmark = pytest.mark.usefixtures("fixed_day")


def test_search_results_say_what_they_are_and_where(leader: FlaskClient, town: SmallCity) -> None:
    def first(text: str) -> dict[str, object]:
        answer = leader.get("/search.json", query_string={"q": text}).json
        assert answer is not None
        found: dict[str, object] = answer["results"][0]
        return found

    community = first("ahy")
    assert (community["name"], community["hint"], community["at"]) == ("安华苑", "中区 · 东", [114.05, 22.5])
    assert first("未定位园")["hint"] == "中区 · 东 · 未定位"
    assert first("未定位园")["at"] is None
    assert (first("东街道")["hint"], first("东街道")["zoom"]) == ("中区 · 街道", 13)
    assert first("长城")["href"] == f"/firms/{town.firms['长城物业']}"


def test_search_says_what_to_try_where_nothing_was_found(leader: FlaskClient) -> None:
    answer = leader.get("/search.json?q=zzz").json
    assert answer is not None
    assert answer["results"] == []
    assert answer["message"] == "没有找到“zzz”：可输入小区名、拼音首字母、街道或企业名"


def test_a_search_takes_two_statements_of_its_own(
    leader: FlaskClient, town: SmallCity, statements: Statements
) -> None:
    leader.get("/search.json?q=长城")
    before = len(statements)
    leader.get("/search.json?q=")
    without = len(statements) - before
    leader.get("/search.json?q=长城")
    assert len(statements) - before - 2 * without == 2 + 2  # beside policy and newest days
