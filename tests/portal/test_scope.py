"""Scope and periods, parsed once."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import BadRequest
from portal.scope import Period, Scope, parse_begun_period, parse_ids, parse_period, parse_scope, quarter_of

NOW = Period(2025, 4)
TODAY = date(2025, 12, 31)


@given(st.dates(date(1901, 1, 1), date(2199, 12, 31)))
def test_every_day_lies_in_its_quarter(day: date) -> None:
    period = quarter_of(day)
    assert period.first_day <= day <= period.last_day
    assert parse_period(str(period)) == period
    assert period.next.previous == period


@pytest.mark.parametrize("text", ["2025", "2025-Q5", "2025-q1", "25-Q1", "2025-Q1 ", "9999-Q1", "二零二五"])
def test_what_is_no_quarter_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="period"):
        parse_period(text)


def test_scope_from_arguments() -> None:
    scope = parse_scope({"period": "2025-Q2", "category": "lift", "streets": "3, 1"}, NOW, TODAY)
    assert scope == Scope(Period(2025, 2), "lift", frozenset({1, 3}))
    assert parse_scope({}, NOW, TODAY) == Scope(NOW)
    assert parse_scope({"period": "", "category": "", "streets": ""}, NOW, TODAY) == Scope(NOW)


@pytest.mark.parametrize("arguments", [{"category": "a b"}, {"category": "x" * 41}, {"streets": "1,x"}])
def test_bad_arguments_are_named(arguments: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match=next(iter(arguments))):
        parse_scope(arguments, NOW, TODAY)


@pytest.mark.parametrize(
    ("text", "today"), [("2026-Q1", TODAY), ("2030-Q1", TODAY), ("2025-Q4", date(2025, 9, 30))]
)
def test_a_quarter_that_has_not_begun_is_refused(text: str, today: date) -> None:
    with pytest.raises(BadRequest) as refused:
        parse_scope({"period": text}, NOW, today)
    assert refused.value.message == f"period：{text} 还没有开始"
    assert parse_begun_period("2025-Q4", date(2025, 10, 1)) == NOW  # it has, on its first day


def test_id_lists() -> None:
    assert parse_ids("", "streets") is None
    assert parse_ids("5,5,6,", "streets") == {5, 6}
    assert parse_ids("none", "streets") == frozenset()
    with pytest.raises(BadRequest):
        parse_ids(",".join(map(str, range(501))), "streets")
    with pytest.raises(BadRequest):
        parse_ids("٣", "streets")  # a digit, but not an ASCII one


def test_key_tells_scopes_apart() -> None:
    scopes = [
        Scope(NOW),
        Scope(NOW.previous),
        Scope(NOW, "lift"),
        Scope(NOW, street_ids=frozenset({1})),
        Scope(NOW, street_ids=frozenset()),
    ]
    assert len({scope.key for scope in scopes}) == len(scopes)
