"""Units, ranges and dates as people write them: whole files, through the child."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from geo.frames import CONTRACTS
from portal.readers import problems
from portal.readers.table import ReadResult

Read = Callable[..., ReadResult]
CONTRACT = "合同编号,企业名称,小区名称,合同开始日期,"


@pytest.mark.parametrize(
    ("header", "cell", "m2"),
    [
        ("建筑面积（万㎡）", "3", 30_000),
        ("建筑面积（公顷）", "3.5", 35_000),
        ("建筑面积万平方米", "2", 20_000),
    ],
)
def test_the_unit_of_a_header_is_converted_and_said_once(
    read: Read, header: str, cell: str, m2: float
) -> None:
    result = read(f"编号,小区名称,{header}\n1,甲,{cell}\n2,乙,{cell}\n")
    assert result.frame["floor_area_m2"].tolist() == [m2, m2]
    [item] = result.rejects
    assert (item.row, item.field, item.reason) == (None, "floor_area_m2", problems.UNIT_IN_HEADER.reason)
    assert item.params["header"] == header


def test_the_fields_own_unit_is_nothing_to_say(read: Read) -> None:
    assert read("编号,建筑面积（㎡）,总户数（户）,建成年份（年）\n1,5,6,2009年建成\n").rejects == ()


def test_a_fee_per_household_is_none_per_square_metre(read: Read) -> None:
    result = read(CONTRACT + "物业费（元/户·月）\nH1,甲公司,甲,2024-01-01,60\n", CONTRACTS)
    assert result.frame["fee_yuan_m2_month"].isna().all()
    assert result.frame["attributes"][0] == {"物业费（元/户·月）": "60"}
    assert [item.reason for item in result.rejects] == [problems.UNIT_REFUSED.reason]


def test_both_ends_of_a_fee(read: Read) -> None:
    rows = "H1,甲公司,甲,2024-01-01,0.5至1元\nH2,甲公司,乙,2024-01-01,2.8\nH3,甲公司,丙,2024-01-01,3至2\n"
    result = read(CONTRACT + "收费标准\n" + rows, CONTRACTS)
    assert result.frame["fee_yuan_m2_month"].fillna(-1).tolist() == [0.5, 2.8, -1]
    assert result.frame["fee_high_yuan_m2_month"].fillna(-1).tolist() == [1, -1, -1]
    assert [(item.row, item.reason) for item in result.rejects] == [(4, problems.NOT_A_NUMBER.reason)]


def test_ends_of_a_fee_in_two_columns(read: Read) -> None:
    rows = "H1,甲公司,甲,2024-01-01,1,2\nH2,甲公司,乙,2024-01-01,2,2\nH3,甲公司,丙,2024-01-01,3,2\n"
    result = read(CONTRACT + "物业费,物业费上限\n" + rows, CONTRACTS)
    assert result.frame["fee_high_yuan_m2_month"].fillna(-1).tolist() == [2, -1, -1]
    assert [(item.row, item.reason) for item in result.rejects] == [(4, problems.HIGH_BELOW_LOW.reason)]


def test_a_period_in_one_column(read: Read) -> None:
    rows = "甲公司,甲,2024.1.1-2025.12.31\n甲公司,乙,2024年1月1日至长期\n甲公司,丙,2024-01-01\n"
    result = read("企业名称,小区名称,合同期限\n" + rows, CONTRACTS)
    assert set(result.frame["starts_on"]) == {date(2024, 1, 1)}
    assert result.frame["ends_on"].tolist() == [date(2025, 12, 31), None, None]


def test_about_so_many_is_said_once(read: Read) -> None:
    result = read("编号,小区名称,户数\n1,甲,约500\n2,乙,300余户\n3,丙,200\n")
    assert result.frame["households"].tolist() == [500, 300, 200]
    [item] = result.rejects
    assert (item.row, item.rows, item.reason) == (None, 2, problems.IS_ROUNDED.reason)
