"""Every key of the policy is known by name, meaning and range, and is checked before it is kept."""

from __future__ import annotations

import copy
import dataclasses
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from geo.errors import PolicyError
from geo.policy.catalogue import GROUPS, KEYS, check_document, key_of, only_known, title_of, value_at
from geo.policy.city import City, parse_city
from geo.policy.differences import differences
from geo.policy.keys import Flag, Items, Number, Rows, Table, Text
from tests.geo.policy.documents import TEXT, changed
from tests.geo.policy.others import DOCUMENTS, PAIRS

SHIPPED = tomllib.loads(TEXT)


def leaves(value: Any, path: str = "") -> Iterator[str]:
    """Yield where the values of a parsed policy stand, by the names of its dataclasses."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from leaves(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for name in value:
            yield from leaves(value[name], f"{path}.{name}")
    else:
        yield path


def found(city: City) -> dict[str, Any]:
    def at(path: str) -> Any:
        value: Any = city
        for name in path.split(".")[1:]:
            value = value[name] if isinstance(value, Mapping) else getattr(value, name)
        return value

    return {path: at(path) for path in leaves(city)}


def test_the_shipped_policy_is_kept_as_it_is() -> None:
    assert check_document(SHIPPED) == parse_city(SHIPPED)


def test_each_key_stands_once_with_name_meaning_and_range() -> None:
    keys = [key for group in GROUPS for key in group.keys]
    assert len(keys) == len(KEYS) == len({key.name for key in keys})
    for key in keys:
        assert key.name and key.meaning.endswith("。") and key.kind.allowed
        key.kind.check(key.path, value_at(SHIPPED, key.path))


def test_no_part_of_the_policy_is_without_a_key_that_changes_it() -> None:
    """Of every field of the dataclasses some key decides: a new one must be listed."""
    before, moved = found(parse_city(SHIPPED)), set()
    for document in DOCUMENTS.values():
        after = found(parse_city(document))
        moved |= {place for place in before if before[place] != after.get(place)}
    assert set(before) - moved == set()


@pytest.mark.parametrize("path", KEYS)
def test_every_key_can_be_changed_and_lands(path: str) -> None:
    assert check_document(DOCUMENTS[path]) != parse_city(SHIPPED)
    told = {key_of(one.path) for one in differences(SHIPPED, DOCUMENTS[path])}
    assert told == {KEYS[path], *([KEYS[PAIRS[path]]] if path in PAIRS else [])}


@pytest.mark.parametrize("path", KEYS)
def test_a_wrong_value_of_any_key_is_refused_with_its_place_and_a_remedy(path: str) -> None:
    wrong: dict[type, Any] = {
        Text: 5,
        Flag: "vielleicht",
        Number: -1e12,
        Items: "x",
        Table: {"a": "x"},
        Rows: [{"x": 1}],
    }
    with pytest.raises(PolicyError) as refused:
        check_document(changed(path, wrong[type(KEYS[path].kind)]))
    assert str(refused.value.params["field"]).startswith(path)
    assert refused.value.remedy


@pytest.mark.parametrize("path", KEYS)
def test_no_key_may_lack(path: str) -> None:
    with pytest.raises(PolicyError, match="缺少") as refused:
        check_document(changed(path, None))
    assert refused.value.params["field"] == path


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("city.timezone", "Asia/Nowhere", "city.timezone"),
        ("city.metric_epsg", 4490, "city.metric_epsg"),
        ("complaints.density_bandwidth_m", 100.0, "complaints.density_bandwidth_m"),
        ("scores.weights.street", 21.0, "scores.weights.inspection"),
        ("scores.handling_shares.response", 0.31, "scores.handling_shares.response"),
        ("complaint_cause", [{"code": "x", "name": "x", "name_en": "x"}], "complaint_category"),
        ("routes.shift", [{"start": "12:00", "end": "09:00"}], "routes.shift"),
        ("fees", 5, "fees"),
    ],
)
def test_what_does_not_fit_together_is_refused_at_a_key(path: str, value: Any, field: str) -> None:
    with pytest.raises(PolicyError) as refused:
        check_document(changed(path, value))
    assert refused.value.params["field"] == field


def test_what_another_version_kept_besides_is_left_out() -> None:
    older = changed("routes.walking_kmh", 5.0)
    older["dragons"] = {"heads": 3}
    assert only_known(older) == SHIPPED
    assert only_known(changed("fees", None))["fees"] == {}


def test_a_slip_of_the_pen_is_no_key() -> None:
    for path in ("routes.visit_minute", "scores.weights.firms", "route"):
        with pytest.raises(PolicyError, match=f"没有 {path} 这一项"):
            check_document(changed(path, 5))


def test_a_place_is_called_by_its_key_and_part() -> None:
    assert title_of("city.name") == "城市名称"
    assert title_of("routes.class_speed_kmh.motorway") == "各类道路的车速 · motorway"
    assert title_of("complaint_category.lift.match") == "投诉类别 · lift · 匹配词"
    assert title_of("nonsense.x") == "nonsense.x"
    assert key_of("scores.bands.2.at_least") is KEYS["scores.bands"]
    assert key_of("scores") is None
    with pytest.raises(KeyError):
        value_at(copy.deepcopy(SHIPPED), "fees.nothing")
