"""The query as a value."""

from __future__ import annotations

from portal.query import CommunityQuery, Near

SQUARE = ((114.0, 22.0), (114.1, 22.0), (114.1, 22.1), (114.0, 22.1))


def test_a_stored_area_is_spelled_by_its_key_alone() -> None:
    assert CommunityQuery(area=SQUARE, area_key="abc").to_arguments() == {"area_key": "abc"}
    assert list(CommunityQuery(area=SQUARE).to_arguments()) == ["area"]


def test_numbers_are_spelled_short_and_in_full() -> None:
    query = CommunityQuery(points_below=70.0, near=Near(114.0, 22.5, 12345.678, None))
    arguments = query.to_arguments()
    assert (arguments["points_below"], arguments["radius_m"]) == ("70", "12345.678")
    assert arguments["sort"] == "name"  # around a point, distance comes first unless said otherwise


def test_cutting_down_never_widens() -> None:
    both = CommunityQuery(street_ids=frozenset({1, 2})).within(frozenset({2, 3}))
    assert both.street_ids == frozenset({2})
    assert CommunityQuery().within(frozenset({2})).street_ids == frozenset({2})
