"""What a value of the policy may be, and what is said of one that may not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import PolicyError
from geo.policy.keys import (
    CODE,
    Column,
    Flag,
    Items,
    Kind,
    Number,
    Rows,
    Table,
    Text,
    check_names,
    spell_number,
)

PLACES = Rows((Column("code", "代码", CODE), Column("share", "占比", Number(0, 1))), most=3)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (Text(most=4), "深圳市"),
        (Text(fewest=0), ""),
        (Flag(), False),
        (Number(0, 1), 0),
        (Number(0, 1), 1.0),
        (Number(1, 9, whole=True), 6.0),
        (Items(Number(0, 5), most=2), [1, 5]),
        (Table(Number(0, 5)), {"management": 5}),
        (PLACES, [{"code": "a", "share": 0.5}, {"code": "b", "share": 1}]),
    ],
)
def test_what_is_allowed_passes(kind: Kind, value: Any) -> None:
    kind.check("fees.x", value)
    assert kind.allowed


@pytest.mark.parametrize(
    ("kind", "value", "field"),
    [
        (Text(), 5, "k"),
        (Text(), "", "k"),
        (Text(), "  ", "k"),
        (Text(most=2), "深圳市", "k"),
        (Text(), "深\x00圳", "k"),
        (Text(pattern="a+"), "ab", "k"),
        (Flag(), 1, "k"),
        (Flag(), "true", "k"),
        (Number(0, 1), "0.5", "k"),
        (Number(0, 1), True, "k"),
        (Number(0, 1), 1.01, "k"),
        (Number(0, 1), float("nan"), "k"),
        (Number(0, 1e9), float("inf"), "k"),
        (Number(1, 9, whole=True), 1.5, "k"),
        (Items(Number(0, 1)), 0.5, "k"),
        (Items(Number(0, 1)), [], "k"),
        (Items(Number(0, 1), most=1), [0, 1], "k"),
        (Items(Number(0, 1)), [2], "k"),
        (Table(Number(0, 1)), [1], "k"),
        (Table(Number(0, 1)), {}, "k"),
        (Table(Number(0, 1)), {"Not a code": 1}, "k"),
        (Table(Number(0, 1)), {"a": 2}, "k.a"),
        (PLACES, [], "k"),
        (PLACES, ["a"], "k"),
        (PLACES, [{"code": name, "share": 1} for name in "abcd"], "k"),
        (PLACES, [{"code": "a", "share": 1}, {"code": "a", "share": 1}], "k.2.code"),
        (PLACES, [{"code": "a", "share": 7}], "k.1.share"),
        (PLACES, [{"code": "a"}], "k.1.share"),
        (PLACES, [{"code": "a", "share": 1, "more": 1}], "k.1"),
    ],
)
def test_what_is_not_allowed_names_where_it_stands_and_what_to_write(
    kind: Kind, value: Any, field: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        kind.check("k", value)
    assert refused.value.params["field"] == field
    assert refused.value.message and refused.value.remedy


def test_the_message_holds_the_value_and_the_range() -> None:
    with pytest.raises(PolicyError) as refused:
        Number(1, 480, whole=True).check("routes.visit_minutes", 500)
    assert refused.value.message == "routes.visit_minutes：500 不在允许的范围内（1 到 480 的整数）"
    assert refused.value.remedy == "请填写：1 到 480 的整数"
    with pytest.raises(PolicyError, match=r"“a{40}…$|…"):
        Number(0, 1).check("k", "a" * 500)


def test_a_key_that_nothing_reads_is_refused_as_one_that_lacks() -> None:
    check_names("fees", {"a": 1}, {"a"})
    for table, message in (({}, "缺少 a"), ({"a": 1, "b": 2}, r"没有 fees\.b")):
        with pytest.raises(PolicyError, match=message):
            check_names("fees", table, {"a"})


@given(st.floats(-1e9, 1e9, allow_nan=False) | st.integers(-(10**9), 10**9))
def test_a_number_is_spelled_so_that_it_reads_back(value: float) -> None:
    told = spell_number(value)
    assert "e" not in told
    assert float(told) == pytest.approx(value, abs=1e-12)
