from __future__ import annotations

from datetime import UTC, date
from typing import Any

import pytest

from portal.readers import problems
from portal.readers.rows.columns import clean_attributes, parse_column
from portal.readers.rows.values import Manner, make_parser
from portal.readers.schema import Field

MISSING = frozenset({"-", "无"})


def run(cells: list[Any], kind: str = "integer", *, required: bool = False) -> tuple[list[Any], list[Any]]:
    field = Field("households", kind, required, ())
    numbers = list(range(2, 2 + len(cells)))
    values, rejects = parse_column(cells, numbers, field, make_parser(field, Manner(UTC)), MISSING)
    return values, [(item.row, item.value, item.reason, item.blocking) for item in rejects]


def test_missing_cells_are_no_fault() -> None:
    assert run(["1", "", None, "-", " 无 ", "2"]) == ([1, None, None, None, None, 2], [])


def test_bad_cells_are_noted_and_empty() -> None:
    values, rejects = run(["1", "x", "x", "2.5"])
    assert values == [1, None, None, None]
    assert rejects == [
        (3, "x", problems.NOT_A_NUMBER.reason, False),
        (4, "x", problems.NOT_A_NUMBER.reason, False),
        (5, "2.5", problems.NOT_WHOLE.reason, False),
    ]


def test_required_cells_block_their_row() -> None:
    values, rejects = run(["1", "-", "x"], required=True)
    assert values == [1, None, None]
    assert rejects == [
        (3, "-", problems.IS_MISSING.reason, True),
        (4, "x", problems.NOT_A_NUMBER.reason, True),
    ]


def test_equal_cells_of_different_types_stay_apart() -> None:
    assert run([1, True, 1.0, "1"], "text")[0] == ["1", "True", "1", "1"]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (" 甲 ", "甲"),
        ("-", None),
        ("", None),
        (None, None),
        (True, True),
        (7, 7),
        (2**70, str(2**70)),
        (0.5, 0.5),
        (float("nan"), None),
        (date(2025, 3, 31), "2025-03-31"),
        ("a\0b", "ab"),
    ],
)
def test_attributes_are_json(cell: Any, value: Any) -> None:
    assert clean_attributes([cell, cell], MISSING) == [value, value]
