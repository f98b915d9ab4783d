from __future__ import annotations

import pytest

from portal.readers import problems
from portal.readers.sheets.leftovers import why_left_out


@pytest.mark.parametrize(
    "text",
    [
        "合计",
        "小计",
        "总计",
        " 合　计 ",
        "合计：",
        "东河街道小计",
        "全市合计",
        "合计（3个小区）",
        "共计 12",
        "累计",
        "Total",
        "Grand total",
        "Sub-total:",
    ],
)
def test_totals(text: str) -> None:
    assert why_left_out(text) is problems.IS_A_TOTAL


@pytest.mark.parametrize(
    "text",
    [
        "制表人：某某",
        "填报单位: 某局",
        "审核人",
        "填报日期：2025-01-01",
        "填报单位（盖章）：",
        "注：数据截至五月",
        "备注1：略",
        "单位负责人：",
        "数据来源：某局",
        "联系电话：123",
    ],
)
def test_signatures(text: str) -> None:
    assert why_left_out(text) is problems.IS_A_SIGNATURE


@pytest.mark.parametrize(
    "cell",
    [
        "合计花园",
        "小计苑二期",
        "统计局宿舍",
        "制表厂小区",
        "说明街道",
        "审核里",
        "注册公司",
        "总计划苑",
        None,
        7,
        "",
        "负责小区",
    ],
)
def test_names(cell: object) -> None:
    assert why_left_out(cell) is None
