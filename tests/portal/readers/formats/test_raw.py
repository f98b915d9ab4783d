from __future__ import annotations

import dataclasses

import pytest

from portal.errors import FileRefused
from portal.readers.formats.raw import RawTable, check_rows, name_columns, unwrap
from portal.readers.limits import ReadLimits


def test_columns_are_named(limits: ReadLimits) -> None:
    assert name_columns([" 小区\n名称 ", None, 7, "", None], limits) == ["小区 名称", "#2", "7"]


def test_equal_headers_are_refused(limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        name_columns(["a", "b", "a", "b", "c"], limits)
    assert refused.value.params == {"headers": ["a", "b"]}


def test_too_many_columns_are_refused(limits: ReadLimits) -> None:
    with pytest.raises(FileRefused):
        name_columns(map(str, range(501)), limits)


def test_a_table_knows_its_columns() -> None:
    table = RawTable(["a", "b"], [[1, 2], [3, 4]], [2, 3])
    assert (table.column("b"), table.shapes, table.crs) == ([2, 4], None, "")


def test_too_many_rows_are_refused(limits: ReadLimits) -> None:
    with pytest.raises(FileRefused):
        check_rows(4, dataclasses.replace(limits, max_rows=3))


def test_wrapped_texts() -> None:
    assert [unwrap(text) for text in ('="07"', '= "a ""b"""', "'07A", "'tis", "=1+1")] == [
        "07",
        'a "b"',
        "07A",
        "'tis",
        "=1+1",
    ]
