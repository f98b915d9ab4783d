"""From a result to a card and back."""

from __future__ import annotations

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from tests.portal.small_city import SmallCity
from tests.portal.views.pages import read

pytestmark = pytest.mark.usefixtures("fixed_day")


def test_a_card_opened_from_a_result_leads_back_to_it(leader: FlaskClient, town: SmallCity) -> None:
    asked = "points_below=60&text=安&sort=-points&as_of=2025-09-30"
    rows = read(leader, f"/query?{asked}").select("tbody .col-name a")
    assert [row.get_text() for row in rows] == ["安华苑"]
    # The map's own arguments go with every address in the drawer; see static/app/atlas.js.
    back = read(leader, f"{rows[0]['href']}&as_of=2025-09-30").select_one(".way-back a")
    assert back is not None
    assert back.get_text(strip=True) == "返回查询结果"
    assert parse_qs(urlsplit(str(back["href"])).query) == parse_qs(asked)
    assert read(leader, str(back["href"])).select("tbody .col-name a")[0]["href"] == rows[0]["href"]
    assert not read(leader, f"/communities/{town.communities['安华苑']}").select(".way-back")


@pytest.mark.parametrize(
    ("result", "address"),
    [
        ("", "/query"),
        ("text=a%26b%3F&page=2", "/query?text=a%26b%3F&page=2"),
        ("https://example.org/?text=x", "/query"),
        ("next=https://example.org&text=x&as_of=1", "/query?text=x"),
        ("points_below=x", None),
        ("area=1,2", None),
    ],
)
def test_the_way_back_is_a_query_or_none(
    leader: FlaskClient, town: SmallCity, result: str, address: str | None
) -> None:
    number = town.communities["安华苑"]
    page = read(leader, f"/communities/{number}?{urlencode({'result': result})}")
    assert [link["href"] for link in page.select(".way-back a")] == ([address] if address else [])


def test_beside_a_result_the_map_is_told_the_same(leader: FlaskClient, town: SmallCity) -> None:
    page = read(leader, "/query?text=安&bands=fail")
    told = page.select("[data-query]")[0]["data-origin"]
    href = str(page.select("tbody .col-name a")[0]["href"])
    assert parse_qs(str(told)) == parse_qs(urlsplit(href).query) == {"result": ["bands=fail&text=安"]}
