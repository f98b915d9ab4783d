"""Arguments read to queries, and queries spelled as arguments."""

from __future__ import annotations

import re
from dataclasses import fields
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given

from portal.config import ROOT
from portal.errors import BadRequest
from portal.query import CommunityQuery, Near, check_codes, parse_query
from tests.portal.query.strategies import queries


@given(queries())
def test_a_url_carries_every_query(query: CommunityQuery) -> None:
    url = urlencode(query.to_arguments())
    assert parse_query(dict(parse_qsl(url, strict_parsing=bool(url)))) == query


@given(queries())
def test_spelling_is_canonical(query: CommunityQuery) -> None:
    arguments = query.to_arguments()
    assert parse_query(arguments).to_arguments() == arguments


def test_nothing_asked_is_the_empty_query() -> None:
    query = parse_query({"text": "  ", "streets": "", "districts": " , ", "near": " ", "bands": ","})
    assert query == CommunityQuery()
    assert query.is_empty
    assert query.to_arguments() == {}


def test_what_only_changes_the_view_is_still_empty() -> None:
    assert parse_query({"sort": "-points", "page": "3", "complaint_days": "90", "category": "lift"}).is_empty
    assert not parse_query({"overdue": "1"}).is_empty
    assert not parse_query({"districts": "南区"}).is_empty


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"points_below": "abc"}, "points_below"),
        ({"points_below": "nan"}, "points_below"),
        ({"points_at_least": "106"}, "points_at_least"),
        ({"complaints_at_least": "2.5"}, "complaints_at_least"),
        ({"complaint_days": "0"}, "complaint_days"),
        ({"not_inspected_days": "-1"}, "not_inspected_days"),
        ({"page": "0"}, "page"),
        ({"firm_id": "x"}, "firm_id"),
        ({"streets": "1,a"}, "streets"),
        ({"category": "电梯"}, "category"),
        ({"area_key": "a b"}, "area_key"),
        ({"sort": "rowid"}, "sort"),
        ({"radius_m": "500"}, "near"),
        ({"nearest": "5"}, "near"),
        ({"near": "114,22.5"}, "radius_m"),
        ({"near": "114", "radius_m": "500"}, "near"),
        ({"near": "114,22.5", "radius_m": "100001"}, "radius_m"),
        ({"near": "22.5,114", "radius_m": "500"}, "near"),
        ({"area": "0,0;1,1;0,1;1,0"}, "area"),
    ],
)
def test_an_error_names_its_argument(arguments: dict[str, str], field: str) -> None:
    with pytest.raises(BadRequest) as raised:
        parse_query(arguments)
    assert raised.value.params["field"] == field
    assert raised.value.message.startswith(f"{field}：")


def test_a_street_that_was_not_chosen_stays_unchosen() -> None:
    nowhere = CommunityQuery(street_ids=frozenset({3})).within(frozenset({5}))
    assert nowhere.street_ids == frozenset()
    assert parse_query(nowhere.to_arguments()).street_ids == frozenset()


def test_a_search_around_a_point_is_listed_by_distance() -> None:
    query = parse_query({"near": "114.05，22.54", "nearest": "5"})
    assert (query.near, query.sort) == (Near(114.05, 22.54, None, 5), "distance")
    assert parse_query({"sort": "-distance"}) == CommunityQuery()


def test_codes_are_those_of_the_policy() -> None:
    query = parse_query({"bands": "fail,none", "category": "lift"})
    check_codes(query, ["good", "fail"], ["lift"])
    with pytest.raises(BadRequest, match="bands：没有 fail"):
        check_codes(query, ["good"], ["lift"])
    with pytest.raises(BadRequest, match="category：没有 lift，可用：repair"):
        check_codes(query, ["good", "fail"], ["repair"])


def test_each_argument_is_explained_and_nothing_else_is() -> None:
    table = (ROOT / "docs" / "query.md").read_text("utf-8").partition("## What counts")[0]
    explained = {
        name
        for line in table.splitlines()
        if line.startswith("| `")
        for name in re.findall(r"`(\w+)`", line.split("|")[1])
    }
    point = Near(114.0, 22.5, 500.0, 5)
    everything = {
        **{field.name: field.name for field in fields(CommunityQuery)},
        **CommunityQuery(near=point).to_arguments(),
        "streets": "",
    }
    assert explained == everything.keys() - {"street_ids", "descending"}
