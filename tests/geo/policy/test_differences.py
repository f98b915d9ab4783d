"""What two versions of a policy say differently."""

from __future__ import annotations

import copy
import tomllib

from geo.policy.differences import Difference, arranged, differences
from tests.geo.policy.documents import TEXT, changed

SHIPPED = tomllib.loads(TEXT)


def test_nothing_differs_from_itself_whatever_the_order_of_its_keys() -> None:
    turned = {name: SHIPPED[name] for name in reversed(SHIPPED)}
    assert differences(SHIPPED, copy.deepcopy(turned)) == []


def test_a_row_is_found_by_its_code() -> None:
    after = copy.deepcopy(SHIPPED)
    after["scores"]["bands"][1]["at_least"] = 82
    assert differences(SHIPPED, after) == [Difference("scores.bands.good.at_least", 80.0, 82)]


def test_what_comes_and_goes_is_told_from_nothing_and_to_nothing() -> None:
    after = copy.deepcopy(SHIPPED)
    del after["routes"]["class_speed_kmh"]["motorway"]
    after["routes"]["class_speed_kmh"]["track"] = 8.0
    after["complaint_cause"].pop()
    told = {one.path: (one.before, one.after) for one in differences(SHIPPED, after)}
    assert told["routes.class_speed_kmh.motorway"] == (80.0, None)
    assert told["routes.class_speed_kmh.track"] == (None, 8.0)
    assert told["complaint_cause.incomplete_repair.name"] == ("维修不彻底", None)
    assert len(told) == 2 + 3 + 1  # and the order of the causes


def test_another_order_of_rows_is_a_difference() -> None:
    after = copy.deepcopy(SHIPPED)
    after["complaint_category"].reverse()
    [found] = differences(SHIPPED, after)
    assert found.path == "complaint_category"
    assert found.after == list(reversed(found.before))


def test_rows_without_codes_are_counted_and_rows_with_a_code_twice_compared_whole() -> None:
    after = changed("routes.shift", [{"start": "09:00", "end": "12:00"}])
    assert [one.path for one in differences(SHIPPED, after)] == ["routes.shift.2.start", "routes.shift.2.end"]
    twice = [{"code": "a", "n": 1}, {"code": "a", "n": 2}]
    assert differences({"x": twice}, {"x": [twice[0]]})[0].path == "x"


def test_a_document_is_brought_into_the_order_of_another() -> None:
    mixed = {"b": [{"y": 1, "x": 2}], "own": 1, "a": {"d": 1, "c": 2}}
    like = {"a": {"c": 0, "d": 0}, "b": [{"x": 0, "y": 0}]}
    found = arranged(mixed, like)
    assert found == mixed
    assert [*found, *found["a"], *found["b"][0]] == ["a", "b", "own", "c", "d", "x", "y"]
