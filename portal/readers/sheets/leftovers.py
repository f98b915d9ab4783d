"""Rows of a table that are no record: totals, signatures and notes below it, its header once more."""

from __future__ import annotations

import re
from typing import Any

from portal.readers.problems import IS_A_SIGNATURE, IS_A_TOTAL, Problem

_TOTAL = re.compile(
    r"[^:：,，;；]{0,20}?(?:小\s*计|合\s*计|总\s*计|共\s*计|累\s*计)\s*[:：]?\s*(?:[（(].*[)）]|\d[\d,.]*\s*\w{0,3})?"
    r"|(?:sub\s*-?\s*|grand\s*)?totals?\s*:?",
    re.IGNORECASE,
)
_WORDS = (
    r"(?:(?:制表|填报|填表|审核|复核|审批|批准|审定|签发|统计|编制|编表|报送|上报|经办|校对|录入|打印|导出|提供|联系|负责)"
    r"(?:人员?|者|单位|部门|科室|机构|日期|时间|电话|方式)"
    r"|(?:单位|部门|科室|主管|分管)(?:负责人|领导)|制表|审核|复核|数据来源|资料来源|数据截[至止]|截[至止](?:日期|时间))"
)
_SIGNATURE = re.compile(
    rf"\s*{_WORDS}\s*(?:[（(].{{0,12}}[)）])?\s*(?:[:：].*)?|\s*(?:备注|附?注|说明|注释)\s*\d{{0,2}}\s*[:：].*",
    re.DOTALL,
)


def why_left_out(cell: Any) -> Problem | None:
    """Return why a row is no record in whose name, key or place ``cell`` stands; None where it may be one.

    >>> why_left_out("东河街道小计") is IS_A_TOTAL, why_left_out("制表人：某某") is IS_A_SIGNATURE
    (True, True)
    >>> why_left_out("合计花园"), why_left_out("说明街道")
    (None, None)
    """
    if not isinstance(cell, str):
        return None
    text = cell.strip()
    if _TOTAL.fullmatch(text):
        return IS_A_TOTAL
    return IS_A_SIGNATURE if _SIGNATURE.fullmatch(text) else None
