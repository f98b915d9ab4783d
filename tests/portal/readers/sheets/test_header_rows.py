from __future__ import annotations

from typing import Any

import pytest

from portal.readers.sheets.header_rows import Header, find_header

KNOWN = {"小区", "街道", "户数", "开始日期", "结束日期", "面积", "物业费"}


def is_known(text: str) -> bool:
    return text.split("（")[0] in KNOWN


def find(*rows: list[Any], stated: int | None = None) -> Header:
    return find_header(list(enumerate(rows, start=1)), is_known, stated)


def test_below_titles() -> None:
    header = find(["某区一览"], ["小区", "街道"], ["甲", "黄贝"])
    assert (header.start, header.end, header.cells) == (1, 2, ("小区", "街道"))


def test_two_rows_are_one() -> None:
    header = find(["小区", "期限", None, "备案"], [None, "开始日期", "结束日期", None], ["甲", 1, 2, 3])
    assert (header.end, header.cells) == (2, ("小区", "开始日期", "结束日期", "备案"))


def test_groups_name_columns_that_are_not_known_or_alike() -> None:
    header = find(
        ["小区", "合同", "", "备案", ""], ["", "起", "止", "起", "止"], ["", "", "", "", ""], ["甲", *"1234"]
    )
    assert header.end == 1  # nothing is gained by the second row
    header = find(
        ["小区", "合同", "", "", "备案", ""], ["", "开始日期", "结束日期", "号", "号", "人"], ["甲", *"12345"]
    )
    assert header.cells == ("小区", "开始日期", "结束日期", "合同号", "备案号", "备案人")


def test_three_rows_are_one() -> None:
    header = find(["甲类", "", ""], ["小区", "期限", ""], ["", "开始日期", "结束日期"], ["一", "二", "三"])
    assert header.cells[1:] == ("开始日期", "结束日期")


def test_the_first_row_of_the_body_is_no_header() -> None:
    header = find(["小区", "街道", "类别"], ["甲", "黄贝", "街道"], ["乙", "黄贝", "户数"])
    assert (header.end, header.cells) == (1, ("小区", "街道", "类别"))


@pytest.mark.parametrize(
    "units", [["", "（户）", "（万平方米）"], [None, "户", "万㎡"], [None, None, "元/㎡·月"]]
)
def test_a_row_of_units_belongs_to_the_header(units: list[Any]) -> None:
    header = find(["小区", "户数", "面积"], units, ["甲", 1, 2])
    assert header.end == 2
    assert header.cells[2].startswith("面积（")


def test_a_stated_row() -> None:
    assert find(["小区", "街道"], ["名", "路"], ["甲", "乙"], stated=2).cells == ("名", "路")
    assert find(["小区", "街道"], ["甲", "乙"], stated=9).start == 0


def test_one_known_name_is_better_than_a_title() -> None:
    assert find(["某区"], ["小区"], ["甲"]).start == 1


def test_nothing() -> None:
    assert find() == Header(0, 0, ())
    assert find(["a", "b"], ["1", "2"]).cells == ("a", "b")
