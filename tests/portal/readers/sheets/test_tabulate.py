from __future__ import annotations

import dataclasses

import pytest

from portal.errors import FileRefused
from portal.readers import problems
from portal.readers.formats.raw import Layout
from portal.readers.limits import ReadLimits
from portal.readers.sheets.tabulate import tabulate

KNOWN = Layout(is_header=lambda text: text in ("小区", "街道", "户数"))


def test_rows_are_numbered_as_people_count(limits: ReadLimits) -> None:
    rows = [["小区", "户数"], ["甲", "1"], [], ["", ""], ["乙", "2"]]
    table = tabulate(rows, KNOWN, limits)
    assert (table.headers, table.rows, table.numbers) == (
        ["小区", "户数"],
        [["甲", "1"], ["乙", "2"]],
        [2, 5],
    )
    assert table.column("户数") == ["1", "2"]


def test_header_is_found_below_titles(limits: ReadLimits) -> None:
    rows = [["某区小区一览表"], ["2025 年", "小区"], ["小区", "街道", "户数"], ["甲", "黄贝", "1"]]
    table = tabulate(rows, KNOWN, limits)
    assert (table.headers, table.numbers) == (["小区", "街道", "户数"], [4])


def test_header_row_can_be_stated(limits: ReadLimits) -> None:
    rows = [["小区", "街道"], ["名", "路"], ["甲", "黄贝"]]
    assert tabulate(rows, Layout(header_row=2), limits).headers == ["名", "路"]


def test_rows_of_another_length_are_rejected(limits: ReadLimits) -> None:
    rows = [["a", "b"], ["1"], ["1", "2", "3"], ["1", "2", "", ""], ["1", "2"]]
    table = tabulate(rows, Layout(), limits)
    assert table.numbers == [4, 5]
    assert [(item.row, item.reason, item.blocking) for item in table.rejects] == [
        (2, problems.RAGGED_ROW.reason, True),
        (3, problems.RAGGED_ROW.reason, True),
    ]


def test_short_rows_are_padded_where_the_format_cuts_them(limits: ReadLimits) -> None:
    table = tabulate([["a", "b", "c"], ["1"]], Layout(), limits, padded=True)
    assert table.rows == [["1", None, None]]


@pytest.mark.parametrize("rows", [[], [[]], [["a", "b"]], [[""], ["a"], [""]]])
def test_a_table_without_rows_is_refused(rows: list[list[str]], limits: ReadLimits) -> None:
    with pytest.raises(FileRefused) as refused:
        tabulate(rows, Layout(), limits)
    assert refused.value.msgid == problems.NO_ROWS.reason


def test_too_many_rows_are_refused(limits: ReadLimits) -> None:
    few = dataclasses.replace(limits, max_rows=3)
    assert len(tabulate([["a"]] + [["1"]] * 3, Layout(), few).rows) == 3
    with pytest.raises(FileRefused):
        tabulate([["a"]] + [["1"]] * 4, Layout(), few)
