from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.readers import problems
from portal.readers.rows.outcomes import CellError
from portal.readers.rows.values import clean_text
from tests.portal.readers.rows.cells import parse, problem_of


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (" \u3000碧波花园\ufeff\n", "碧波花园"),
        ("第一行\n第二行", "第一行\n第二行"),
        ("a\x07\x1bb", "ab"),
        (72687, "72687"),
        (72687.0, "72687"),
        (0.5, "0.5"),
        (True, "True"),
        (datetime(2025, 3, 31, 8), "2025-03-31 08:00:00"),
        (date(2025, 3, 31), "2025-03-31"),
        (time(8, 30), "08:30:00"),
    ],
)
def test_texts_are_clean(cell: Any, text: str) -> None:
    assert clean_text(cell) == text


def test_nul_is_no_text() -> None:
    assert problem_of("text", "a\0b") is problems.BAD_TEXT


@given(st.text())
def test_any_text_gives_a_value_or_a_problem(text: str) -> None:
    for kind in ("number", "integer", "flag", "date", "time", "text"):
        try:
            parse(kind, text)
        except CellError as error:
            assert error.problem.remedy


@pytest.mark.parametrize("cell", ["1", "是", "TRUE", "Y", "√", 1, 1.0, True, "按时"])
def test_yes(cell: Any) -> None:
    assert parse("flag", cell, values={"按时": "true", "超时": "false"}) is True


@pytest.mark.parametrize("cell", ["0", "否", "False", "n", 0, False, "超时"])
def test_no(cell: Any) -> None:
    assert parse("flag", cell, values={"按时": "true", "超时": "false"}) is False


@pytest.mark.parametrize("cell", ["2", "也许", "-1"])
def test_neither_yes_nor_no(cell: Any) -> None:
    assert problem_of("flag", cell) is problems.NOT_A_FLAG


def test_choices() -> None:
    field = {"values": {"老旧小区": "old"}, "choices": frozenset({"old", "mixed"})}
    assert parse("text", "老旧小区", **field) == "old"
    assert parse("text", "mixed", **field) == "mixed"
    assert problem_of("text", "别墅", **field) is problems.NOT_A_CHOICE
    assert parse("text", "别墅") == "别墅"
