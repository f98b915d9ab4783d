"""Headings that sort, pages, downloads."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from geo.policy.city import City
from portal.as_of import choose
from portal.documents import queries as exports
from portal.query import CommunityQuery, parse_query
from portal.store.queries.results import Coverage, Matches
from portal.views.queries.listing import Listing
from tests.portal.small_city import TODAY, ZONE

AS_OF = choose(TODAY, {}, ZONE)
RING = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1))


def listing(city: City, query: CommunityQuery, total: int = 120) -> Listing:
    rows: list[dict[str, Any]] = [{"id": 7, "lon": None, "band": "none", "later_at": None}]
    return Listing(
        page=Matches(rows, total, 1, 0, None),
        coverage=Coverage(0, 0),
        cells=[{"name": "安华苑"}],
        columns=exports.columns_of(query, city, AS_OF, "zh"),
        query=query,
        words="",
        as_of=AS_OF,
        period="2025-Q3",
    )


def asked(address: str) -> CommunityQuery:
    arguments = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    return parse_query(arguments)


def test_a_heading_sorts_and_sorts_back(app: Flask, city: City) -> None:
    query = CommunityQuery(points_below=70, sort="points", page=3)
    with app.test_request_context("/query"):
        headings = {h.column.key: h for h in listing(city, query).headings}
    assert headings["points"].direction == "ascending"
    assert asked(headings["points"].address) == replace(query, descending=True, page=1)
    assert asked(headings["complaints"].address) == replace(query, sort="complaints", descending=True, page=1)
    assert asked(headings["name"].address) == replace(query, sort="name", page=1)
    assert [key for key, heading in headings.items() if heading.direction] == ["points"]


def test_files_hold_all_pages_of_the_same_query(app: Flask, city: City) -> None:
    query = CommunityQuery(area=RING, sort="complaints", descending=True, page=2)
    with app.test_request_context("/query?period=2025-Q2"):
        made = listing(city, query)
        addresses = [address for address, _ in made.downloads]
        assert [urlsplit(address).path for address in addresses] == [
            "/query.csv",
            "/query.xlsx",
            "/query.geojson",
        ]
        assert all(asked(address) == replace(query, page=1) for address in addresses)
        assert all("period=2025-Q2" in address for address in [*addresses, made.matches_address])
        assert asked(made.paging.address(3)) == replace(query, page=3)


@pytest.mark.parametrize(("total", "last"), [(0, 1), (50, 1), (51, 2), (120, 3)])
def test_pages_have_fifty_rows(app: Flask, city: City, total: int, last: int) -> None:
    with app.test_request_context("/query"):
        assert listing(city, CommunityQuery(), total).paging.last_page == last


def test_rows_know_their_number_and_whether_the_map_shows_them(app: Flask, city: City) -> None:
    made = listing(city, CommunityQuery(page=2))
    with app.test_request_context("/query?page=2"):
        assert (made.paging.first_row, made.rows[0].located, made.ring) == (51, False, "")
    assert listing(city, CommunityQuery(area=RING)).ring.startswith("114.000000,22.000000;")


def test_a_total_says_what_it_holds_besides_named_and_located_communities(city: City) -> None:
    shown = listing(city, CommunityQuery())
    assert shown.held == "其中未定位 1"
    assert replace(shown, page=replace(shown.page, unlocated=0)).held == ""
    assert replace(shown, page=replace(shown.page, unnamed=2)).held == (
        "其中图上未命名 2、名册未定位 1（两者可能重复）"
    )
